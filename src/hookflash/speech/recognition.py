"""All engines of a platform that understand speech, and which of them understands what."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from .engines.config import EngineConfig, provider_of
from .profanity import without_profanity
from .recogniser import NOT_CONFIGURED, Hearing, Recogniser, RecognitionError, Session, Transcript

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
            return _Filtered(self._offline)
        by_name = engine not in _ANY
        for config, recogniser in self._plugged:
            fits = engine in (config.name, config.kind) if by_name else config.has_model(how.model)
            if fits and config.has_language(how.language):
                return _Filtered(recogniser)
        if wanted := engine if by_name else provider_of(how.model):
            raise RecognitionError(
                NOT_CONFIGURED,
                f"No speech engine does {wanted} for {how.language} here: plug it in with `speech_engines`, or take "
                "another model.",
            )
        return _Filtered(self._offline)


class _Filtered:
    """A recogniser that leaves out bad words when that is asked for."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.name = recogniser.name
        self._recogniser = recogniser

    @asynccontextmanager
    async def listen(self, how: Hearing) -> AsyncIterator[Session]:
        async with self._recogniser.listen(how) as session:
            yield _FilteredSession(session) if how.profanity_filter else session


class _FilteredSession:
    def __init__(self, session: Session) -> None:
        self._session = session
        self.write = session.write
        self.end = session.end

    async def __aiter__(self) -> AsyncIterator[Transcript]:
        async for said in self._session:
            yield replace(said, text=without_profanity(said.text), provider_data=without_profanity(said.provider_data))
