"""What is written about a call, behind its back."""

import asyncio
from pathlib import Path

import apsw
import pytest
from tests.unit.store.store_support import FaultyDisk, keys, opened, put

from hookflash.runtime.calls.ledger import MOST_WAITING, Ledger
from hookflash.store.store import Tx


async def refuse(tx: Tx) -> None:
    raise LookupError("no such row")


async def test_entries_keep_their_order(tmp_path: Path) -> None:
    """What is awaited sees all that was added before it."""
    async with opened(tmp_path) as store:
        ledger = Ledger(store)
        ledger.add(put, "a")
        ledger.add(put, "b")
        assert await ledger.write(keys) == {"a", "b"}


async def test_an_entry_that_fails_stops_no_other(tmp_path: Path) -> None:
    """The others of its transaction are written all the same, and who awaits it is told."""
    async with opened(tmp_path) as store:
        ledger = Ledger(store)
        ledger.add(put, "a")
        ledger.add(refuse)
        ledger.add(put, "b")
        with pytest.raises(LookupError):
            await ledger.write(refuse)
        await ledger.settled()
        assert await store.read(keys) == {"a", "b"}


async def test_asides_wait_for_the_next_entry(tmp_path: Path) -> None:
    """They cost no transaction of their own, unless there are many, or all is to be settled."""
    async with opened(tmp_path) as store:
        ledger = Ledger(store)
        ledger.later(put, "a")
        assert await store.read(keys) == set()
        await ledger.settled()
        assert await store.read(keys) == {"a"}
        for number in range(MOST_WAITING):
            ledger.later(put, f"n{number}")
        assert len(await ledger.write(keys)) == MOST_WAITING + 1


async def test_a_full_disk_makes_entries_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost: it is written once there is room."""
    monkeypatch.setattr("hookflash.runtime.keep.PAUSE", 1)
    disk = FaultyDisk()
    async with opened(tmp_path, vfs=disk.vfs_name) as store:
        ledger = Ledger(store)
        disk.fault = apsw.FullError
        ledger.add(put, "a")
        async with asyncio.timeout(5):
            while not disk.faults:  # noqa: ASYNC110 - the disk is in another thread
                await asyncio.sleep(0)
        disk.fault = None
        await ledger.settled()
        assert await store.read(keys) == {"a"}
