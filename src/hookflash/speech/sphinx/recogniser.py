"""The recogniser that is there without a network, a key or a model: English, out of what the hints allow.

Audio is kept until an utterance has ended, then decoded as a whole: that takes a twenty-fifth of the time it lasted,
and the levels of all of it are known from its beginning. Partial results decode what there is, twice a second.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hookflash.speech.cutting import ByPauses, Cutter, Whole
from hookflash.speech.recogniser import NOT_CONFIGURED, Hearing, RecognitionError, Session, Transcript
from hookflash.speech.stability import stability

from .decoder import Heard, Job
from .grammar import Grammar, GrammarError, grammar_of
from .workers import Workers

PARTIAL_EVERY = 8_000  # bytes: half a second
PARTIAL_UNTIL = 20 * 16_000  # bytes: each partial result decodes all from the beginning again
_HOW = "Plug in an engine that can: see `speech_engines` in the reference of settings."


class Pocketsphinx:
    """`Recogniser`, by pocketsphinx."""

    name = "pocketsphinx"

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    @asynccontextmanager
    async def listen(self, how: Hearing) -> AsyncIterator[Session]:
        if how.language.lower().partition("-")[0] != "en":
            raise RecognitionError(
                NOT_CONFIGURED, f"Without a plug-in only English is understood, not {how.language}. {_HOW}"
            )
        with_numbers = how.model == "numbers_and_commands"
        if not how.hints and not with_numbers:
            raise RecognitionError(NOT_CONFIGURED, f"Without a plug-in speech is understood by its hints only. {_HOW}")
        try:
            grammar = grammar_of(how.hints, with_numbers=with_numbers)
        except GrammarError as error:
            raise RecognitionError(NOT_CONFIGURED, f"Speech cannot be understood: {error}. {_HOW}") from None
        yield _Session(how, grammar, self._workers)


class _Session:
    def __init__(self, how: Hearing, grammar: Grammar, workers: Workers) -> None:
        self._how = how
        self._grammar = grammar
        self._workers = workers
        self._cutter: Cutter = Whole() if how.is_one_utterance else ByPauses()
        self._results: asyncio.Queue[Transcript | RecognitionError | None] = asyncio.Queue()
        self._partial = ""
        self._partial_at = PARTIAL_EVERY
        self._has_failed = False

    async def write(self, pcm: bytes) -> None:
        for utterance in self._cutter.feed(pcm):
            await self._understand(utterance)
        if self._how.partials:
            await self._guess()

    async def end(self) -> None:
        if rest := self._cutter.so_far:
            await self._understand(rest)
        self._results.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Transcript]:
        while (result := await self._results.get()) is not None:
            if isinstance(result, RecognitionError):
                raise result
            yield result

    async def _understand(self, utterance: bytes) -> None:
        """Find out what was said in the whole of an utterance."""
        self._partial, self._partial_at = "", PARTIAL_EVERY
        heard = await self._ask(utterance, is_whole=True)
        if text := self._grammar.written(heard.words):
            self._results.put_nowait(Transcript(text=text, confidence=heard.confidence))

    async def _guess(self) -> None:
        """Tell what the beginning of an utterance sounds like."""
        audio = self._cutter.so_far
        if not self._partial_at <= len(audio) < PARTIAL_UNTIL:
            return
        self._partial_at = len(audio) + PARTIAL_EVERY
        heard = (await self._ask(audio, is_whole=False)).words
        if heard and heard != self._partial:
            before, self._partial = self._partial.split(), heard
            self._results.put_nowait(
                Transcript(
                    text=self._grammar.written(heard) or heard,
                    is_final=False,
                    stability=stability(before, heard.split()),
                )
            )

    async def _ask(self, audio: bytes, *, is_whole: bool) -> Heard:
        if self._has_failed:
            return Heard()
        try:
            heard = await self._workers.ask(Job(self._grammar.jsgf, self._grammar.words, audio, is_whole))
            if heard.unknown:
                raise RecognitionError(
                    NOT_CONFIGURED,
                    f"Nobody knows how to say {', '.join(heard.unknown)}, which the hints name: leave it out, "
                    "write it as it sounds, or install espeak-ng.",
                )
        except RecognitionError as error:
            self._has_failed = True
            self._results.put_nowait(error)
            return Heard()
        return heard
