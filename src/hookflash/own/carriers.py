"""`/hookflash/v1/carriers` and `routes`: who takes messages away."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hookflash.carriers.load import API, SMPP, CarrierError, CarrierRow, carrier_row, route_row
from hookflash.carriers.routing import Route

from .peers import Kind, NewPeer, Peers

if TYPE_CHECKING:
    from hookflash.app import Exchange

CARRIERS = Kind(
    word="carrier",
    peers="carriers",
    routes="routes",
    route_table="routes",
    row=CarrierRow,
    route=Route,
    target=lambda route: route.carrier,
    error=CarrierError,
)


class Carriers(Peers[CarrierRow, Route]):
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        super().__init__(exchange, CARRIERS)

    def made(self, new: NewPeer) -> CarrierRow:
        spec = {"kind": new.kind or SMPP, **new.config}
        return carrier_row(new.name, spec, vault=self._exchange.vault, origin=API, now=self._exchange.clock.now())

    def made_route(self, spec: dict[str, Any]) -> Route:
        return route_row(spec, origin=API, now=self._exchange.clock.now())

    async def apply(self) -> None:
        await self._exchange.load_fleet()

    def state(self, name: str) -> Mapping[str, object] | None:
        live = self._exchange.fleet.carriers.get(name)
        return live.state() if live is not None else None
