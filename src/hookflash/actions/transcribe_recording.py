"""The text of a recording: begun in the transaction that completes the recording, and finished by a worker."""

import msgspec

from hookflash.domain.call import Call
from hookflash.domain.recording import Recording
from hookflash.domain.sids import make_sid
from hookflash.domain.transcription import LONGEST, SHORTEST, Transcription, TranscriptionStatus
from hookflash.store import outbox, timeline
from hookflash.store.outbox import Job
from hookflash.store.store import Tx
from hookflash.twiml.problems import TwimlCode
from hookflash.webhooks.voice import transcription_params

from .load_call import load_call
from .raise_alert import raise_alert
from .status_callback import tell_about_call

QUEUE = "transcribe"


class Failure(msgspec.Struct, frozen=True):
    """Why there is no text: the code for the debugger, and a sentence."""

    code: int
    sentence: str


async def begin_transcription(tx: Tx, recording: Recording, *, now: int) -> None:
    """`recording` is complete, and a text of it is wanted: a worker makes one, unless its length forbids."""
    row = Transcription(
        account_sid=recording.account_sid,
        sid=make_sid("TR", now),
        recording_sid=recording.sid,
        length=recording.length or 0,
        date_created=now,
        date_updated=now,
    )
    await tx.insert("transcriptions", row)
    if SHORTEST <= row.length <= LONGEST:
        await outbox.add(tx, QUEUE, row.sid, account_sid=row.account_sid, due_at=now)
        return
    sentence = (
        f"{recording.sid} has {row.length} ms: recordings of {SHORTEST // 1000} to {LONGEST // 1000} s are transcribed"
    )
    await _end(tx, row, recording, Failure(int(TwimlCode.RECORD_LENGTH), sentence), now)


async def finish_transcription(tx: Tx, job: Job, recording: Recording | None, end: str | Failure, *, now: int) -> None:
    """`end` is the text, or why there is none; the application is told once."""
    row = await load_transcription(tx, job.account_sid, job.subject)
    if row is not None and row.status is TranscriptionStatus.IN_PROGRESS:
        await _end(tx, row, recording, end, now)
    await outbox.finish(tx, job)


async def load_transcription(tx: Tx, account_sid: str, sid: str) -> Transcription | None:
    """The transcription `sid` of an account; None when there is none."""
    return await tx.one(Transcription, "transcriptions.by_sid", account_sid=account_sid, sid=sid)


async def _end(tx: Tx, row: Transcription, recording: Recording | None, end: str | Failure, now: int) -> None:
    if isinstance(end, Failure):
        row.status, row.error_code = TranscriptionStatus.FAILED, end.code
    else:
        row.status, row.text = TranscriptionStatus.COMPLETED, end
    row.date_updated = now
    await tx.run(
        "transcriptions.finish",
        account_sid=row.account_sid,
        sid=row.sid,
        status=row.status.value,
        text=row.text,
        error_code=row.error_code,
        now=now,
    )
    call = await load_call(tx, row.account_sid, recording.call_sid or "") if recording is not None else None
    if recording is None or call is None:
        return  # both were deleted meanwhile: nobody is left to be told
    await _tell(tx, row, recording, call, end, now)


async def _tell(tx: Tx, row: Transcription, recording: Recording, call: Call, end: str | Failure, now: int) -> None:
    if isinstance(end, Failure):
        await raise_alert(tx, call, level="warning", code=end.code, sentence=end.sentence, now=now)
    else:
        sentence = f"Transcription {row.sid} of {recording.sid} is complete: {len(end)} characters"
        await timeline.record(tx, call.sid, "note", sentence, account_sid=row.account_sid, now=now)
    if recording.options.transcribe_callback:
        await tell_about_call(
            tx,
            row.account_sid,
            call.sid,
            url=recording.options.transcribe_callback,
            method="POST",
            params=transcription_params(row, recording, call),
            now=now,
        )
