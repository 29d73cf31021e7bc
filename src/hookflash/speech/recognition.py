"""All engines of a platform that understand speech, and which of them understands what."""

from .recogniser import Hearing, Recogniser
from .sphinx.recogniser import Pocketsphinx


class Engines:
    """`Recognition`, with the engine that needs no set-up; it says itself what it cannot do. Close it."""

    def __init__(self, offline: Pocketsphinx) -> None:
        self._offline = offline

    def choose(self, how: Hearing, *, engine: str = "") -> Recogniser:
        return self._offline

    async def close(self) -> None:
        await self._offline.close()
