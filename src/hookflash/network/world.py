"""The life of simulated calls: they go with the clock, or, while a test waits for something, as fast as they can.

A three-minute menu between simulated handsets takes no longer than its webhooks do: while somebody waits in `until`,
the switch steps from event to event, and the clock of the exchange jumps along. It never jumps while something is under
way that takes real time (see `Pending`).
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from hookflash.domain.clock import HOUR, SECOND, VirtualClock
from hookflash.pending import Pending
from hookflash.switch.switch import Switch

T = TypeVar("T")

TICK = 20  #: ms between two steps that go with the clock
LONGEST = 24 * HOUR  #: ms that anything may take
STRIDE = 200  #: ms of a jump, at most: what is due by the clock gets its turn


class World:
    """Moves the simulated legs of `switch`. `start` and `stop` it once each."""

    def __init__(self, *, switch: Switch, clock: VirtualClock, pending: Pending) -> None:
        self._switch = switch
        self._clock = clock
        self._pending = pending
        self._waiting = 0  # in `until`
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="world")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """Somebody is about to make a simulated call: time has to be now, and to go on for it."""
        self._switch.native.step(self._clock.now())
        self._wake.set()

    async def until(self, found: Callable[[], T | None], span: int) -> T | None:
        """Let time fly until `found` returns something, for at most `span` ms of it."""
        deadline = self._clock.now() + span
        self._waiting += 1
        self._wake.set()
        try:
            await self._pending.settled()
            while (result := found()) is None and self._clock.now() < deadline:
                await self._next_move()
            return result
        finally:
            self._waiting -= 1

    async def watch(self, found: Callable[[], T | None], span: int) -> T | None:
        """As `until`, at the pace of the clock: for people."""
        deadline = self._clock.now() + span
        while (result := found()) is None and self._clock.now() < deadline:
            await self._clock.wait_until(self._clock.now() + TICK)
        return result

    async def during(self, doing: Coroutine[Any, Any, T], *, fly: bool) -> T:
        """The result of `doing`, which waits for legs; with `fly`, time flies until it has one."""
        task = asyncio.ensure_future(doing)
        try:
            if fly:
                await self.until(lambda: True if task.done() else None, LONGEST)
            return await task
        finally:
            task.cancel()

    async def _next_move(self) -> None:
        moved = self._moved
        await moved.wait()

    async def _run(self) -> None:
        while True:
            if self._waiting and not self._switch.has_real_legs:
                await self._pending.settled()
                self._step(self._clock.now() + STRIDE)
                await asyncio.sleep(0)
            elif self._waiting or self._switch.native.simulated():
                self._step(self._clock.now())
                await asyncio.sleep(TICK / SECOND)
            else:
                self._wake.clear()
                await self._wake.wait()

    def _step(self, until: int) -> None:
        reached = self._switch.native.step(until)
        ahead = reached - self._clock.now()
        if ahead > 0:
            self._clock.jump(ahead)
        self._switch.take_now()
        self._moved.set()
        self._moved = asyncio.Event()
