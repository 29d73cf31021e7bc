"""The ear of a leg that the switch holds: its audio lies in the switch until it is taken."""

import asyncio
from collections.abc import Callable

from hookflash.switch.protocol import Done


class SwitchEar:
    """An async iterator of PCM; `take` brings what waits, or nothing. What is not taken for half a minute is lost.

    Raises OSError when the leg cannot be heard.
    """

    def __init__(self, take: Callable[[], bytes]) -> None:
        self._take = take
        self._news = asyncio.Event()
        self._is_over = False
        self._problem = ""

    def wake(self) -> None:
        """There is something to be taken."""
        self._news.set()

    def close(self) -> None:
        """Nobody listens any more: what waits is the rest, which can still be taken."""
        rest = [self._take()]
        self._take = lambda: rest.pop() if rest else b""
        self._is_over = True
        self._news.set()

    def end(self, done: Done) -> None:
        """No more comes than what waits."""
        self._problem = done.problem if done.why == "failed" else ""
        self._is_over = True
        self._news.set()

    def __aiter__(self) -> "SwitchEar":
        return self

    async def __anext__(self) -> bytes:
        while True:
            await self._news.wait()
            if pcm := self._take():
                return pcm
            if self._problem:
                raise OSError(self._problem)
            if self._is_over:
                raise StopAsyncIteration
            self._news.clear()
