"""An engine that understands what a test tells it to, whenever somebody speaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hookflash.speech.recogniser import NOT_CONFIGURED, Hearing, RecognitionError, Transcript

NO_ENGINE = RecognitionError(NOT_CONFIGURED, "No engine here understands speech without hints")


@dataclass
class ScriptedRecognition:
    """`Recognition`, and its one engine; each session hears `partials` once speech begins and `says` at the end."""

    name: str = "scripted"
    says: list[Transcript] = field(default_factory=list)
    partials: list[Transcript] = field(default_factory=list)
    refusal: RecognitionError | None = None  #: nobody can do it
    breaks: Exception | None = None  #: what a session raises once it hears speech
    may_begin: asyncio.Event | None = None  #: sessions are there once it is set
    asked: list[tuple[Hearing, str]] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)  #: how many ms of sound each session has taken in

    def choose(self, how: Hearing, *, engine: str = "") -> "ScriptedRecognition":
        self.asked.append((how, engine))
        return self

    @asynccontextmanager
    async def listen(self, how: Hearing) -> AsyncIterator["ScriptedSession"]:
        if self.refusal is not None:
            raise self.refusal
        if self.may_begin is not None:
            await self.may_begin.wait()
        self.heard.append(0)
        yield ScriptedSession(self, len(self.heard) - 1)


class ScriptedSession:
    def __init__(self, engine: ScriptedRecognition, number: int) -> None:
        self._engine = engine
        self._number = number
        self._results: asyncio.Queue[Transcript | Exception | None] = asyncio.Queue()
        self._has_begun = False

    async def write(self, pcm: bytes) -> None:
        self._engine.heard[self._number] += len(pcm) // 16
        if any(pcm) and not self._has_begun:
            self._has_begun = True
            for partial in self._engine.partials:
                self._results.put_nowait(partial)
            if self._engine.breaks is not None:
                self._results.put_nowait(self._engine.breaks)

    async def end(self) -> None:
        for result in self._engine.says if self._has_begun else []:
            self._results.put_nowait(result)
        self._results.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Transcript]:
        while (result := await self._results.get()) is not None:
            if isinstance(result, Exception):
                raise result
            yield result
