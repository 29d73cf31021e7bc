"""What verbs ask of those who listen to a call: speech to be understood, recordings and transcriptions beside it."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from hookflash.domain.transcription import LiveOptions
from hookflash.twiml.voice import SoundError, StatusCallback

_NOWHERE = StatusCallback()


class NotUnderstoodError(SoundError):
    """Speech cannot be understood."""


class NotBegunError(SoundError):
    """Something that was to go on beside the call cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """How an utterance is listened to."""

    language: str = "en-US"  #: BCP 47
    hints: tuple[str, ...] = ()  #: phrases that are likely
    model: str = ""  #: as documents name it; empty: whatever the platform has
    profanity_filter: bool = True
    partials: StatusCallback = _NOWHERE  #: told what is understood so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was understood."""

    text: str = ""  #: empty: nothing
    confidence: float | None = None  #: from 0 to 1


class Speech(Protocol):
    """The caller's speech, listened to."""

    async def said(self) -> Said:
        """All that was said until now; listens no more. Raises NotUnderstoodError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRecording:
    """How a call is recorded beside what it does."""

    name: str = ""
    channels: int = 2
    track: str = "both"  #: inbound (what the caller says), outbound (what the caller hears), both
    trim: bool = True
    callback: StatusCallback = _NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTranscription:
    """How a call is transcribed while it goes on; the callback is as the document writes it."""

    name: str = ""
    options: LiveOptions = field(default_factory=LiveOptions)


class Listening(Protocol):
    """Those who listen to one call. What is begun ends with the call, or by its name."""

    def understand(self, ears: Ears) -> AbstractAsyncContextManager[Speech]:
        """Listen to the caller. Raises NotUnderstoodError when nobody can understand it."""
        ...

    async def start_recording(self, how: SideRecording) -> None:
        """Raises NotBegunError."""
        ...

    async def stop_recording(self, name: str) -> bool:
        """Whether there was one of that name to be stopped."""
        ...

    async def start_transcription(self, how: SideTranscription) -> None:
        """Raises NotBegunError."""
        ...

    async def stop_transcription(self, name: str) -> bool: ...
