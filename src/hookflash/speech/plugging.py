"""From settings to engines: those of the operator, and those that are there without any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .engine import SpeechEngine
from .engines.config import SPEAKS, EngineConfig, Kind, engine_configs
from .engines.deepgram import Deepgram
from .engines.openai import Transcriptions
from .engines.openai import Voices as OpenAiVoices
from .engines.outside import Outside
from .engines.piper import Piper
from .engines.sherpa import Sherpa
from .engines.streaming import Streaming
from .engines.vosk import Vosk
from .espeak import Espeak
from .recogniser import Recogniser
from .recognition import Engines
from .sphinx.recogniser import Pocketsphinx
from .sphinx.workers import Workers
from .voices import Voices


@dataclass(frozen=True, kw_only=True)
class Plugged:
    """All engines of a server. Close it."""

    recognition: Engines
    voices: Voices
    _outside: Outside
    _workers: Workers

    async def close(self) -> None:
        await self._outside.close()
        await self._workers.close()


def plug_in(specs: Sequence[Mapping[str, Any]]) -> Plugged:
    """The engines of `specs` (EngineConfig), with pocketsphinx and espeak-ng behind them. Raises EngineError."""
    configs = engine_configs(specs)
    outside, workers = Outside(), Workers()
    heard = [(config, recogniser_of(config, outside)) for config in configs if config.kind not in SPEAKS]
    spoken = [(config, _voice_of(config, outside)) for config in configs if config.kind in SPEAKS]
    return Plugged(
        recognition=Engines(Pocketsphinx(workers), heard),
        voices=Voices(Espeak(), spoken),
        _outside=outside,
        _workers=workers,
    )


def recogniser_of(config: EngineConfig, outside: Outside) -> Recogniser:
    """The engine that understands speech as `config` says."""
    match config.kind:
        case Kind.VOSK:
            return Streaming(config, outside, lambda how: Vosk(config.address))
        case Kind.SHERPA:
            return Streaming(config, outside, lambda how: Sherpa(config.address, config.rate))
        case Kind.DEEPGRAM:
            return Streaming(
                config,
                outside,
                lambda how: Deepgram(config.address, key=config.secret, model=config.engine_model, how=how),
            )
        case _:
            return Transcriptions(config, outside)


def _voice_of(config: EngineConfig, outside: Outside) -> SpeechEngine:
    return Piper(config, outside) if config.kind is Kind.PIPER else OpenAiVoices(config, outside)
