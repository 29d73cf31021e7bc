"""Workers: each leases due rows of one queue of the outbox and performs them, a bounded number at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import structlog

from hookflash.domain.clock import MINUTE, SECOND, Clock
from hookflash.pending import Pending
from hookflash.store import outbox
from hookflash.store.bus import Bus
from hookflash.store.outbox import Job
from hookflash.store.store import Store, StoreError, Tx

from .keep import keep

log = structlog.get_logger()

Work = TypeVar("Work")
Begin = Callable[[Tx, list[Job]], Awaitable[list[Any]]]
Perform = Callable[[Any], Awaitable[None]]
JobOf = Callable[[Any], Job]
LIMIT = 1_000  #: pieces of work of one queue under way at once
BATCH = 200  #: rows leased in one transaction
STORE_PAUSE = 1 * SECOND  #: before the store is asked again after it failed
LONGEST_PAUSE = 10 * MINUTE


def retry_delay(attempts: int) -> int:
    """How many ms to wait when work broke for the `attempts`th time: 1 s, doubled each time, at most 10 minutes."""
    return int(min(LONGEST_PAUSE, SECOND * 2 ** min(attempts - 1, 20)))


class Worker(Generic[Work]):
    """Performs the rows of one queue.

    `begin` runs in the transaction of the lease and makes work of the jobs (those it finishes itself it leaves out);
    `perform` does one piece and ends its row in the transaction that keeps the result. When either raises, the row
    comes up again after `retry_delay`. Work may take longer than its lease: its row is then leased again, not begun.
    """

    def __init__(
        self,
        queue: str,
        *,
        store: Store,
        bus: Bus,
        clock: Clock,
        begin: Callable[[Tx, list[Job]], Awaitable[list[Work]]],
        perform: Callable[[Work], Awaitable[None]],
        job_of: Callable[[Work], Job],
        limit: int = LIMIT,
        pending: Pending | None = None,
    ) -> None:
        self.queue = queue
        self._store = store
        self._clock = clock
        self._begin = begin
        self._perform = perform
        self._job_of = job_of
        self._limit = limit
        self._pending = pending or Pending()
        self._wake = bus.subscribe(queue)
        self._running: dict[int, asyncio.Task[None]] = {}  # by the id of the row
        self._task: asyncio.Task[None] | None = None
        self._paused = False
        self._stopping = False

    @property
    def busy(self) -> int:
        """How many pieces of work are under way."""
        return len(self._running)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"worker-{self.queue}")

    def pause(self) -> None:
        """Lease nothing more until `resume`."""
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        self._wake.set()

    async def stop(self, grace: int) -> None:
        """Lease nothing more, and give what is under way `grace` ms; the rest comes up again at the next start."""
        self._stopping = True
        self._wake.set()
        if self._task:
            await asyncio.shield(self._task)
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=grace / SECOND)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while not self._stopping:
            room = min(self._limit - len(self._running), BATCH)
            if self._paused or room <= 0:
                await self._rest(None)
                continue
            leased, work, due = await self._lease(room)
            for piece in work:
                task = asyncio.create_task(self._do(piece))
                self._running[self._job_of(piece).id] = task
            if leased < room:
                await self._rest(due)

    async def _lease(self, room: int) -> tuple[int, list[Work], int | None]:
        """How many rows were leased, the work they make, and when the next is due if there were not enough."""
        try:
            return await self._store.write(self._lease_and_begin, room)
        except StoreError as error:
            log.error("the store could not lease work", queue=self.queue, reason=str(error))
            return 0, [], self._clock.now() + STORE_PAUSE
        except Exception:
            log.exception("work could not be begun", queue=self.queue)
            return await self._lease_singly(room)

    async def _lease_and_begin(self, tx: Tx, room: int) -> tuple[int, list[Work], int | None]:
        jobs = await self._claim(tx, room)
        fresh = [job for job in jobs if not self._is_held(job)]
        work = await self._begin(tx, fresh) if fresh else []
        due = await outbox.next_due(tx, self.queue) if len(jobs) < room else None
        return len(jobs), work, due

    async def _claim(self, tx: Tx, room: int) -> list[Job]:
        return await outbox.claim(tx, self.queue, now=self._clock.now(), limit=room)

    def _is_held(self, job: Job) -> bool:
        """Whether this row is under way here and its lease has just been made longer."""
        return job.leased > 1 and job.id in self._running

    async def _lease_singly(self, room: int) -> tuple[int, list[Work], int | None]:
        """One of the rows cannot be begun: begin each by itself, so that the others need not wait for it."""
        work: list[Work] = []
        try:
            jobs = await self._store.write(self._claim, room)
        except StoreError as error:
            log.error("the store could not lease work", queue=self.queue, reason=str(error))
            return 0, [], self._clock.now() + STORE_PAUSE
        for job in jobs:
            if self._is_held(job):
                continue
            try:
                work += await self._store.write(self._begin, [job])
            except Exception:
                log.exception("work could not be begun and will be tried again", queue=self.queue, sid=job.subject)
                await self._again(job)
        return room, work, None

    async def _rest(self, due: int | None) -> None:
        """Until someone calls, or the moment `due`."""
        if due is None:
            await self._wake.wait()
        elif not self._wake.is_set():
            waits = [asyncio.ensure_future(self._wake.wait()), asyncio.ensure_future(self._clock.wait_until(due))]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        self._wake.clear()

    async def _do(self, piece: Work) -> None:
        job = self._job_of(piece)
        try:
            with self._pending:
                await self._perform(piece)
        except Exception:
            log.exception("work broke and will be tried again", queue=self.queue, sid=job.subject)
            await self._again(job)
        finally:
            # A row that was renewed may have been begun again by now.
            if self._running.get(job.id) is asyncio.current_task():
                del self._running[job.id]
            if len(self._running) == self._limit - 1:
                self._wake.set()

    async def _again(self, job: Job) -> None:
        # A row that is not postponed waits for the end of its lease: far longer than a full disk may last.
        due = self._clock.now() + retry_delay(job.attempts)
        await keep(lambda: self._store.write(outbox.postpone, job, due))


async def as_jobs(tx: Tx, jobs: list[Job]) -> list[Job]:
    """A `begin` for work that needs nothing but its row."""
    return jobs


def itself(job: Any) -> Job:
    """A `job_of` for work that is its row."""
    return job  # type: ignore[no-any-return]


async def nothing_left(job: Job) -> None:
    """A `perform` for work that the transaction of its lease has done."""
