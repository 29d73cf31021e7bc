"""The store on SQLite: groups, failures, snapshots, the end."""

import asyncio
import threading
from pathlib import Path

import apsw
import pytest
from tests.unit.store.store_support import FaultyDisk, keys, opened, put

from hookflash.store.bus import LocalBus
from hookflash.store.sqlite import CHECKPOINT_PAGES, READER_CACHE, WRITER_CACHE, SqliteStore
from hookflash.store.store import StoreCorruptError, StoreError, StoreFullError, Tx


class BrokenError(Exception):
    """What an action of these tests raises."""


async def break_after(tx: Tx, key: str) -> None:
    await put(tx, key)
    raise BrokenError(key)


async def hold(tx: Tx, begun: threading.Event, go_on: threading.Event) -> None:
    """Keep the writer busy, so that what follows becomes one group."""
    begun.set()
    go_on.wait()


async def test_a_write_returns_what_its_action_returned(store: SqliteStore) -> None:
    """The caller gets the result, after the commit."""

    async def action(tx: Tx, number: int, *, more: int) -> int:
        await put(tx, "a")
        return number + more

    assert await store.write(action, 1, more=2) == 3
    assert await store.read(keys) == {"a"}


async def test_an_action_that_fails_rolls_back_alone(store: SqliteStore) -> None:
    """Of a group, only the failing action is undone, and only its caller hears of it."""
    begun, go_on = threading.Event(), threading.Event()
    holder = asyncio.create_task(store.write(hold, begun, go_on))
    await asyncio.to_thread(begun.wait)
    group = [
        asyncio.create_task(store.write(put, "a")),
        asyncio.create_task(store.write(break_after, "b")),
        asyncio.create_task(store.write(put, "c")),
    ]
    await asyncio.sleep(0)  # they are in the queue now
    go_on.set()
    results = await asyncio.gather(*group, return_exceptions=True)
    await holder
    assert [type(result) for result in results] == [type(None), BrokenError, type(None)]
    assert await store.read(keys) == {"a", "c"}


async def test_an_answer_comes_after_the_commit(store: SqliteStore, tmp_path: Path) -> None:
    """When `write` returns, another connection sees the row."""
    await store.write(put, "a")
    beside = apsw.Connection(str(tmp_path / "hookflash.db"), flags=apsw.SQLITE_OPEN_READONLY)
    assert beside.execute("SELECT account_sid FROM opt_outs").fetchall() == [("a",)]
    beside.close()


async def test_nobody_is_woken_before_the_commit_or_for_nothing(tmp_path: Path) -> None:
    """Topics are published once their transaction is on disk; those of a group that failed are not."""
    bus, disk = LocalBus(), FaultyDisk()
    async with opened(tmp_path, bus=bus, vfs=disk.vfs_name) as store:

        async def publish(tx: Tx, key: str) -> None:
            await put(tx, key)
            tx.publish("work")

        woken = bus.subscribe("work")
        disk.fault = apsw.IOError
        with pytest.raises(StoreError):
            await store.write(publish, "a")
        assert not woken.is_set()
        disk.fault = None
        await store.write(publish, "b")
        await woken.wait()
        assert await store.read(keys) == {"b"}


async def test_a_read_sees_one_snapshot(store: SqliteStore) -> None:
    """What is committed while a read runs is not in it."""
    loop = asyncio.get_running_loop()
    began, written = asyncio.Event(), threading.Event()

    async def look_twice(tx: Tx) -> tuple[set[str], set[str]]:
        first = await keys(tx)
        loop.call_soon_threadsafe(began.set)
        written.wait()
        return first, await keys(tx)

    await store.write(put, "a")
    reading = asyncio.create_task(store.read(look_twice))
    await began.wait()
    await store.write(put, "b")
    written.set()
    assert await reading == ({"a"}, {"a"})
    assert await store.read(keys) == {"a", "b"}


async def test_a_read_cannot_write(store: SqliteStore) -> None:
    """A read that tries to write is refused, and does not get in the way of the writer."""
    with pytest.raises(StoreError):
        await store.read(put, "a")
    await store.write(put, "b")
    assert await store.read(keys) == {"b"}


async def test_a_cancelled_caller_undoes_nothing(store: SqliteStore) -> None:
    """What was asked for is done, though its caller has gone; the others of its group are answered."""
    begun, go_on = threading.Event(), threading.Event()
    holder = asyncio.create_task(store.write(hold, begun, go_on))
    await asyncio.to_thread(begun.wait)
    gone = asyncio.create_task(store.write(put, "a"))
    stays = asyncio.create_task(store.write(put, "b"))
    await asyncio.sleep(0)
    gone.cancel()
    go_on.set()
    await asyncio.gather(holder, stays)
    assert gone.cancelled() or await asyncio.gather(gone, return_exceptions=True)
    assert await store.read(keys) == {"a", "b"}


async def test_an_action_that_awaits_something_else_is_refused(store: SqliteStore) -> None:
    """On this store an action never suspends: one that does is a mistake, named, and is rolled back."""

    async def dawdle(tx: Tx) -> None:
        await put(tx, "a")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="other than its tx"):
        await store.write(dawdle)
    assert await store.read(keys) == set()


async def test_close_commits_what_was_asked_for(tmp_path: Path) -> None:
    """What was queued before `close` is on disk; what comes after is refused with a sentence."""
    async with opened(tmp_path) as store:
        writes = [asyncio.create_task(store.write(put, str(number))) for number in range(1_200)]
        await asyncio.sleep(0)
        await store.close()
        await asyncio.gather(*writes)
        with pytest.raises(StoreError, match="closed"):
            await store.write(put, "late")
        with pytest.raises(StoreError, match="closed"):
            await store.read(keys)
    async with opened(tmp_path) as again:
        assert len(await again.read(keys)) == 1_200


@pytest.mark.parametrize("fault", [apsw.FullError, apsw.IOError])
@pytest.mark.parametrize("at", range(4))
async def test_a_disk_that_fails_fails_the_group_and_nothing_more(
    fault: type[apsw.Error], at: int, frail: SqliteStore, disk: FaultyDisk
) -> None:
    """Wherever in a commit the disk gives up: each caller is told, nothing is half done, and later it goes on."""
    await frail.write(put, "before")
    disk.fault, disk.at = fault, at
    results = await asyncio.gather(
        *(frail.write(put, f"during-{number}", 3_000) for number in range(20)), return_exceptions=True
    )
    refused = {index for index, result in enumerate(results) if result is not None}
    assert disk.faults
    assert refused
    assert all(isinstance(results[index], StoreError) for index in refused)
    disk.fault = None
    await frail.write(put, "after")
    told = {f"during-{number}" for number in range(20) if number not in refused}
    assert await frail.read(keys) == {"before", "after"} | told


async def test_a_full_disk_in_the_middle_of_an_action_is_said_as_such(frail: SqliteStore, disk: FaultyDisk) -> None:
    """An action too big for the cache writes before its commit; the error is that of a full disk there too."""

    async def much(tx: Tx) -> None:
        for number in range(30):
            await put(tx, f"{number}", 4_000_000)

    disk.fault = apsw.FullError
    with pytest.raises(StoreFullError, match="disk is full"):
        await frail.write(much)
    disk.fault = None
    assert await frail.read(keys) == set()
    await frail.write(put, "after")


async def test_callers_of_a_failed_group_do_not_share_an_error(frail: SqliteStore, disk: FaultyDisk) -> None:
    """Each caller has an exception of its own: a shared one would gather every traceback."""
    disk.fault = apsw.FullError
    results = await asyncio.gather(*(frail.write(put, f"{n}") for n in range(50)), return_exceptions=True)
    assert len({id(result) for result in results}) == 50
    assert {type(result) for result in results} == {StoreFullError}


async def test_the_writer_outlives_what_no_action_should_raise(store: SqliteStore) -> None:
    """Even an exit raised inside an action ends only its group."""

    async def leave(tx: Tx) -> None:
        await put(tx, "a")
        raise SystemExit(3)

    with pytest.raises(StoreError):
        await store.write(leave)
    await store.write(put, "b")
    assert await store.read(keys) == {"b"}


async def test_a_backup_is_a_whole_data_file(store: SqliteStore, tmp_path: Path) -> None:
    """A copy made while the server goes on opens by itself and has what was committed."""
    await store.write(put, "a")
    target = tmp_path / "copy"
    target.mkdir()
    await store.backup(target / "hookflash.db")
    async with opened(target) as copy:
        assert await copy.read(keys) == {"a"}


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no database\n" * 500)


def half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def holes(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [garbage, half, holes])
async def test_a_damaged_file_is_refused_with_a_sentence(damage: object, tmp_path: Path) -> None:
    """What is no database, or only part of one, is said to be damaged: at the opening or at the first use."""
    async with opened(tmp_path):
        pass
    assert callable(damage)
    damage(tmp_path / "hookflash.db")
    with pytest.raises(StoreCorruptError, match="damaged or not a database"):
        async with opened(tmp_path) as store:
            await store.write(put, "a")


async def test_the_writer_syncs_each_commit_and_keeps_its_pages(store: SqliteStore) -> None:
    """What the store asks of SQLite is in force: all of it, since one statement of several can go unheard."""

    async def settings(tx: Tx) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "cache_size", "wal_autocheckpoint")
        return [(await tx.select(f"PRAGMA {name}"))[0][0] for name in names]

    assert await store.write(settings) == ["wal", 2, 1, -WRITER_CACHE, CHECKPOINT_PAGES]
    assert await store.read(settings) == ["wal", 2, 1, -READER_CACHE, CHECKPOINT_PAGES]
