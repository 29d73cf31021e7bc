"""What of the inventory can still be bought."""

from dataclasses import replace

import msgspec

from hookflash.domain.countries import NumberKind
from hookflash.domain.inventory import AvailableNumber, Search, search
from hookflash.store.store import Tx


class _Number(msgspec.Struct):
    phone_number: str


async def find_numbers(tx: Tx, iso: str, kind: NumberKind, query: Search) -> list[AvailableNumber]:
    """Numbers that fit `query`, `query.limit` at most, none of which anybody has. Raises ValueError as `search`."""
    limit = query.limit
    while True:
        found = search(iso, kind, replace(query, limit=limit))
        gone = await taken(tx, [number.phone_number for number in found])
        free = [number for number in found if number.phone_number not in gone]
        if len(free) >= query.limit or len(found) < limit:
            return free[: query.limit]
        limit *= 2


async def taken(tx: Tx, numbers: list[str]) -> frozenset[str]:
    """Those of `numbers` that somebody has."""
    rows = await tx.all(_Number, "inventory.taken", numbers=msgspec.json.encode(numbers).decode())
    return frozenset(row.phone_number for row in rows)
