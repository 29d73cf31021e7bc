"""Where the documents of a call ask for those who listen; what one document begins, another may stop."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import msgspec

from hookflash.domain.recording import RecordingSource
from hookflash.runtime.calls.tapes import Running, record_options
from hookflash.twiml.listening import Ears, NotBegunError, SideRecording, SideTranscription, Speech
from hookflash.twiml.problems import TwimlCode

from .gathering import gathering

if TYPE_CHECKING:
    from hookflash.runtime.calls.script import Script

MOST_RECORDINGS = 4  #: of one call, begun by documents and not yet ended


class Desk:
    """`Listening` for the verbs of one script."""

    def __init__(self, script: "Script") -> None:
        self._script = script

    def understand(self, ears: Ears) -> AbstractAsyncContextManager[Speech]:
        return gathering(self._script, ears)

    async def start_recording(self, how: SideRecording) -> None:
        script = self._script
        going = self._recordings
        if how.name in going:
            raise _at_once(f"A recording named {how.name[:40]} goes on in this call already")
        if len(going) >= MOST_RECORDINGS:
            raise _at_once(f"At most {MOST_RECORDINGS} recordings of a call go on at once")
        options = record_options(
            how.callback,
            script.absolute(how.callback.url),
            channels=how.channels,
            track=how.track,
            trim=how.trim,
        )
        source = RecordingSource.START_CALL_RECORDING_API
        running = await script.call.tapes.start(script.call.row, script.leg, options, source=source)
        going[how.name or running.row.sid] = running

    async def stop_recording(self, name: str) -> bool:
        running = self._recordings.pop(name, None)
        if running is None:
            return False
        await running.stop()
        return True

    async def start_transcription(self, how: SideTranscription) -> None:
        url = self._script.absolute(how.options.status_callback)
        options = msgspec.structs.replace(how.options, status_callback=url or None)
        await self._script.call.transcriptions.start(self._script.leg, options, name=how.name)

    async def stop_transcription(self, name: str) -> bool:
        transcriptions = self._script.call.transcriptions
        sid = transcriptions.named(name)
        if sid is None:
            return False
        await transcriptions.stop(sid)
        return True

    @property
    def _recordings(self) -> dict[str, Running]:
        """By name, or SID where there is none; those that have ended, or were ended otherwise, are forgotten."""
        going = self._script.call.side_recordings
        for name in [name for name, running in going.items() if running.task.done()]:
            del going[name]
        return going


def _at_once(sentence: str) -> NotBegunError:
    return NotBegunError(int(TwimlCode.RECORDINGS_AT_ONCE), sentence)
