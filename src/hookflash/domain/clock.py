"""Time, handed in: every part of the exchange asks a `Clock`, so that a test or a developer can let it jump.

A moment is an `int`: milliseconds since the Unix epoch, UTC. A span is an `int` of milliseconds too.
"""

import asyncio
import contextlib
import time
from typing import Protocol

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """What tells the time and waits for it."""

    def now(self) -> int:
        """This moment, in milliseconds since the epoch."""
        ...

    async def wait_until(self, moment: int) -> None:
        """Return once `now()` is at or past `moment` (ms since the epoch)."""
        ...


class VirtualClock:
    """The clock of a server: real time plus an offset that only ever grows.

    `jump` moves it forwards; whoever waits for a moment that has passed by then goes on at once.
    """

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset  #: ms ahead of real time
        self._jumped = asyncio.Event()

    def now(self) -> int:
        return time.time_ns() // 1_000_000 + self.offset

    def jump(self, span: int) -> None:
        """Move the clock forwards by `span` ms. Raises ValueError when `span` is negative."""
        if span < 0:
            raise ValueError("a clock cannot go backwards")
        self.offset += span
        self._jumped.set()
        self._jumped = asyncio.Event()

    async def wait_until(self, moment: int) -> None:
        while (left := moment - self.now()) > 0:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: in Python 3.11 it drops a cancellation that comes just after the event.
                async with asyncio.timeout(left / SECOND):
                    await self._jumped.wait()
