"""All engines of a platform that understand speech, and which of them understands what."""

from collections.abc import Sequence

from .engines.config import EngineConfig, provider_of
from .recogniser import NOT_CONFIGURED, Hearing, Recogniser, RecognitionError

_ANY = ("", "google")  # engines that a document names without having chosen: Google is the default of `<Transcription>`


class Engines:
    """`Recognition`: those that are plugged in, in the operator's order, then the one that needs no set-up.

    The latter says itself what it cannot do.
    """

    def __init__(self, offline: Recogniser, plugged: Sequence[tuple[EngineConfig, Recogniser]] = ()) -> None:
        self._offline = offline
        self._plugged = plugged

    def choose(self, how: Hearing, *, engine: str = "") -> Recogniser:
        """The first that fits: of the name or kind that a document gave, else by language and model. Raises
        RecognitionError when a document wants a provider that is not there: nobody else is taken for it."""
        if engine == self._offline.name:
            return self._offline
        by_name = engine not in _ANY
        for config, recogniser in self._plugged:
            fits = engine in (config.name, config.kind) if by_name else config.has_model(how.model)
            if fits and config.has_language(how.language):
                return recogniser
        if wanted := engine if by_name else provider_of(how.model):
            raise RecognitionError(
                NOT_CONFIGURED,
                f"No speech engine does {wanted} for {how.language} here: plug it in with `speech_engines`, or take "
                "another model.",
            )
        return self._offline
