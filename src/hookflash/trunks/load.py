"""From rows to live trunks: what `hookflash.toml` says becomes rows at each start, and rows become the trunks.

Passwords are sealed in the rows. A trunk or route of the file cannot be changed by the API; the file is its place.
"""

from typing import Any

import msgspec

from hookflash.domain.routes import Prefix, Priority, Weight
from hookflash.domain.sids import make_sid
from hookflash.store.store import Tx
from hookflash.store.vault import Vault

from .config import TrunkConfig
from .routing import SIMULATED, CallRoute


class TrunkError(ValueError):
    """A trunk or a route to one is described in a way that cannot be used; the message says how to mend it."""


class TrunkRow(msgspec.Struct):
    """A row of `trunks`."""

    name: str
    origin: str
    config: dict[str, Any]  #: of TrunkConfig, its password sealed
    date_created: int
    date_updated: int


class CallRouteSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A route for calls as people write it."""

    trunk: str  #: the name of a trunk, or `simulated`
    prefix: Prefix = ""  #: of the callee, such as +351
    sender: str | None = None  #: only calls from this number
    account_sid: str | None = None  #: only calls of this account
    priority: Priority = 0  #: among equally fitting routes, the lower one first
    weight: Weight = 1  #: the share among routes of one priority


def trunk_row(name: str, spec: dict[str, Any], *, vault: Vault, origin: str, now: int) -> TrunkRow:
    """The row of a trunk described by `spec`: the fields of TrunkConfig. Raises TrunkError."""
    if not name or name == SIMULATED:
        raise TrunkError(f"a trunk cannot be called {name!r}")
    _config(name, spec)
    return TrunkRow(name, origin, vault.seal_password(spec), now, now)


def call_route_row(spec: dict[str, Any], *, origin: str, now: int) -> CallRoute:
    """The row of a route described by `spec`. Raises TrunkError."""
    try:
        found = msgspec.convert(spec, CallRouteSpec)
    except msgspec.ValidationError as error:
        raise TrunkError(f"a route for calls is not usable: {error}") from None
    return CallRoute(
        sid=make_sid("RT", now),
        **msgspec.structs.asdict(found),
        origin=origin,
        date_created=now,
        date_updated=now,
    )


async def keep_file_trunks(tx: Tx, trunks: list[TrunkRow], routes: list[CallRoute]) -> None:
    """Make the rows of the file those that it has now. Raises TrunkError where a name is taken by the API's."""
    await tx.run("trunks.forget_file_routes")
    await tx.run("trunks.forget_file")
    for row in trunks:
        if await tx.value("trunks.origin", name=row.name) is not None:
            raise TrunkError(f"trunk {row.name} is in hookflash.toml and was also made by the API; rename one")
        await tx.insert("trunks", row)
    for route in routes:
        await tx.insert("call_routes", route)


async def configured_trunks(tx: Tx, vault: Vault) -> tuple[dict[str, TrunkConfig], list[CallRoute]]:
    """Every trunk by name, its password opened, and the routes to them."""
    rows, routes = await tx.all(TrunkRow, "trunks.all"), await tx.all(CallRoute, "trunks.all_routes")
    return {row.name: _config(row.name, vault.open_password(row.config)) for row in rows}, routes


def _config(name: str, fields: dict[str, Any]) -> TrunkConfig:
    try:
        return msgspec.convert(fields, TrunkConfig)
    except (msgspec.ValidationError, ValueError) as error:
        raise TrunkError(f"trunk {name}: {error}") from None
