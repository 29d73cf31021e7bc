"""What recognisers over WebSocket have in common, and what each says in its own way.

Rule 1: a dialect is of one stream; it opens nothing and waits for nothing.
Rule 2: what an engine sends is a stranger's: what it must not be raises AnswerError, and ends the stream.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

MOST_TEXT = 20_000  #: characters of a result


class AnswerError(Exception):
    """An engine answered what its protocol does not allow, or that it failed; says so in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of what an engine understood."""

    text: str
    confidence: float | None = None
    is_final: bool = True
    ends_utterance: bool = True  #: of one that is final: whether the speaker pauses after it
    raw: str = ""  #: as the engine gave it


class Dialect(Protocol):
    """How one engine is spoken to."""

    url: str
    headers: dict[str, str]
    greeting: str  #: sent first, unless empty
    goodbye: str  #: sent when no more audio comes

    def audio(self, pcm: bytes) -> bytes:
        """A piece of audio as it is sent."""
        ...

    def read(self, message: str) -> Part | None:
        """What a message says; None when it says nothing new. Raises AnswerError."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether the engine has said all that it will."""
        ...


def read_object(message: str | bytes) -> dict[str, Any]:
    """A message as a JSON object. Raises AnswerError."""
    try:
        return msgspec.json.decode(message, type=dict[str, Any])
    except msgspec.MsgspecError:
        raise AnswerError("what it sent is no JSON object") from None


def text_of(value: object) -> str:
    """What was understood. Raises AnswerError when it is no text, or an unreasonable one."""
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise AnswerError("what it sent has no text where one belongs")
    return " ".join(value.split())


def confidence_of(value: object) -> float | None:
    """A number from 0 to 1, or None for what is not."""
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else None
