"""Utterances as something that a leg can play: from the shelf when they were made before, else while they are made."""

import asyncio
import hashlib
import io
import wave
from collections.abc import Callable
from pathlib import Path

from hookflash import _switch
from hookflash.domain.speech import Utterance
from hookflash.pending import Pending
from hookflash.speech.engine import SpeechEngine, SpeechError
from hookflash.speech.repertoire import Repertoire
from hookflash.speech.ssml import ssml_of
from hookflash.speech.voices import Voices
from hookflash.store.shelf import Shelf
from hookflash.switch.protocol import File, Stream
from hookflash.switch.switch import Feed

PATIENCE = 0.04  #: s to wait for a whole utterance; a longer one is played while it is made
RATE = 8_000  #: Hz
TAIL = bytes(1_024)  # silence that brings the last of the speech out of the resampler


class Speaker:
    """Renders utterances and keeps them by engine, voice and text. `feed` makes a stream into the switch."""

    def __init__(
        self, voices: Voices, *, shelf: Shelf, feed: Callable[[], Feed], pending: Pending, repertoire: Repertoire
    ) -> None:
        self._voices = voices
        self._shelf = shelf
        self._feed = feed
        self._pending = pending
        self._repertoire = repertoire
        self._making: set[asyncio.Task[Path]] = set()

    async def say(self, utterance: Utterance) -> File | Stream:
        """Something to play, once. Raises SpeechError when the usual engine fails before it has begun."""
        engine = self._voices.of(utterance)
        try:
            return await self._say(engine, utterance)
        except SpeechError:
            if engine is self._voices.usual:
                raise
            return await self._say(self._voices.usual, utterance)

    async def _say(self, engine: SpeechEngine, utterance: Utterance) -> File | Stream:
        name = _name(engine, utterance)
        self._repertoire.add(utterance.text, self._shelf.path(name))
        if path := self._shelf.take(name):
            return File(path=str(path))
        rendering = _Rendering(engine.rate)
        making = self._make(engine, utterance, rendering)
        await asyncio.wait([making], timeout=PATIENCE)
        await rendering.has_begun.wait()
        if not rendering.pcm:
            await asyncio.wait([making])  # it failed, or there is nothing to say
        if making.done():
            return File(path=str(making.result()))
        feed = self._feed()
        rendering.stream_to(feed)
        return feed.source

    async def render(self, utterance: Utterance) -> bytes:
        """The whole utterance as 16-bit mono PCM at 8 kHz: what who listens should have heard. Raises SpeechError."""
        engine = self._voices.of(utterance)
        path = self._shelf.take(_name(engine, utterance))
        if path is None:
            path = await asyncio.shield(self._make(engine, utterance, _Rendering(engine.rate)))
        return await asyncio.to_thread(_read, path)

    def path_of(self, utterance: Utterance) -> Path:
        """Where it is kept, or will be."""
        return self._shelf.path(_name(self._voices.of(utterance), utterance))

    async def close(self) -> None:
        """Give up what is being made."""
        for task in self._making:
            task.cancel()
        await asyncio.gather(*self._making, return_exceptions=True)

    def _make(self, engine: SpeechEngine, utterance: Utterance, rendering: "_Rendering") -> "asyncio.Task[Path]":
        task = asyncio.create_task(self._render(engine, utterance, rendering), name="speech")
        self._making.add(task)
        task.add_done_callback(self._made)
        return task

    def _made(self, task: "asyncio.Task[Path]") -> None:
        self._making.discard(task)
        if not task.cancelled():
            task.exception()  # who waits for it hears of it as well, unless it is played already

    async def _render(self, engine: SpeechEngine, utterance: Utterance, rendering: "_Rendering") -> Path:
        with self._pending:
            try:
                async for chunk in engine.speak(utterance):
                    rendering.add(chunk)
            except SpeechError as error:
                self._voices.failed(engine, error)
                raise
            finally:
                rendering.end()
            self._voices.spoke(engine)
            return await self._shelf.put(_name(engine, utterance), _wav(bytes(rendering.pcm)))


class _Rendering:
    """What has been made of an utterance so far, at 8 kHz, and who plays it meanwhile."""

    def __init__(self, rate: int) -> None:
        self.pcm = bytearray()
        self.has_begun = asyncio.Event()  #: or has ended with nothing
        self._resampler = _switch.Resampler(rate, RATE)
        self._feed: Feed | None = None
        self._is_over = False

    def add(self, chunk: bytes) -> None:
        self._push(self._resampler.process(chunk))

    def stream_to(self, feed: Feed) -> None:
        feed.write(bytes(self.pcm))
        self._feed = feed
        if self._is_over:
            feed.end()

    def end(self) -> None:
        self._push(self._resampler.process(TAIL))
        self._is_over = True
        self.has_begun.set()
        if self._feed is not None:
            self._feed.end()

    def _push(self, pcm: bytes) -> None:
        self.pcm += pcm
        if self.pcm:
            self.has_begun.set()
        if self._feed is not None:
            self._feed.write(pcm)


def _name(engine: SpeechEngine, utterance: Utterance) -> str:
    voice = utterance.voice
    key = "\0".join([engine.name, voice.name, voice.language, voice.gender, ssml_of(utterance)])
    return f"{hashlib.sha256(key.encode()).hexdigest()}.wav"


def _wav(pcm: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(pcm)
    return file.getvalue()


def _read(path: Path) -> bytes:
    with wave.open(str(path), "rb") as file:
        return file.readframes(file.getnframes())
