"""Paging: whoever follows the links sees every row once, in order, whatever is added or dropped meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.api.api_support import ACCOUNT, api_request

from hookflash.api.api_v2010.applications import APPLICATION
from hookflash.api.paging import LARGEST_SIZE, envelope_meta, read_paging
from hookflash.api.product import Product
from hookflash.domain.numbers import Application
from hookflash.domain.sids import SidMaker
from hookflash.errors import ApiError, Code
from hookflash.store.bus import LocalBus
from hookflash.store.sqlite import SqliteStore
from hookflash.store.tables import equal

SIDS = SidMaker()


def application() -> Application:
    return Application(account_sid=ACCOUNT.sid, sid=SIDS.make("AP"), date_created=0, date_updated=0)


async def add(store: SqliteStore, count: int) -> list[str]:
    rows = [application() for _ in range(count)]
    await asyncio.gather(*(store.write(APPLICATION.table.insert, row) for row in rows))
    return [row.sid for row in rows]


@given(
    before=st.integers(0, 25),
    size=st.integers(1, 7),
    meanwhile=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_following_the_links_shows_every_row_once(
    store: SqliteStore, before: int, size: int, meanwhile: list[tuple[int, bool]]
) -> None:
    """Rows that arrive between two pages are not shown, rows that stay are shown once; going back shows the same."""
    await store.write(APPLICATION.table.delete, equal(account_sid=ACCOUNT.sid))
    await _walk(store, before, size, meanwhile)


async def _walk(store: SqliteStore, before: int, size: int, meanwhile: list[tuple[int, bool]]) -> None:
    expected = (await add(store, before))[::-1]
    dropped: set[str] = set()
    seen: list[list[str]] = []
    events = iter(meanwhile)
    query = [("PageSize", str(size))]
    while True:
        request = api_request(*query, store=store)
        page = APPLICATION.list_content(request, await APPLICATION.page(request)).tree
        seen.append([row["sid"] for row in page["applications"]])
        if page["next_page_uri"] is None:
            break
        count, drops = next(events, (0, False))
        await add(store, count)
        shown = [sid for sids in seen for sid in sids]
        rest = [sid for sid in expected if sid not in shown and sid not in dropped]
        if drops and len(rest) > 1:
            dropped.add(rest[0])
            await store.write(APPLICATION.table.delete, equal(sid=rest[0]))
        query = parse_qsl(urlsplit(page["next_page_uri"]).query)
    assert [sid for sids in seen for sid in sids] == [sid for sid in expected if sid not in dropped]
    if len(seen) > 1:
        request = api_request(*parse_qsl(urlsplit(page["previous_page_uri"]).query), store=store)
        back = await APPLICATION.page(request)
        assert [row["sid"] for row in back.items][-len(seen[-2]) :] == seen[-2] or dropped


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "paging.db", LocalBus())
    yield opened
    await opened.close()


async def test_newer_products_say_it_in_a_meta_object(store: SqliteStore) -> None:
    """All seven members are there, links are absolute, absent ones are null."""
    sids = (await add(store, 3))[::-1]
    request = api_request(("PageSize", "2"), store=store, product=Product("things", "v1"), path="/v1/Things")
    page = await APPLICATION.page(request)
    tree = envelope_meta(request, "things", page)
    base = "https://things.twilio.com/v1/Things?PageSize=2&Page="
    assert tree["meta"] == {
        "page": 0,
        "page_size": 2,
        "first_page_url": f"{base}0",
        "previous_page_url": None,
        "url": f"{base}0",
        "next_page_url": f"{base}1&PageToken=PA{sids[1]}",
        "key": "things",
    }
    assert [row["sid"] for row in tree["things"]] == sids[:2]


@pytest.mark.parametrize("size", ["0", "1001", "-1", "0000000010000", "9" * 30, "ten", "٣"])
def test_a_page_has_one_to_a_thousand_rows(size: str) -> None:
    """20007 for every other size."""
    with pytest.raises(ApiError) as refused:
        read_paging(api_request(("PageSize", size)))
    assert refused.value.code is Code.PAGE_SIZE_TOO_LARGE


def test_a_page_has_fifty_rows_unless_told_otherwise() -> None:
    """An empty PageSize says nothing."""
    assert [read_paging(api_request(*pairs)).size for pairs in ([], [("PageSize", "")], [("PageSize", "1000")])] == [
        50,
        50,
        LARGEST_SIZE,
    ]


@pytest.mark.parametrize("token", ["x", "PA", "PC" + "AP" + "0" * 32, "PAAP" + "0" * 31, "PA' OR 1=1"])
def test_a_token_names_a_row(token: str) -> None:
    """21481 for what was never handed out."""
    with pytest.raises(ApiError) as refused:
        read_paging(api_request(("PageToken", token)))
    assert refused.value.code is Code.INVALID_PAGE_TOKEN


@given(st.sampled_from(["Page", "PageSize", "PageToken"]), st.text())
def test_any_paging_is_read_or_refused(name: str, value: str) -> None:
    """No text makes it break: a refusal is the only way out."""
    with suppress(ApiError):
        paging = read_paging(api_request((name, value)))
        assert 1 <= paging.size <= LARGEST_SIZE
