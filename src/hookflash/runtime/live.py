"""Calls that go on in this process, as REST asks for them: who owns a live call does what its row cannot."""

from typing import Protocol

from hookflash.domain.call import NoSuchCallError, Source
from hookflash.domain.recording import Recording, RecordOptions
from hookflash.domain.transcription import LiveOptions, LiveTranscription


class LiveCalls(Protocol):
    """What may be asked of a live call. Each method raises NoSuchCallError when there is none of that SID."""

    async def redirect(self, call_sid: str, source: Source) -> None:
        """Leave the verb that runs, and run the document of `source`.

        A call that we dialled and that is not answered yet runs it once it is.
        """
        ...

    async def hang_up(self, call_sid: str) -> None:
        """End it, answered or not; returns once its row is final."""
        ...

    async def cancel(self, call_sid: str) -> None:
        """End it unless it is answered; returns once its row is final, or left to go on."""
        ...

    async def limit(self, call_sid: str, seconds: int) -> None:
        """Hang it up `seconds` after it was answered."""
        ...

    async def inform(self, call_sid: str, content: str) -> None:
        """Send JSON to its phone."""
        ...

    async def start_recording(self, call_sid: str, options: RecordOptions) -> Recording:
        """Record it from now on; the row is that of a StartCallRecordingAPI recording, in progress."""
        ...

    async def pause_recording(self, recording: Recording, *, silence: bool) -> None:
        """Write silence for what is heard now, or nothing."""
        ...

    async def resume_recording(self, recording: Recording) -> None: ...

    async def stop_recording(self, recording: Recording) -> None:
        """End it; returns once its row is final."""
        ...

    async def start_transcription(self, call_sid: str, options: LiveOptions, *, name: str) -> LiveTranscription:
        """Transcribe it from now on. Raises ApiError where as many go on as may, or one of that name."""
        ...

    async def stop_transcription(self, transcription: LiveTranscription) -> None:
        """Listen no more; returns once its row is final."""
        ...


class NoLiveCalls:
    """A process without a switch."""

    async def redirect(self, call_sid: str, source: Source) -> None:
        raise _none(call_sid)

    async def hang_up(self, call_sid: str) -> None:
        raise _none(call_sid)

    async def cancel(self, call_sid: str) -> None:
        raise _none(call_sid)

    async def limit(self, call_sid: str, seconds: int) -> None:
        raise _none(call_sid)

    async def inform(self, call_sid: str, content: str) -> None:
        raise _none(call_sid)

    async def start_recording(self, call_sid: str, options: RecordOptions) -> Recording:
        raise _none(call_sid)

    async def pause_recording(self, recording: Recording, *, silence: bool) -> None:
        raise _none(recording.call_sid or "")

    async def resume_recording(self, recording: Recording) -> None:
        raise _none(recording.call_sid or "")

    async def stop_recording(self, recording: Recording) -> None:
        raise _none(recording.call_sid or "")

    async def start_transcription(self, call_sid: str, options: LiveOptions, *, name: str) -> LiveTranscription:
        raise _none(call_sid)

    async def stop_transcription(self, transcription: LiveTranscription) -> None:
        raise _none(transcription.call_sid)


def _none(call_sid: str) -> NoSuchCallError:
    return NoSuchCallError(f"no live call {call_sid} in this process")
