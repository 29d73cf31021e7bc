"""OpenAI's audio API and what is like it (https://platform.openai.com/docs/api-reference/audio).

A whole utterance goes in as a file, and its text comes out; text goes in, and audio comes out.
"""

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from hookflash.domain.speech import Utterance
from hookflash.speech.cutting import RATE, ByPauses, Cutter, Whole
from hookflash.speech.engine import SpeechError
from hookflash.speech.recogniser import DEGRADED, Hearing, RecognitionError, Session, Transcript

from .config import EngineConfig
from .dialect import AnswerError, read_object, text_of
from .outside import Outside, failure, reason_of, whole_answer
from .sound import SoundError, even_pieces

MOST_WAITING = 2  # utterances of one stream: more audio is not taken before one of them is understood
SHORTEST = RATE * 2 // 5  # bytes: a fifth of a second; shorter files are refused
SPEECH_RATE = 24_000  # Hz, of `pcm`


class Transcriptions:
    """`Recogniser` by POSTs of whole utterances."""

    def __init__(self, config: EngineConfig, outside: Outside) -> None:
        self.name = config.name
        self._config = config
        self._outside = outside

    @asynccontextmanager
    async def listen(self, how: Hearing) -> AsyncIterator[Session]:
        session = _Session(self, Whole() if how.is_one_utterance else ByPauses(), how)
        asking = asyncio.create_task(session.ask(), name=f"speech engine {self.name}")
        try:
            yield session
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def understand(self, pcm: bytes, how: Hearing) -> Transcript | None:
        """What is said in an utterance. Raises RecognitionError."""
        config = self._config
        form = aiohttp.FormData()
        form.add_field("file", _wav(pcm), filename="utterance.wav", content_type="audio/wav")
        form.add_field("model", config.engine_model)
        form.add_field("response_format", "json")
        form.add_field("language", how.language.partition("-")[0].lower())  # ISO 639-1
        if how.hints:
            form.add_field("prompt", ", ".join(how.hints))
        try:
            async with (
                asyncio.timeout(config.seconds),
                self._outside.post(config.address, seconds=config.seconds, key=config.secret, data=form) as answer,
            ):
                text = text_of(read_object(await whole_answer(answer)).get("text"))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise failure(self.name, error) from None
        except AnswerError as error:
            raise RecognitionError(DEGRADED, f"The speech engine {self.name} failed: {error}.") from None
        return Transcript(text=text) if text else None


class _Session:
    """Utterances are asked for one behind the other, while more audio comes."""

    def __init__(self, recogniser: Transcriptions, cutter: Cutter, how: Hearing) -> None:
        self._recogniser = recogniser
        self._cutter = cutter
        self._how = how
        self._utterances: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        self._results: asyncio.Queue[Transcript | RecognitionError | None] = asyncio.Queue()

    async def write(self, pcm: bytes) -> None:
        for utterance in self._cutter.feed(pcm):
            await self._add(utterance)

    async def end(self) -> None:
        await self._add(self._cutter.so_far)
        await self._utterances.put(None)

    async def __aiter__(self) -> AsyncIterator[Transcript]:
        while (result := await self._results.get()) is not None:
            if isinstance(result, RecognitionError):
                raise result
            yield result

    async def ask(self) -> None:
        """Have one utterance after the other understood, until one fails."""
        has_failed = False
        while (utterance := await self._utterances.get()) is not None:
            if has_failed:
                continue
            try:
                result = await self._recogniser.understand(utterance, self._how)
            except RecognitionError as error:
                has_failed = True
                self._results.put_nowait(error)
            else:
                if result is not None:
                    self._results.put_nowait(result)
        self._results.put_nowait(None)

    async def _add(self, utterance: bytes) -> None:
        if len(utterance) >= SHORTEST:
            await self._utterances.put(utterance)


class Voices:
    """`SpeechEngine` by OpenAI's speech API: plain words, for it knows no marks."""

    rate = SPEECH_RATE

    def __init__(self, config: EngineConfig, outside: Outside) -> None:
        self.name = config.voice_key
        self._config = config
        self._outside = outside

    async def speak(self, utterance: Utterance) -> AsyncIterator[bytes]:
        config = self._config
        body = {
            "model": config.engine_model,
            "input": utterance.text,
            "voice": config.voice_for(utterance.voice.name) or "alloy",
            "response_format": "pcm",
        }
        try:
            async with self._outside.post(
                config.address, seconds=config.seconds, key=config.secret, json=body
            ) as answer:
                async for piece in even_pieces(answer.content.iter_any(), SPEECH_RATE):
                    yield piece
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SpeechError(f"the speech engine {config.name} failed: {reason_of(error)}") from None
        except SoundError as error:
            raise SpeechError(f"the speech engine {config.name} failed: {error}") from None


def _wav(pcm: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(pcm)
    return file.getvalue()
