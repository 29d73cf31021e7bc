"""`/hookflash/v1/trunks` and `call-routes`: who carries calls to the telephone network and back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hookflash.carriers.load import API
from hookflash.trunks.load import TrunkError, TrunkRow, call_route_row, trunk_row
from hookflash.trunks.routing import CallRoute

from .peers import Kind, NewPeer, Peers

if TYPE_CHECKING:
    from hookflash.app import Exchange

TRUNKS = Kind(
    word="trunk",
    peers="trunks",
    routes="call-routes",
    route_table="call_routes",
    row=TrunkRow,
    route=CallRoute,
    target=lambda route: route.trunk,
    error=TrunkError,
)


class TrunksApi(Peers[TrunkRow, CallRoute]):
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        super().__init__(exchange, TRUNKS)

    def made(self, new: NewPeer) -> TrunkRow:
        return trunk_row(new.name, new.config, vault=self._exchange.vault, origin=API, now=self._exchange.clock.now())

    def made_route(self, spec: dict[str, Any]) -> CallRoute:
        return call_route_row(spec, origin=API, now=self._exchange.clock.now())

    async def apply(self) -> None:
        await self._exchange.admit()

    def state(self, name: str) -> Mapping[str, object] | None:
        live = self._exchange.telephony.trunks.get(name)
        return live.shown() if live is not None else None
