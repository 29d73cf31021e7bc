"""What is under way and takes real time: while there is any of it, the clock of simulated calls must not jump."""

import asyncio
from types import TracebackType

ROUNDS = 8  # of the loop that must pass with nothing under way: what ends wakes a worker, and it begins anew


class Pending:
    """Counts what is under way; `with pending:` around each piece, as often at once as one likes."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> None:
        self._count += 1
        self._none.clear()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._count -= 1
        if self._count == 0:
            self._none.set()

    async def settled(self) -> None:
        """Return once nothing is under way, and what waited for it has had its turn."""
        quiet = 0
        while quiet < ROUNDS:
            await self._none.wait()
            await asyncio.sleep(0)
            quiet = quiet + 1 if self._count == 0 else 0
