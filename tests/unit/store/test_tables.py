"""Declared tables: conditions, pages in both directions, counts, changes."""

import pytest

from hookflash.domain.message import Feedback
from hookflash.domain.numbers import ShortCode
from hookflash.store import tables
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Cursor, Table, equal

ROWS = Table("feedback", Feedback, key="message_sid")


async def fill(tx: Tx, count: int) -> None:
    for number in range(count):
        await ROWS.insert(tx, Feedback("AC1", f"SM{number:03}", "confirmed", number, number))


def sids(rows: list[Feedback]) -> list[str]:
    return [row.message_sid for row in rows]


async def test_pages_lead_from_the_newest_to_the_oldest_and_back(store: SqliteStore) -> None:
    """The next page begins after the last row of this one, the previous one ends before the first: newest first."""
    await store.write(fill, 7)
    own = equal(account_sid="AC1")
    first = await store.read(ROWS.page, own, Cursor(), 3)
    assert sids(first) == ["SM006", "SM005", "SM004"]
    second = await store.read(ROWS.page, own, Cursor(after="SM004"), 3)
    assert sids(second) == ["SM003", "SM002", "SM001"]
    assert sids(await store.read(ROWS.page, own, Cursor(before="SM003"), 3)) == sids(first)
    assert sids(await store.read(ROWS.page, own, Cursor(skip=5), 3)) == ["SM001", "SM000"]
    assert await store.read(ROWS.page, equal(account_sid="AC2"), Cursor(), 3) == []


async def test_conditions_narrow_every_operation(store: SqliteStore) -> None:
    """Fetching, counting, changing and deleting touch the rows that fit, and say how many."""
    await store.write(fill, 7)
    late = [*equal(account_sid="AC1"), Condition("date_created", ">=", 5)]
    assert await store.read(ROWS.count, late) == 2
    assert await store.write(ROWS.update, late, {"outcome": "unconfirmed", "date_updated": 99}) == 2
    changed = await store.read(ROWS.fetch, equal(message_sid="SM006"))
    assert changed == Feedback("AC1", "SM006", "unconfirmed", 6, 99)
    assert await store.write(ROWS.delete, late) == 2
    assert await store.read(ROWS.fetch, equal(message_sid="SM006")) is None
    assert await store.read(ROWS.count, []) == 5


async def test_a_long_list_is_not_counted_to_its_end(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit nobody is told how many there are, for counting millions would hold up the rest."""
    monkeypatch.setattr(tables, "COUNT_LIMIT", 6)
    await store.write(fill, 6)
    assert await store.read(ROWS.count, []) == 6
    await store.write(ROWS.insert, Feedback("AC1", "SM999", "confirmed", 1, 1))
    assert await store.read(ROWS.count, []) is None


async def test_a_value_never_becomes_sql(store: SqliteStore) -> None:
    """What a caller of the API writes into a filter stays a value."""
    await store.write(fill, 2)
    assert await store.read(ROWS.count, equal(outcome="x' OR '1'='1")) == 0


def test_a_table_knows_its_columns() -> None:
    """A filter or a change may ask whether a resource has a column."""
    assert Table("short_codes", ShortCode).has("sms_url")
    assert not Table("short_codes", ShortCode).has("voice_url")
