"""Every change of a recording's status happens here: row, timeline of the call and callback in one transaction."""

from hookflash.domain.call import Call
from hookflash.domain.conference import Conference
from hookflash.domain.recording import (
    Recording,
    RecordingEvent,
    RecordingSource,
    RecordingStatus,
    RecordOptions,
    may_move,
)
from hookflash.domain.sids import make_sid
from hookflash.store import outbox, timeline
from hookflash.store.store import Tx
from hookflash.webhooks.voice import recording_status_params

from .move_message import IllegalMoveError
from .status_callback import tell_about_call
from .transcribe_recording import begin_transcription

_S = RecordingStatus
_EVENTS = {
    _S.IN_PROGRESS: RecordingEvent.IN_PROGRESS,
    _S.COMPLETED: RecordingEvent.COMPLETED,
    _S.ABSENT: RecordingEvent.ABSENT,
}
_SENTENCES = {
    _S.IN_PROGRESS: "Recording {sid} goes on",
    _S.PAUSED: "Recording {sid} pauses",
    _S.STOPPED: "Recording {sid} was stopped",
    _S.PROCESSING: "Recording {sid} is being finished",
    _S.COMPLETED: "Recording {sid} is complete: {length} ms",
    _S.ABSENT: "Recording {sid} holds nothing",
    _S.DELETED: "Recording {sid} was deleted",
}


async def start_recording(
    tx: Tx, of: Call | Conference, options: RecordOptions, *, source: RecordingSource, now: int
) -> Recording:
    """The row of a recording that begins now. `of` is whose document or REST request asks for it, whichever leg is
    heard."""
    is_call = isinstance(of, Call)
    recording = Recording(
        account_sid=of.account_sid,
        sid=make_sid("RE", now),
        call_sid=of.sid if is_call else None,
        conference_sid=None if is_call else of.sid,
        source=source,
        channels=options.channels,
        track=options.track,
        start_time=now,
        options=options,
        date_created=now,
        date_updated=now,
    )
    await tx.insert("recordings", recording)
    sentence = f"Recording {recording.sid} begins"
    await timeline.record(tx, of.sid, "note", sentence, account_sid=of.account_sid, now=now)
    await _tell(tx, recording, now)
    return recording


async def move_recording(tx: Tx, recording: Recording, to: RecordingStatus, *, now: int) -> None:
    """Move `recording` to the status `to` and tell its application. Raises IllegalMoveError."""
    was = recording.status
    if not may_move(was, to):
        raise IllegalMoveError(f"{recording.sid}: no move from {was} to {to}")
    recording.status, recording.date_updated = to, now
    changed = await tx.run(
        "recordings.move",
        account_sid=recording.account_sid,
        sid=recording.sid,
        was=was.value,
        status=to.value,
        length=recording.length,
        error_code=recording.error_code,
        now=now,
    )
    if not changed:
        raise IllegalMoveError(f"{recording.sid} is {was} no more and cannot become {to}")
    sentence = _SENTENCES[to].format(sid=recording.sid, length=recording.length)
    subject = recording.call_sid or recording.conference_sid or recording.sid
    await timeline.record(tx, subject, "note", sentence, account_sid=recording.account_sid, now=now)
    if was is not _S.PAUSED or to is not _S.IN_PROGRESS:
        await _tell(tx, recording, now)
    if to is _S.COMPLETED and recording.options.transcribe:
        await begin_transcription(tx, recording, now=now)


async def finish_recording(tx: Tx, recording: Recording, *, length: int, now: int) -> Recording:
    """Its sound is on disk: `length` ms of it, or nothing. Returns the row, as another may have left it."""
    current = await load_recording(tx, recording.account_sid, recording.sid)
    if current is None or not current.is_live:
        return current or recording
    current.length = length
    await move_recording(tx, current, _S.COMPLETED if length else _S.ABSENT, now=now)
    return current


async def delete_recording(tx: Tx, recording: Recording, *, now: int) -> None:
    """Its sound goes; what is known of it stays for a while. Raises IllegalMoveError while it is being written."""
    await move_recording(tx, recording, _S.DELETED, now=now)
    await outbox.add(tx, "unlink-recording", recording.sid, account_sid=recording.account_sid, due_at=now)


async def load_recording(tx: Tx, account_sid: str, sid: str) -> Recording | None:
    """The recording `sid` of an account; None when there is none."""
    return await tx.one(Recording, "recordings.by_sid", account_sid=account_sid, sid=sid)


async def _tell(tx: Tx, recording: Recording, now: int) -> None:
    options = recording.options
    event = _EVENTS.get(recording.status)
    if not options.status_callback or event not in options.status_callback_events:
        return
    await tell_about_call(
        tx,
        recording.account_sid,
        recording.call_sid or recording.conference_sid or recording.sid,
        url=options.status_callback,
        method=options.status_callback_method,
        params=recording_status_params(recording),
        now=now,
    )
