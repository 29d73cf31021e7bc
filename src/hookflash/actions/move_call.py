"""Every change of a call's status happens here: the row, its timeline and its callback in one transaction."""

import msgspec

from hookflash.domain.call import FINAL_STATUSES, Call, CallEvent, CallStatus, may_move
from hookflash.domain.recording import Recording, RecordingSource
from hookflash.errors import Code
from hookflash.store import timeline
from hookflash.store.store import Tx
from hookflash.webhooks.voice import call_status_params, detection_params

from .move_message import IllegalMoveError
from .move_participant import give_up_seat
from .status_callback import tell_about_call
from .tell_of_validation import tell_of_validation

_S = CallStatus
_EVENTS = {_S.RINGING: CallEvent.RINGING, _S.IN_PROGRESS: CallEvent.ANSWERED}


async def move_call(
    tx: Tx,
    call: Call,
    to: CallStatus,
    *,
    now: int,
    sentence: str,
    error: Code | None = None,
    sip_status: int | None = None,
    stir_status: str | None = None,
) -> None:
    """Move `call` to the status `to` at `now` and tell its application.

    `error` says why it failed, `sentence` says it to people; `sip_status` is the answer that ended it, and
    `stir_status` is how its network vouches for the caller. The recording that was asked for with the call has to be
    finished before the call is: its last callback names it. Raises IllegalMoveError, also when the row has left the
    status that `call` was read in: whoever came first has won.
    """
    was = call.status
    if not may_move(was, to):
        raise IllegalMoveError(f"{call.sid}: no move from {was} to {to}")
    event = CallEvent.COMPLETED if to in FINAL_STATUSES else _EVENTS[to]
    gave_up_waiting = call.is_waiting and to is _S.CANCELED  # of such a call nobody is told
    is_told = _is_told(call, event) and not gave_up_waiting
    call.status = to
    if to is _S.IN_PROGRESS:
        call.start_time = now
    elif to in FINAL_STATUSES:
        _end(call, now)
    if error is not None:
        call.error_code, call.error_message = error.number, sentence
    call.sip_status = sip_status or call.sip_status
    await _write(tx, call, was, now, is_told=is_told)
    tx.tally("call", to.value)
    await timeline.record(tx, call.sid, "move", sentence, account_sid=call.account_sid, now=now)
    if is_told:
        await _tell(tx, call, event, now, stir_status)
    if to in FINAL_STATUSES and call.options.conference is not None:
        await give_up_seat(tx, call, call.options.conference, now=now)
    if to in FINAL_STATUSES and call.options.validation is not None and not call.options.validation.is_done:
        await tell_of_validation(tx, call, caller_id_sid=None, now=now)


async def start_dialling(tx: Tx, call: Call, *, now: int) -> None:
    """The turn of `call` has come: it leaves the queue. Raises IllegalMoveError when it is not in it."""
    if not call.is_waiting:
        raise IllegalMoveError(f"{call.sid} waits for nothing")
    call.initiated_at = now
    call.queue_time = max(0, now - call.date_created)
    is_told = _is_told(call, CallEvent.INITIATED)
    await _write(tx, call, call.status, now, is_told=is_told)
    if is_told:
        await _tell(tx, call, CallEvent.INITIATED, now)


async def note_answered_by(tx: Tx, call: Call, found: str, *, ms: int, now: int) -> None:
    """Machine detection took `ms` and found `found`; told at once where the call did not wait for it."""
    detect = call.options.detect
    if detect is not None and detect.if_machine:
        found = "human" if found == "human" else "machine"
    call.answered_by = found
    await tx.run("calls.set_answered_by", account_sid=call.account_sid, sid=call.sid, answered_by=found, now=now)
    sentence = f"Answered by {found}, known after {ms} ms"
    await timeline.record(tx, call.sid, "note", sentence, account_sid=call.account_sid, now=now)
    if detect is not None and detect.is_async and detect.callback:
        await tell_about_call(
            tx,
            call.account_sid,
            call.sid,
            url=detect.callback,
            method=detect.callback_method,
            params=detection_params(call, ms=ms),
            now=now,
        )


def _end(call: Call, now: int) -> None:
    call.end_time = now
    call.duration = 0 if call.start_time is None else round((now - call.start_time) / 1000)
    if call.start_time is None:
        call.start_time = call.initiated_at


def _is_told(call: Call, event: CallEvent) -> bool:
    options = call.options
    return options.status_callback is not None and event in options.status_callback_events


async def _write(tx: Tx, call: Call, was: CallStatus, now: int, *, is_told: bool) -> None:
    call.date_updated = now
    changed = await tx.run(
        "calls.move",
        account_sid=call.account_sid,
        sid=call.sid,
        was=was.value,
        status=call.status.value,
        initiated_at=call.initiated_at,
        queue_time=call.queue_time,
        start_time=call.start_time,
        end_time=call.end_time,
        duration=call.duration,
        error_code=call.error_code,
        error_message=call.error_message,
        sip_status=call.sip_status,
        sequence=call.sequence + is_told,
        date_updated=now,
    )
    if not changed:
        raise IllegalMoveError(f"{call.sid} is {was} no more and cannot become {call.status}")


async def _tell(tx: Tx, call: Call, event: CallEvent, now: int, stir_status: str | None = None) -> None:
    options = call.options
    recorded = await _recorded(tx, call) if event is CallEvent.COMPLETED and options.record else []
    await tell_about_call(
        tx,
        call.account_sid,
        call.sid,
        url=options.status_callback or "",
        method=options.status_callback_method,
        params=call_status_params(call, event, at=now, recorded=recorded, stir_status=stir_status),
        now=now,
    )
    call.sequence += 1


async def _recorded(tx: Tx, call: Call) -> list[Recording]:
    """What was recorded because the call was made with Record=true, and is finished."""
    found = await tx.all(Recording, "recordings.of_call", account_sid=call.account_sid, call_sid=call.sid)
    return [row for row in found if row.source is RecordingSource.OUTBOUND_API and not row.is_live]


async def write_options(tx: Tx, call: Call, *, now: int) -> None:
    """Keep the options of `call` as they are now."""
    options = msgspec.json.encode(call.options).decode()
    await tx.run("calls.set_options", account_sid=call.account_sid, sid=call.sid, options=options, now=now)
    call.date_updated = now
