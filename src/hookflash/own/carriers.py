"""`/hookflash/v1/carriers` and `routes`: who takes messages away; a change is in force at once.

What hookflash.toml defines is shown here and changed there.
"""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route as HttpRoute

from hookflash.carriers.load import API, CarrierError, CarrierRow, carrier_row, route_row
from hookflash.carriers.routing import SIMULATED, Route
from hookflash.store.store import Tx

from .answering import PREFIX, Answering, Created, Refusal, read_body

if TYPE_CHECKING:
    from hookflash.app import Exchange

MOST = 1_000  #: carriers, and routes


class NewCarrier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")]
    kind: str = "smpp"
    config: dict[str, Any]  #: of SmppConfig


class CarrierChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    config: dict[str, Any]  #: whole; a password that is left out stays as it is


class Carriers:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._applying = asyncio.Lock()  # two changes at once would close and open the same carriers

    def routes(self, answering: Answering) -> list[HttpRoute]:
        operator = answering.operator
        return [
            HttpRoute(f"{PREFIX}/carriers", operator(self.carriers), methods=["GET"]),
            HttpRoute(f"{PREFIX}/carriers", operator(self.add), methods=["POST"]),
            HttpRoute(f"{PREFIX}/carriers/{{name}}", operator(self.fetch), methods=["GET"]),
            HttpRoute(f"{PREFIX}/carriers/{{name}}", operator(self.change), methods=["PUT"]),
            HttpRoute(f"{PREFIX}/carriers/{{name}}", operator(self.remove), methods=["DELETE"]),
            HttpRoute(f"{PREFIX}/routes", operator(self.all_routes), methods=["GET"]),
            HttpRoute(f"{PREFIX}/routes", operator(self.add_route), methods=["POST"]),
            HttpRoute(f"{PREFIX}/routes/{{sid}}", operator(self.remove_route), methods=["DELETE"]),
        ]

    async def carriers(self, request: Request) -> object:
        rows = {row.name: row for row in await self._exchange.store.read(_carriers)}
        return {"carriers": [self._shown(name, rows.get(name)) for name in dict.fromkeys([SIMULATED, *rows])]}

    async def fetch(self, request: Request) -> object:
        name = request.path_params["name"]
        return self._shown(name, None if name == SIMULATED else await self._exchange.store.read(_carrier, name))

    async def add(self, request: Request) -> Created:
        new = await read_body(request, NewCarrier)
        row = self._row(new.name, {"kind": new.kind, **new.config})
        await self._exchange.store.write(_add, row)
        await self._apply()
        return Created(self._shown(row.name, row))

    async def change(self, request: Request) -> object:
        name, config = request.path_params["name"], (await read_body(request, CarrierChange)).config
        row = self._row(name, config)
        changed = await self._exchange.store.write(_change, row, keep_password="password" not in config)
        await self._apply()
        return self._shown(name, changed)

    async def remove(self, request: Request) -> None:
        await self._exchange.store.write(_remove, request.path_params["name"])
        await self._apply()

    async def all_routes(self, request: Request) -> object:
        return {"routes": await self._exchange.store.read(_routes)}

    async def add_route(self, request: Request) -> Created:
        spec = await read_body(request, dict[str, Any])
        try:
            route = route_row(spec, origin=API, now=self._exchange.clock.now())
        except CarrierError as error:
            raise Refusal(400, str(error)) from None
        await self._exchange.store.write(_add_route, route)
        await self._apply()
        return Created(route)

    async def remove_route(self, request: Request) -> None:
        await self._exchange.store.write(_remove_route, request.path_params["sid"])
        await self._apply()

    def _row(self, name: str, spec: dict[str, Any]) -> CarrierRow:
        try:
            return carrier_row(name, spec, vault=self._exchange.vault, origin=API, now=self._exchange.clock.now())
        except CarrierError as error:
            raise Refusal(400, str(error)) from None

    async def _apply(self) -> None:
        async with self._applying:
            await self._exchange.load_fleet()

    def _shown(self, name: str, row: CarrierRow | None) -> dict[str, object]:
        live = self._exchange.fleet.carriers.get(name)
        shown: dict[str, object] = {"name": name, "state": live.state() if live else None}
        if row is not None:
            config = {key: value for key, value in row.config.items() if key != "password"}
            shown |= {"kind": row.kind, "origin": row.origin, "config": config}
        return shown


async def _carriers(tx: Tx) -> list[CarrierRow]:
    return await tx.all(CarrierRow, "carriers.all_carriers")


async def _routes(tx: Tx) -> list[Route]:
    return await tx.all(Route, "carriers.all_routes")


async def _carrier(tx: Tx, name: str) -> CarrierRow:
    row = next((row for row in await _carriers(tx) if row.name == name), None)
    if row is None:
        raise Refusal(404, f"There is no carrier {name[:40]!r}.")
    return row


async def _add(tx: Tx, row: CarrierRow) -> None:
    rows = await _carriers(tx)
    if any(known.name == row.name for known in rows):
        raise Refusal(409, f"There is a carrier {row.name!r} already.")
    if len(rows) >= MOST:
        raise Refusal(409, f"There may be {MOST} carriers at most.")
    await tx.insert("carriers", row)


async def _change(tx: Tx, row: CarrierRow, *, keep_password: bool) -> CarrierRow:
    known = await _changeable(tx, row.name)
    if keep_password and known.config.get("password"):
        row.config["password"] = known.config["password"]
    row.date_created = known.date_created
    await tx.run(
        "own.change_carrier", name=row.name, config=msgspec.json.encode(row.config).decode(), now=row.date_updated
    )
    return row


async def _remove(tx: Tx, name: str) -> None:
    await _changeable(tx, name)
    routes = await tx.value("own.routes_to", carrier=name)
    if routes:
        raise Refusal(409, f"{routes} route(s) lead to {name!r}; remove them first.")
    await tx.run("own.drop_carrier", name=name)


async def _add_route(tx: Tx, route: Route) -> None:
    if route.carrier != SIMULATED:
        await _carrier(tx, route.carrier)
    if len(await _routes(tx)) >= MOST:
        raise Refusal(409, f"There may be {MOST} routes at most.")
    await tx.insert("routes", route)


async def _remove_route(tx: Tx, sid: str) -> None:
    route = next((route for route in await _routes(tx) if route.sid == sid), None)
    if route is None:
        raise Refusal(404, f"There is no route {sid[:40]!r}.")
    if route.origin != API:
        raise Refusal(409, "This route is defined in hookflash.toml; change it there and start the server again.")
    await tx.run("own.drop_route", sid=sid)


async def _changeable(tx: Tx, name: str) -> CarrierRow:
    row = await _carrier(tx, name)
    if row.origin != API:
        raise Refusal(409, f"{name!r} is defined in hookflash.toml; change it there and start the server again.")
    return row
