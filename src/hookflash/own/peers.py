"""What our own API does with carriers of messages and with trunks for calls: both are rows, and routes lead to both.

A change is in force at once. What hookflash.toml defines is shown here and changed there.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, Protocol, TypeVar

import msgspec
from starlette.requests import Request
from starlette.routing import Route as HttpRoute

from hookflash.carriers.load import API, CarrierRow
from hookflash.carriers.routing import SIMULATED
from hookflash.store.store import Tx

from .answering import PREFIX, Answering, Created, Refusal, read_body

if TYPE_CHECKING:
    from hookflash.app import Exchange

MOST = 1_000  #: peers of a kind, and routes


class PeerRow(Protocol):
    """A carrier or a trunk."""

    name: str
    origin: str
    config: dict[str, Any]
    date_created: int
    date_updated: int


class RouteRow(Protocol):
    """A route to one."""

    sid: str
    origin: str


P = TypeVar("P", bound=PeerRow)
R = TypeVar("R", bound=RouteRow)
A = TypeVar("A")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[P, R]):
    """What a kind of peers is called, and where its rows are."""

    word: str  #: such as carrier
    peers: str  #: their path below our API, their table and their queries
    routes: str  #: the path of the routes
    route_table: str
    row: type[P]
    route: type[R]
    target: Callable[[R], str]  #: the name of the peer that a route leads to
    error: type[ValueError]  #: of a description that cannot be used


class NewPeer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")]
    kind: str = ""  #: of carriers
    config: dict[str, Any]


class PeerChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    config: dict[str, Any]  #: whole; a password that is left out stays as it is


class Peers(Generic[P, R]):
    """The handlers; those for carriers and for trunks say what is different."""

    def __init__(self, exchange: "Exchange", kind: Kind[P, R]) -> None:
        self._exchange = exchange
        self._kind = kind
        self._applying = asyncio.Lock()  # two changes at once would open and close the same peers

    def routes(self, answering: Answering) -> list[HttpRoute]:
        operator = answering.operator
        peers, routes = f"{PREFIX}/{self._kind.peers}", f"{PREFIX}/{self._kind.routes}"
        return [
            HttpRoute(peers, operator(self.all), methods=["GET"]),
            HttpRoute(peers, operator(self.add), methods=["POST"]),
            HttpRoute(f"{peers}/{{name}}", operator(self.fetch), methods=["GET"]),
            HttpRoute(f"{peers}/{{name}}", operator(self.change), methods=["PUT"]),
            HttpRoute(f"{peers}/{{name}}", operator(self.remove), methods=["DELETE"]),
            HttpRoute(routes, operator(self.all_routes), methods=["GET"]),
            HttpRoute(routes, operator(self.add_route), methods=["POST"]),
            HttpRoute(f"{routes}/{{sid}}", operator(self.remove_route), methods=["DELETE"]),
        ]

    # -- what differs --

    def made(self, new: NewPeer) -> P:
        """The row of a new one. Raises `Kind.error`."""
        raise NotImplementedError

    def made_route(self, spec: dict[str, Any]) -> R:
        """The row of a new route. Raises `Kind.error`."""
        raise NotImplementedError

    async def apply(self) -> None:
        """Put the rows in force."""
        raise NotImplementedError

    def state(self, name: str) -> Mapping[str, object] | None:
        """What is known of the one that runs; None when there is none."""
        raise NotImplementedError

    # -- requests --

    async def all(self, request: Request) -> object:
        rows = await self._exchange.store.read(_all, self._kind)
        return {self._kind.peers: [*self._built_in(), *map(self._shown, rows)]}

    async def fetch(self, request: Request) -> object:
        name = request.path_params["name"]
        built_in = next((shown for shown in self._built_in() if shown["name"] == name), None)
        return built_in or self._shown(await self._exchange.store.read(_one, self._kind, name))

    async def add(self, request: Request) -> Created:
        row = self._usable(self.made, await read_body(request, NewPeer))
        await self._exchange.store.write(_add, self._kind, row)
        await self._apply()
        return Created(self._shown(row))

    async def change(self, request: Request) -> object:
        name, config = request.path_params["name"], (await read_body(request, PeerChange)).config
        known = await self._exchange.store.read(_changeable, self._kind, name)
        if sealed := known.config.get("password"):
            config = {"password": self._exchange.vault.open(sealed), **config}
        row = self._usable(self.made, NewPeer(name=name, config=config))
        await self._exchange.store.write(_change, self._kind, row)
        await self._apply()
        return self._shown(row)

    async def remove(self, request: Request) -> None:
        await self._exchange.store.write(_remove, self._kind, request.path_params["name"])
        await self._apply()

    async def all_routes(self, request: Request) -> object:
        return {self._kind.routes.replace("-", "_"): await self._exchange.store.read(_routes, self._kind)}

    async def add_route(self, request: Request) -> Created:
        route = self._usable(self.made_route, await read_body(request, dict[str, Any]))
        await self._exchange.store.write(_add_route, self._kind, route)
        await self._apply()
        return Created(route)

    async def remove_route(self, request: Request) -> None:
        await self._exchange.store.write(_remove_route, self._kind, request.path_params["sid"])
        await self._apply()

    async def _apply(self) -> None:
        async with self._applying:
            await self.apply()

    def _usable(self, make: Callable[[A], T], spec: A) -> T:
        try:
            return make(spec)
        except self._kind.error as error:
            raise Refusal(400, str(error)) from None

    def _built_in(self) -> list[dict[str, object]]:
        """The simulated network, where it is a peer of this kind."""
        state = self.state(SIMULATED)
        return [{"name": SIMULATED, "state": state}] if state is not None else []

    def _shown(self, row: P) -> dict[str, object]:
        config = {key: value for key, value in row.config.items() if key != "password"}
        kind = {"kind": row.kind} if isinstance(row, CarrierRow) else {}
        return {"name": row.name, "state": self.state(row.name), **kind, "origin": row.origin, "config": config}


async def _all(tx: Tx, kind: Kind[P, R]) -> list[P]:
    return await tx.all(kind.row, f"{kind.peers}.all")


async def _routes(tx: Tx, kind: Kind[P, R]) -> list[R]:
    return await tx.all(kind.route, f"{kind.peers}.all_routes")


async def _one(tx: Tx, kind: Kind[P, R], name: str) -> P:
    row = next((row for row in await _all(tx, kind) if row.name == name), None)
    if row is None:
        raise Refusal(404, f"There is no {kind.word} {name[:40]!r}.")
    return row


async def _changeable(tx: Tx, kind: Kind[P, R], name: str) -> P:
    row = await _one(tx, kind, name)
    if row.origin != API:
        raise Refusal(409, f"{name!r} is defined in hookflash.toml; change it there and start the server again.")
    return row


async def _add(tx: Tx, kind: Kind[P, R], row: P) -> None:
    rows = await _all(tx, kind)
    if any(known.name == row.name for known in rows):
        raise Refusal(409, f"There is a {kind.word} {row.name!r} already.")
    if len(rows) >= MOST:
        raise Refusal(409, f"There may be {MOST} {kind.peers} at most.")
    await tx.insert(kind.peers, row)


async def _change(tx: Tx, kind: Kind[P, R], row: P) -> None:
    await _changeable(tx, kind, row.name)
    config = msgspec.json.encode(row.config).decode()
    await tx.run(f"{kind.peers}.change", name=row.name, config=config, now=row.date_updated)


async def _remove(tx: Tx, kind: Kind[P, R], name: str) -> None:
    await _changeable(tx, kind, name)
    routes = await tx.value(f"{kind.peers}.routes_to", name=name)
    if routes:
        raise Refusal(409, f"{routes} route(s) lead to {name!r}; remove them first.")
    await tx.run(f"{kind.peers}.drop", name=name)


async def _add_route(tx: Tx, kind: Kind[P, R], route: R) -> None:
    if (target := kind.target(route)) != SIMULATED:
        await _one(tx, kind, target)
    if len(await _routes(tx, kind)) >= MOST:
        raise Refusal(409, f"There may be {MOST} routes at most.")
    await tx.insert(kind.route_table, route)


async def _remove_route(tx: Tx, kind: Kind[P, R], sid: str) -> None:
    route = next((route for route in await _routes(tx, kind) if route.sid == sid), None)
    if route is None:
        raise Refusal(404, f"There is no route {sid[:40]!r}.")
    if route.origin != API:
        raise Refusal(409, "This route is defined in hookflash.toml; change it there and start the server again.")
    await tx.run(f"{kind.peers}.drop_route", sid=sid)
