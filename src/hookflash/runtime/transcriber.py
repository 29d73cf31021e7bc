"""The `transcribe` queue: texts of recordings, made by a speech engine. A call does not wait for it, nor end it."""

import wave
from collections.abc import AsyncIterator
from pathlib import Path

from hookflash.actions.move_recording import load_recording
from hookflash.actions.transcribe_recording import Failure, finish_transcription, load_transcription
from hookflash.domain.clock import Clock
from hookflash.domain.recording import Recording, RecordingStatus
from hookflash.pending import Pending
from hookflash.speech.recogniser import Hearing, Recognition, RecognitionError, Transcript
from hookflash.store.outbox import Job
from hookflash.store.recording_files import WAV, RecordingFiles
from hookflash.store.store import Store, Tx
from hookflash.twiml.problems import TwimlCode

from .keep import keep
from .listening.understanding import understand

AT_ONCE = 2  #: recordings under way: an engine that runs here is worth a core
TRIES = 3  #: of a recording with which an engine breaks
PIECE = 8_000  #: samples, handed over at once
HOW = Hearing(is_one_utterance=False)  #: the documentation knows English only


class Transcriber:
    """Makes texts; `perform` is that of a `Worker`."""

    def __init__(
        self, *, store: Store, files: RecordingFiles, recognition: Recognition, clock: Clock, pending: Pending
    ) -> None:
        self._store = store
        self._files = files
        self._recognition = recognition
        self._clock = clock
        self._pending = pending

    async def perform(self, job: Job) -> None:
        recording = await self._store.read(_recording, job)
        end = await self._end(job, recording)
        await keep(lambda: self._store.write(finish_transcription, job, recording, end, now=self._clock.now()))

    async def _end(self, job: Job, recording: Recording | None) -> str | Failure:
        """The text, or why there is none."""
        gone = Failure(int(TwimlCode.RECORD_GONE), "The recording was deleted before a text of it was made")
        if recording is None or recording.status is RecordingStatus.DELETED:
            return gone
        try:
            path = await self._files.audio(recording.account_sid, recording.sid, WAV, 1)
            return await self._text(path)
        except FileNotFoundError:
            return gone
        except RecognitionError as error:
            return Failure(int(TwimlCode.RECORD_UNAVAILABLE), error.sentence)
        except Exception:
            if job.attempts < TRIES:
                raise
            sentence = f"The speech engine broke {TRIES} times over this recording; the log says how"
            return Failure(int(TwimlCode.RECORD_UNAVAILABLE), sentence)

    async def _text(self, path: Path) -> str:
        found: list[Transcript] = []
        async with self._recognition.choose(HOW).listen(HOW) as session:
            await understand(session, _sound(path), found.append, pending=self._pending)
        return " ".join(part.text for part in found if part.is_final and part.text)


async def _recording(tx: Tx, job: Job) -> Recording | None:
    row = await load_transcription(tx, job.account_sid, job.subject)
    return await load_recording(tx, row.account_sid, row.recording_sid) if row is not None else None


async def _sound(path: Path) -> AsyncIterator[bytes]:
    with wave.open(str(path), "rb") as file:
        while piece := file.readframes(PIECE):
            yield piece
