"""From rows to live carriers: what `hookflash.toml` says becomes rows at each start, and rows become the fleet.

Passwords are sealed in the rows. A carrier or route of the file cannot be changed by the API; the file is its place.
"""

from collections.abc import Callable
from random import SystemRandom
from typing import Any

import msgspec

from hookflash.carriers.carrier import CarrierSink, MessageCarrier
from hookflash.carriers.fleet import Fleet
from hookflash.carriers.routing import SIMULATED, Route
from hookflash.carriers.smpp import SmppCarrier
from hookflash.carriers.smpp_config import SmppConfig
from hookflash.domain.clock import Clock
from hookflash.domain.routes import Prefix, Priority, Weight
from hookflash.domain.sids import make_sid
from hookflash.store.store import Store, Tx
from hookflash.store.vault import Vault

SMPP = "smpp"
FILE, API = "file", "api"  #: where a row comes from


class CarrierError(ValueError):
    """A carrier or route is described in a way that cannot be used; the message says how to mend it."""


class CarrierRow(msgspec.Struct):
    """A row of `carriers`."""

    name: str
    kind: str
    origin: str
    config: dict[str, Any]  #: of SmppConfig, its password sealed
    date_created: int
    date_updated: int


class RouteSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A route as people write it."""

    carrier: str  #: the name of a carrier, or `simulated`
    prefix: Prefix = ""  #: of the recipient, such as +351
    sender: str | None = None  #: only messages from this sender
    account_sid: str | None = None  #: only messages of this account
    priority: Priority = 0  #: among equally fitting routes, the lower one first
    weight: Weight = 1  #: the share among routes of one priority


def carrier_row(name: str, spec: dict[str, Any], *, vault: Vault, origin: str, now: int) -> CarrierRow:
    """The row of a carrier described by `spec`: its kind, and the fields of that kind. Raises CarrierError."""
    fields = dict(spec)
    kind = fields.pop("kind", SMPP)
    if kind != SMPP:
        raise CarrierError(f"carrier {name}: there is no kind {kind!r}; use {SMPP!r}")
    if not name or name == SIMULATED:
        raise CarrierError(f"a carrier cannot be called {name!r}")
    _config(name, fields)
    return CarrierRow(name, kind, origin, vault.seal_password(fields), now, now)


def route_row(spec: dict[str, Any], *, origin: str, now: int) -> Route:
    """The row of a route described by `spec`. Raises CarrierError."""
    try:
        found = msgspec.convert(spec, RouteSpec)
    except msgspec.ValidationError as error:
        raise CarrierError(f"a route is not usable: {error}") from None
    return Route(
        sid=make_sid("RT", now),
        **msgspec.structs.asdict(found),
        origin=origin,
        date_created=now,
        date_updated=now,
    )


async def keep_file_rows(tx: Tx, carriers: list[CarrierRow], routes: list[Route]) -> None:
    """Make the rows of the file those that it has now. Raises CarrierError where a name is taken by the API's."""
    await tx.run("carriers.forget_file_routes")
    await tx.run("carriers.forget_file")
    for row in carriers:
        if await tx.value("carriers.origin", name=row.name) is not None:
            raise CarrierError(f"carrier {row.name} is in hookflash.toml and was also made by the API; rename one")
        await tx.insert("carriers", row)
    for route in routes:
        await tx.insert("routes", route)


async def load_fleet(fleet: Fleet, store: Store, *, vault: Vault, sink: CarrierSink, clock: Clock) -> None:
    """Make the live carriers and routes those of the rows; called at the start and after each change."""
    rows, routes = await store.read(_rows)
    wanted = {row.name: (_fingerprint(row), _maker(row, vault, sink, clock)) for row in rows}
    await fleet.apply(wanted, routes)


async def _rows(tx: Tx) -> tuple[list[CarrierRow], list[Route]]:
    return await tx.all(CarrierRow, "carriers.all"), await tx.all(Route, "carriers.all_routes")


def _fingerprint(row: CarrierRow) -> str:
    return msgspec.json.encode(row.config, order="deterministic").decode()


def _maker(row: CarrierRow, vault: Vault, sink: CarrierSink, clock: Clock) -> Callable[[], MessageCarrier]:
    def make() -> MessageCarrier:
        config = _config(row.name, vault.open_password(row.config))
        return SmppCarrier(row.name, config, sink, clock, SystemRandom())

    return make


def _config(name: str, fields: dict[str, Any]) -> SmppConfig:
    try:
        return msgspec.convert(fields, SmppConfig)
    except (msgspec.ValidationError, ValueError) as error:
        raise CarrierError(f"carrier {name}: {error}") from None
