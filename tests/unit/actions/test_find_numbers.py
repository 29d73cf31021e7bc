"""What of the inventory can still be bought, when much of it is gone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hookflash.actions.find_numbers import find_numbers
from hookflash.actions.first_start import new_number
from hookflash.domain.contains import parse_pattern
from hookflash.domain.countries import NumberKind
from hookflash.domain.inventory import Search, search
from hookflash.store.bus import LocalBus
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx

QUERY = Search(area_code="415", limit=10)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "numbers.db", LocalBus())
    yield opened
    await opened.close()


async def take(tx: Tx, numbers: list[str]) -> None:
    for number in numbers:
        await tx.insert("incoming_phone_numbers", new_number("AC" + "1" * 32, number, now=0))


@pytest.mark.parametrize("gone", [0, 1, 10, 137])
async def test_a_search_is_full_while_there_are_numbers(store: SqliteStore, gone: int) -> None:
    """However many are taken, those that follow in the order of the inventory are found."""
    order = search("US", NumberKind.LOCAL, Search(area_code="415", limit=200))
    await store.write(take, [number.phone_number for number in order[:gone]])
    assert await store.read(find_numbers, "US", NumberKind.LOCAL, QUERY) == order[gone : gone + 10]


async def test_a_search_ends_when_nothing_is_left(store: SqliteStore) -> None:
    """A pattern that names one number finds it until it is taken."""
    number = search("US", NumberKind.LOCAL, QUERY)[0].phone_number
    one = Search(contains=parse_pattern(number), limit=10)
    assert [found.phone_number for found in await store.read(find_numbers, "US", NumberKind.LOCAL, one)] == [number]
    await store.write(take, [number])
    assert await store.read(find_numbers, "US", NumberKind.LOCAL, one) == []
