"""A power cut: every write after the last sync may be gone, yet nothing that was accepted is.

Killing a process cannot show this, for the system still writes what the process has left behind.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import cast

import apsw
import pytest
from tests.crash.power_disk import PowerDisk

from hookflash.store import sqlite
from hookflash.store.bus import LocalBus
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx

WORKLOADS = 300
CUTS = 4  # in each workload
HALVES = ("first", "second")

_numbers = count()


@dataclass
class Cut:
    """What a cut left, and which actions had been answered before it."""

    image: dict[str, bytes]
    answered: list[int]


@dataclass
class Machine:
    """A store on a disk that fails at some of its writes; `answered` are the actions whose callers know."""

    disk: PowerDisk
    store: SqliteStore
    answered: list[int] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)

    def fail_at(self, writes: set[int], random: Random) -> None:
        def look(number: int) -> None:
            if number in writes:
                answered = list(self.answered)  # before the picture: what is answered later proves nothing
                self.cuts.append(Cut(self.disk.after_a_cut(random), answered))

        self.disk.before_write = look


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A data file with the schema and no rows."""

    async def make() -> Path:
        path = tmp_path_factory.mktemp("empty") / "hookflash.db"
        store = SqliteStore(path, LocalBus())
        await store.close()
        return path

    return asyncio.run(make()).read_bytes()


@pytest.fixture(autouse=True)
def _frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small workloads should see the log copied into the data file, and begun anew."""
    monkeypatch.setattr(sqlite, "CHECKPOINT_PAGES", 12)


@pytest.fixture
def directories(tmp_path: Path) -> Iterator[Path]:
    return (_made(tmp_path / str(number)) for number in count())


def _made(path: Path) -> Path:
    path.mkdir()
    return path


async def machine_on(directory: Path, content: bytes | None) -> Machine:
    if content is not None:
        (directory / "hookflash.db").write_bytes(content)
    disk = PowerDisk(f"power-{next(_numbers)}")
    return Machine(disk, SqliteStore(directory / "hookflash.db", LocalBus(), vfs=disk.vfs_name))


async def both_halves(tx: Tx, number: int, padding: str) -> None:
    """Two rows that belong together."""
    for half in HALVES:
        await tx.run("messages.opt_out", account_sid=f"AC{number}", sender=half, recipient=padding, now=number)


async def work(machine: Machine, random: Random) -> None:
    """Callers that write at the same time, and note what they were told is kept."""
    numbers = count()

    async def caller(actions: int) -> None:
        for _ in range(actions):
            number = next(numbers)
            await machine.store.write(both_halves, number, "x" * random.choice((10, 300, 5_000)))
            machine.answered.append(number)

    await asyncio.gather(*(caller(random.randint(1, 8)) for _ in range(random.randint(1, 6))))


def kept(image: dict[str, bytes], directory: Path) -> dict[int, int]:
    """Start again on what a cut left: how many halves of each action are there."""
    for name, content in image.items():
        (directory / name).write_bytes(content)
    connection = apsw.Connection(str(directory / "hookflash.db"))
    assert connection.pragma("integrity_check") == "ok"
    rows = connection.execute("SELECT CAST(substr(account_sid, 3) AS INTEGER), count(*) FROM opt_outs GROUP BY 1")
    found = dict(cast("list[tuple[int, int]]", rows.fetchall()))
    connection.close()
    return found


async def lost_in(
    workload: Callable[[Machine, Random], Awaitable[None]], seed: int, content: bytes, directories: Iterator[Path]
) -> tuple[list[int], int]:
    """Run a workload and cut the power at a few of its writes: the answered actions that are gone, of how many."""
    random = Random(seed)
    machine = await machine_on(next(directories), content)
    begun = machine.disk.writes
    machine.fail_at({begun + random.randint(1, 80) for _ in range(CUTS)}, random)
    await workload(machine, random)
    await machine.store.close()
    lost = []
    for cut in machine.cuts:
        halves = kept(cut.image, next(directories))
        assert set(halves.values()) <= {len(HALVES)}, "an action is kept whole or not at all"
        lost += [number for number in cut.answered if number not in halves]
    return lost, sum(len(cut.answered) for cut in machine.cuts)


async def test_what_was_answered_survives_a_power_cut(empty: bytes, directories: Iterator[Path]) -> None:
    """Whenever the power fails, every action whose caller was answered is there, whole, in a sound file."""
    judged = 0
    for seed in range(WORKLOADS):
        lost, answered = await lost_in(work, seed, empty, directories)
        assert lost == [], f"seed {seed}"
        judged += answered
    assert judged > 10 * WORKLOADS, "the cuts fell where something was at stake"


@pytest.mark.parametrize("mode", ["OFF", "NORMAL"])
async def test_a_store_that_does_not_sync_is_found_out(mode: str, empty: bytes, directories: Iterator[Path]) -> None:
    """The test above can fail: with less than `synchronous=FULL` answered actions are gone."""

    async def careless(machine: Machine, random: Random) -> None:
        machine.store._writer.execute(f"PRAGMA synchronous={mode}")
        await work(machine, random)

    try:
        results = [await lost_in(careless, seed, empty, directories) for seed in range(40)]
    except (apsw.CorruptError, apsw.NotADBError):
        return  # without any sync the file itself may be damaged
    assert any(lost for lost, _ in results)


async def test_each_commit_is_synced_before_its_caller_is_answered(empty: bytes, directories: Iterator[Path]) -> None:
    """One action alone costs one sync of the log; a group shares it."""
    machine = await machine_on(next(directories), empty)
    await machine.store.write(both_halves, 0, "x")  # the first one begins a log, whose head is synced by itself
    before = machine.disk.syncs
    await machine.store.write(both_halves, 1, "x")
    assert machine.disk.syncs == before + 1
    await asyncio.gather(*(machine.store.write(both_halves, number, "x") for number in range(2, 102)))
    assert machine.disk.syncs - before < 20, "a hundred callers at once share their syncs"
    await machine.store.close()


async def test_a_power_cut_at_the_first_start_leaves_a_directory_that_starts(directories: Iterator[Path]) -> None:
    """A new data file has its schema whole or not at all, and what was answered is in it."""
    for seed in range(25):
        random = Random(seed)
        directory = next(directories)
        disk = PowerDisk(f"power-{next(_numbers)}")
        cuts: list[dict[str, bytes]] = []
        moments = {random.randint(1, 150) for _ in range(CUTS)}
        disk.before_write = lambda number, cuts=cuts, moments=moments, random=random, disk=disk: (  # type: ignore[misc]
            cuts.append(disk.after_a_cut(random)) if number in moments else None
        )
        store = SqliteStore(directory / "hookflash.db", LocalBus(), vfs=disk.vfs_name)
        await store.write(both_halves, 1, "x")
        disk.before_write = lambda number: None
        cuts.append(disk.after_a_cut(random))
        await store.close()
        for image in cuts:
            again = next(directories)
            for name, content in image.items():
                (again / name).write_bytes(content)
            reopened = SqliteStore(again / "hookflash.db", LocalBus())
            await reopened.write(both_halves, 2, "y")
            await reopened.close()
        assert kept(cuts[-1], next(directories)) == {1: len(HALVES)}
