"""Schema, rows and queries agree, and the schema moves forwards only."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import apsw
import msgspec
import pytest
from tests.unit.store.store_support import keys, opened, put

from hookflash.actions.apply_receipt import CarrierPart
from hookflash.carriers.load import CarrierRow
from hookflash.carriers.routing import Route
from hookflash.domain.account import Account, ApiKey
from hookflash.domain.alert import Alert
from hookflash.domain.call import Call
from hookflash.domain.media import Media
from hookflash.domain.message import Feedback, Message
from hookflash.domain.numbers import (
    Application,
    IncomingPhoneNumber,
    OutgoingCallerId,
    Sandbox,
    ShortCode,
)
from hookflash.domain.recording import Recording
from hookflash.domain.service import Service, ServiceSender
from hookflash.domain.transcription import LiveTranscription, Transcription
from hookflash.domain.twiml_bin import TwimlBin
from hookflash.network.handset import Handset, HandsetMessage
from hookflash.store import migrations
from hookflash.store.migrations import migrate
from hookflash.store.outbox import Job
from hookflash.store.queries import load_queries
from hookflash.store.store import StoreError
from hookflash.store.timeline import Event
from hookflash.trunks.load import TrunkRow
from hookflash.trunks.routing import CallRoute

ROWS: dict[str, type[msgspec.Struct]] = {
    "accounts": Account,
    "api_keys": ApiKey,
    "applications": Application,
    "incoming_phone_numbers": IncomingPhoneNumber,
    "outgoing_caller_ids": OutgoingCallerId,
    "short_codes": ShortCode,
    "sandboxes": Sandbox,
    "services": Service,
    "service_senders": ServiceSender,
    "messages": Message,
    "media": Media,
    "feedback": Feedback,
    "outbox": Job,
    "carrier_parts": CarrierPart,
    "timeline": Event,
    "alerts": Alert,
    "carriers": CarrierRow,
    "routes": Route,
    "handsets": Handset,
    "handset_messages": HandsetMessage,
    "calls": Call,
    "recordings": Recording,
    "transcriptions": Transcription,
    "live_transcriptions": LiveTranscription,
    "trunks": TrunkRow,
    "twiml_bins": TwimlBin,
    "call_routes": CallRoute,
}


@pytest.fixture
def connection() -> Iterator[apsw.Connection]:
    """A database of the newest schema, with no rows."""
    fresh = apsw.Connection(":memory:")
    migrate(fresh)
    yield fresh
    fresh.close()


@pytest.mark.parametrize("table", sorted(ROWS))
def test_a_row_struct_has_the_columns_of_its_table(table: str, connection: apsw.Connection) -> None:
    """The fields of a row are the columns of its table, in order, and may be None where those may be null."""
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    assert [name for _, name, *_ in columns] == [field.name for field in msgspec.structs.fields(ROWS[table])]
    hints = get_type_hints(ROWS[table])
    nullable = {name for _, name, _, required, _, key in columns if not required and not key}
    assert {name for name, hint in hints.items() if NoneType in get_args(hint)} == nullable


@pytest.mark.parametrize("name", sorted(load_queries()))
def test_every_named_query_fits_the_schema(name: str, connection: apsw.Connection) -> None:
    """SQLite can prepare each statement of each query: no column was renamed under it."""
    sql = load_queries()[name]
    values = dict.fromkeys(re.findall(r":(\w+)", sql))
    for statement in (part for part in sql.split(";\n") if part.strip()):
        connection.execute(f"EXPLAIN {statement}", values).fetchall()


#: Tables that grow with the traffic.
GROWING = (
    *("messages", "media", "outbox", "carrier_parts", "inbound_seen", "timeline", "alerts", "handset_messages"),
    *("calls", "recordings", "transcriptions", "live_transcriptions"),
)

#: Queries that look at every row of one of them, and why they may.
SCANS = {
    "outbox.release_all": "once, at the start",
    "outbox.take_back_all": "once, at the start",
    "media.files": "when a developer empties a server",
    "own.queue_depths": "when somebody asks for the metrics",
    "outbox.extend_leases": "when a developer lets the clock jump",
    "outbox.unsettled": "when a developer lets the clock jump",
    "calls.unfinished": "once, at the start, by an index that holds live calls only",
    "recordings.live": "once, at the start, by an index that holds live recordings only",
    "transcriptions.live": "once, at the start, by an index that holds those that go on only",
    "handsets.active_numbers": "of the simulated network's own texts, for its list",
}


def test_no_query_looks_at_every_row(connection: apsw.Connection) -> None:
    """What runs for each message finds its rows by an index, however many there are."""
    scanning = set()
    for name, sql in load_queries().items():
        values = dict.fromkeys(re.findall(r":(\w+)", sql))
        if name.startswith("reset."):
            continue  # empties the tables
        plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        if any(re.match(rf"SCAN ({'|'.join(GROWING)})\b", str(detail)) for *_, detail in plan):
            scanning.add(name)
    assert scanning <= set(SCANS)


def test_a_query_named_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two blocks of one name in a file are a mistake, not the later one's victory."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "a.sql").write_text("-- one --\nSELECT 1;\n\n-- one --\nSELECT 2;\n")
    monkeypatch.setattr("hookflash.store.queries.resources.files", lambda package: tmp_path)
    with pytest.raises(ValueError, match=r"a\.one stands twice"):
        load_queries()


# -- migrations --


def with_migration(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """Have one more migration after those of the package."""
    known = migrations.migrations()
    monkeypatch.setattr(migrations, "migrations", lambda: [*known, (known[-1][0] + 1, sql)])


def test_a_new_file_gets_every_migration() -> None:
    """The version of the schema is the number of the last one."""
    fresh = apsw.Connection(":memory:")
    migrate(fresh)
    assert fresh.pragma("user_version") == migrations.migrations()[-1][0]
    migrate(fresh)  # and once is enough


def test_migrations_are_numbered_without_gaps() -> None:
    """0001 comes first, and no number is missing or twice."""
    numbers = [number for number, _ in migrations.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_rows_of_the_first_schema_survive_a_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of the next version finds what this one wrote, in the new form."""
    async with opened(tmp_path) as store:
        await store.write(put, "a")
    with_migration(monkeypatch, "ALTER TABLE opt_outs ADD COLUMN reason TEXT NOT NULL DEFAULT 'stop'")
    async with opened(tmp_path) as newer:
        assert await newer.read(keys) == {"a"}
        reasons = await newer.read(_reasons)
    assert reasons == [("stop",)]


async def _reasons(tx: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = await tx.select("SELECT reason FROM opt_outs")
    return found


async def test_an_older_program_refuses_newer_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no way back: the sentence says which schema the data has, and what to do."""
    with monkeypatch.context() as patched:
        with_migration(patched, "CREATE TABLE later (x)")
        async with opened(tmp_path):
            pass
    known = migrations.migrations()[-1][0]
    sentence = f"the data has schema {known + 1}, this program knows {known}: run the newer Hookflash"
    with pytest.raises(StoreError, match=sentence):
        async with opened(tmp_path):
            pass


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each migration is a transaction of its own: half of one is never kept."""
    async with opened(tmp_path) as store:
        await store.write(put, "a")
    with monkeypatch.context() as patched:
        with_migration(patched, "CREATE TABLE later (x); SELECT nonsense FROM nowhere")
        with pytest.raises(StoreError, match="nowhere"):
            async with opened(tmp_path):
                pass
    async with opened(tmp_path) as again:
        assert await again.read(keys) == {"a"}
        assert await again.read(_tables_named, "later") == 0


async def _tables_named(tx: Any, name: str) -> int:
    ((number,),) = await tx.select("SELECT count(*) FROM sqlite_master WHERE name = ?", (name,))
    return int(number)
