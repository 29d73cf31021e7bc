"""The outbox against a simple model of it, by whatever steps hypothesis finds."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.unit.store.store_support import opened

from hookflash.store import outbox
from hookflash.store.bus import LocalBus
from hookflash.store.outbox import LEASE, Job
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx

QUEUES = st.sampled_from(["submit", "callback"])
LANES = st.none() | st.sampled_from(["a>b", "a>c"])
START = 1_000_000


@dataclass
class Row:
    """What the model knows of a row."""

    queue: str
    due_at: int
    lane: str | None
    subject: str
    leased: int = 0


class OutboxMachine(RuleBasedStateMachine):
    """Any order of additions, leases, ends, failures and restarts."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self.loop = asyncio.new_event_loop()
        self.store = self.loop.run_until_complete(self._open())
        self.now = START
        self.rows: dict[int, Row] = {}  # in the order in which they were added
        self.held: dict[int, Job] = {}
        self.added = 0

    async def _open(self) -> SqliteStore:
        return SqliteStore(self.directory / "hookflash.db", LocalBus())

    def teardown(self) -> None:
        self.loop.run_until_complete(self.store.close())
        self.loop.close()
        shutil.rmtree(self.directory)

    def write(self, action: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        return self.loop.run_until_complete(self.store.write(action, *args, **kwargs))

    def is_head(self, number: int) -> bool:
        lane = self.rows[number].lane
        return lane is None or number == min(n for n, row in self.rows.items() if row.lane == lane)

    def due(self, queue: str) -> list[int]:
        """The rows that may be leased now, oldest due first."""
        ready = [
            number
            for number, row in self.rows.items()
            if row.queue == queue and self.is_head(number) and row.due_at <= self.now
        ]
        return sorted(ready, key=lambda number: (self.rows[number].due_at, number))

    # -- the steps --

    @rule(queue=QUEUES, lane=LANES, delay=st.integers(0, 500))
    def add(self, queue: str, lane: str | None, delay: int) -> None:
        self.added += 1
        subject, due_at = f"SM{self.added}", self.now + delay
        self.write(outbox.add, queue, subject, account_sid="AC", due_at=due_at, lane=lane)
        self.rows[self.added] = Row(queue, due_at, lane, subject)

    @rule(queue=QUEUES, limit=st.integers(1, 4))
    def claim(self, queue: str, limit: int) -> None:
        expected = self.due(queue)[:limit]
        jobs = self.write(outbox.claim, queue, now=self.now, limit=limit)
        assert [job.id for job in jobs] == sorted(expected)
        for job in jobs:
            row = self.rows[job.id]
            assert job.subject == row.subject
            row.leased += 1
            assert job.leased == row.leased
            row.due_at = self.now + LEASE
            self.held[job.id] = job

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        job = self._take(data)
        self.write(outbox.finish, job)
        del self.rows[job.id]

    @precondition(lambda self: self.held)
    @rule(data=st.data(), delay=st.integers(0, 500))
    def postpone(self, data: st.DataObject, delay: int) -> None:
        job = self._take(data)
        self.write(outbox.postpone, job, self.now + delay)
        self.rows[job.id].due_at, self.rows[job.id].leased = self.now + delay, 0

    @precondition(lambda self: self.held)
    @rule(data=st.data(), queue=QUEUES)
    def renew(self, data: st.DataObject, queue: str) -> None:
        job = self._take(data)
        self.write(outbox.renew, job, queue=queue, due_at=self.now)
        row = self.rows[job.id]
        row.queue, row.due_at, row.leased = queue, self.now, 0

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def set_aside(self, data: st.DataObject) -> None:
        job = self._take(data)
        self.write(outbox.set_aside, job, "host")
        row = self.rows[job.id]
        row.queue, row.due_at, row.leased = f"{row.queue}@host", 0, 0

    @rule(queue=QUEUES, limit=st.integers(1, 3))
    def take_back(self, queue: str, limit: int) -> None:
        aside = sorted(number for number, row in self.rows.items() if row.queue == f"{queue}@host")[:limit]
        assert self.write(outbox.take_back, queue, "host", limit=limit) == len(aside)
        for number in aside:
            self.rows[number].queue = queue

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.rows)))
        row = self.rows.pop(number)
        self.held.pop(number, None)
        self.write(outbox.withdraw, row.queue, row.subject)

    @rule(span=st.sampled_from([1, 100, 1_000, LEASE]))
    def time_passes(self, span: int) -> None:
        self.now += span

    @rule()
    def restart(self) -> None:
        """The process dies, and starts again on what is on disk."""
        self.loop.run_until_complete(self.store.close())
        self.store = self.loop.run_until_complete(self._open())
        leased = [row for row in self.rows.values() if row.leased]
        assert self.write(outbox.release_all, self.now) == len(leased)
        for row in self.rows.values():
            row.queue = row.queue.partition("@")[0]
            if row.leased:
                row.due_at, row.leased = self.now, 0
        self.held.clear()

    # -- what holds after each --

    @invariant()
    def the_next_due_row_is_known(self) -> None:
        for queue in ("submit", "callback"):
            heads = [row.due_at for number, row in self.rows.items() if row.queue == queue and self.is_head(number)]
            assert self.write(outbox.next_due, queue) == min(heads, default=None)

    @invariant()
    def nothing_is_lost_and_nothing_made_up(self) -> None:
        assert self.write(_subjects) == {row.subject for row in self.rows.values()}

    def _take(self, data: st.DataObject) -> Job:
        return self.held.pop(data.draw(st.sampled_from(sorted(self.held))))


async def _subjects(tx: Tx) -> set[str]:
    return {subject for (subject,) in await tx.select("SELECT subject FROM outbox")}


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


async def test_a_lane_is_done_in_order_whatever_the_due_times(tmp_path: Path) -> None:
    """The second of a lane waits for the first, then for its own due time, and comes up by itself."""
    bus = LocalBus()
    async with opened(tmp_path, bus=bus) as store:
        await store.write(outbox.add, "submit", "SM1", account_sid="AC", due_at=100, lane="a>b")
        await store.write(outbox.add, "submit", "SM2", account_sid="AC", due_at=50, lane="a>b")
        await store.write(outbox.add, "submit", "SM3", account_sid="AC", due_at=900, lane="a>b")
        assert await store.write(outbox.claim, "submit", now=99, limit=9) == []
        (first,) = await store.write(outbox.claim, "submit", now=100, limit=9)
        assert first.subject == "SM1"
        assert await store.write(outbox.claim, "submit", now=500, limit=9) == []
        woken = bus.subscribe("submit")
        await store.write(outbox.finish, first)
        assert woken.is_set(), "the next of the lane is announced"
        (second,) = await store.write(outbox.claim, "submit", now=500, limit=9)
        assert second.subject == "SM2"
        await store.write(outbox.finish, second)
        assert await store.write(outbox.next_due, "submit") == 900, "a slot of its sender's rate is kept"
