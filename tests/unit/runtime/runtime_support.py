"""Rows for workers, and waiting for what they do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from hookflash.domain.clock import VirtualClock
from hookflash.runtime.worker import Worker, as_jobs, itself
from hookflash.store import outbox
from hookflash.store.bus import LocalBus
from hookflash.store.outbox import Job
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx

QUEUE = "work"


async def eventually(happened: Callable[[], Awaitable[bool]]) -> None:
    """Let the others go on until it has happened, at most for five seconds of the machine's time."""
    async with asyncio.timeout(5):
        while not await happened():  # noqa: ASYNC110 - what is looked at is in the store
            await asyncio.sleep(0)


class World:
    """A store, its bus and a clock that jumps."""

    def __init__(self, store: SqliteStore, bus: LocalBus) -> None:
        self.store = store
        self.bus = bus
        self.clock = VirtualClock()

    async def add(self, *subjects: str, lane: str | None = None, delay: int = 0) -> None:
        """Have each subject worked on, `delay` ms from now."""
        due_at = self.clock.now() + delay
        await asyncio.gather(
            *(
                self.store.write(outbox.add, QUEUE, subject, account_sid="AC", due_at=due_at, lane=lane)
                for subject in subjects
            )
        )

    async def finish(self, job: Job) -> None:
        await self.store.write(outbox.finish, job)

    async def is_empty(self) -> bool:
        return not await self.left()

    async def left(self) -> list[str]:
        """What is still in the outbox, in order."""
        return await self.store.read(_subjects)

    @asynccontextmanager
    async def working(
        self,
        perform: Callable[[Any], Awaitable[None]],
        *,
        begin: Callable[[Tx, list[Job]], Awaitable[list[Any]]] = as_jobs,
        limit: int = 10,
    ) -> AsyncIterator[Worker[Any]]:
        """A started worker, stopped at the end."""
        worker: Worker[Any] = Worker(
            QUEUE,
            store=self.store,
            bus=self.bus,
            clock=self.clock,
            begin=begin,
            perform=perform,
            job_of=itself,
            limit=limit,
        )
        worker.start()
        try:
            yield worker
        finally:
            await worker.stop(0)


class Diary:
    """Notes what is performed; a test waits for the next entry, or for all work to have ended."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self._news: asyncio.Queue[str] = asyncio.Queue()

    def note(self, subject: str) -> None:
        self.entries.append(subject)
        self._news.put_nowait(subject)

    async def next(self) -> str:
        return await asyncio.wait_for(self._news.get(), 5)

    async def take(self, count: int) -> list[str]:
        return [await self.next() for _ in range(count)]


async def _subjects(tx: Tx) -> list[str]:
    return [subject for (subject,) in await tx.select("SELECT subject FROM outbox ORDER BY id")]
