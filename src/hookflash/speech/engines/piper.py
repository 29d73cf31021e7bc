"""piper's HTTP server (https://github.com/OHF-Voice/piper1-gpl, docs/API_HTTP.md): text in, a WAV file out."""

from collections.abc import AsyncIterator

import aiohttp

from hookflash.domain.speech import Utterance
from hookflash.speech.engine import SpeechError

from .config import EngineConfig
from .outside import Outside, reason_of
from .sound import SoundError, wav_at


class Piper:
    """`SpeechEngine` by piper: plain words, for it knows no marks. Each of its voices has a rate of its own."""

    rate = 16_000  #: Hz, that all are brought to

    def __init__(self, config: EngineConfig, outside: Outside) -> None:
        self.name = config.voice_key
        self._config = config
        self._outside = outside

    async def speak(self, utterance: Utterance) -> AsyncIterator[bytes]:
        config = self._config
        body = {"text": utterance.text}
        if voice := config.voice_for(utterance.voice.name):
            body["voice"] = voice
        try:
            async with self._outside.post(
                config.address, seconds=config.seconds, key=config.secret, json=body
            ) as answer:
                async for piece in wav_at(answer.content.iter_any(), self.rate):
                    yield piece
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SpeechError(f"the speech engine {config.name} failed: {reason_of(error)}") from None
        except SoundError as error:
            raise SpeechError(f"the speech engine {config.name} failed: {error}") from None
