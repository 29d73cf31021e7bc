"""What an engine is that understands speech.

Rule 1: audio is 16-bit mono PCM at 8 kHz, in pieces of any length.
Rule 2: `write` returns once the engine has taken the piece in: whoever writes decides what time does meanwhile.
Rule 3: results come in order; those that are not final may still change.
Rule 4: what fails after listening has begun comes out of the iteration; `write` and `end` do nothing any more then.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

NOT_CONFIGURED = 13343  #: no engine can do what is asked
DEGRADED = 13340  #: an engine that should have understood failed


class RecognitionError(Exception):
    """Speech cannot be understood: the code for the debugger, and a sentence that says why and what to do."""

    def __init__(self, code: int, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(f"{code}: {sentence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What is listened for."""

    language: str = "en-US"  #: BCP 47
    hints: tuple[str, ...] = ()  #: phrases that are likely
    model: str = ""  #: as documents name it; empty: the engine's own choice
    partials: bool = False  #: whether results are wanted that may still change
    profanity_filter: bool = True
    punctuation: bool = True
    is_one_utterance: bool = True  #: False: it goes on, and the engine finds where utterances end


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was understood of an utterance."""

    text: str
    confidence: float | None = None  #: from 0 to 1
    is_final: bool = True
    stability: float | None = None  #: from 0 to 1, of one that is not final
    provider_data: str = ""  #: JSON as the engine gave it


class Session(Protocol):
    """One stream of audio that is being understood; iterate over it for what was said."""

    async def write(self, pcm: bytes) -> None: ...

    async def end(self) -> None:
        """No more comes: the last results follow, then the iteration ends."""
        ...

    def __aiter__(self) -> AsyncIterator[Transcript]: ...


class Recogniser(Protocol):
    """An engine. `listen` raises RecognitionError when it cannot do what is asked; so may its session."""

    name: str  #: of the provider, as callbacks tell it

    def listen(self, how: Hearing) -> AbstractAsyncContextManager[Session]: ...


class Recognition(Protocol):
    """All engines that this platform has."""

    def choose(self, how: Hearing, *, engine: str = "") -> Recogniser:
        """The one for `how`: `engine` is a name that a document gave. Raises RecognitionError when none can do it."""
        ...
