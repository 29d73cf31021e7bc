"""Who speaks what: engines that are plugged in, by the voice and language of a document, and one for the rest."""

import asyncio
from collections.abc import Sequence

import structlog

from hookflash.domain.speech import Utterance

from .engine import SpeechEngine, SpeechError
from .engines.config import EngineConfig

log = structlog.get_logger()

REST = 30.0  #: s for which an engine that failed is not asked: each of its failures is silence on a call


class Voices:
    """Chooses the first engine that fits; one that fails rests, and the usual one speaks."""

    def __init__(self, usual: SpeechEngine, plugged: Sequence[tuple[EngineConfig, SpeechEngine]] = ()) -> None:
        self.usual = usual
        self._plugged = plugged
        self._rests_until: dict[str, float] = {}  #: those that have failed since they last spoke

    def of(self, utterance: Utterance) -> SpeechEngine:
        """The engine for a voice. Pauses alone are for the usual one: the others are given words only."""
        if not utterance.text:
            return self.usual
        voice, now = utterance.voice, asyncio.get_running_loop().time()
        for config, engine in self._plugged:
            fits = config.has_language(voice.language) and config.voice_for(voice.name) is not None
            if fits and self._rests_until.get(engine.name, 0.0) <= now:
                return engine
        return self.usual

    def spoke(self, engine: SpeechEngine) -> None:
        """It has made an utterance."""
        self._rests_until.pop(engine.name, None)

    def failed(self, engine: SpeechEngine, error: SpeechError) -> None:
        """It has not. For an engine that is plugged in the log says so once, until it speaks again."""
        if engine is self.usual:
            log.warning("speech failed", reason=str(error))
            return
        if engine.name not in self._rests_until:
            log.warning("speech failed; the usual voice speaks instead", reason=str(error))
        self._rests_until[engine.name] = asyncio.get_running_loop().time() + REST
