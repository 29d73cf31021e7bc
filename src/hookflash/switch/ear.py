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
        self._done: Done | None = None

    def wake(self) -> None:
        """There is something to be taken."""
        self._news.set()

    def end(self, done: Done) -> None:
        """No more comes than what waits."""
        self._done = done
        self._news.set()

    def __aiter__(self) -> "SwitchEar":
        return self

    async def __anext__(self) -> bytes:
        while True:
            await self._news.wait()
            if pcm := self._take():
                return pcm
            if self._done is None:
                self._news.clear()
            elif self._done.why == "failed":
                raise OSError(self._done.problem)
            else:
                raise StopAsyncIteration
