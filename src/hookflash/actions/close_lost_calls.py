"""At the start, after a process has died: its calls, conferences and recordings are closed, as far as they went.

The caller first reads `lost_recordings` and repairs their files, then has all closed in one transaction.
"""

from collections.abc import Mapping

from hookflash.domain.call import Call, CallStatus
from hookflash.domain.recording import Recording
from hookflash.store.store import Tx

from .close_lost_conferences import close_lost_conferences
from .move_call import move_call
from .move_recording import finish_recording
from .take_payment import end_lost_payments
from .transcribe_call import stop_lost_transcriptions

_SENTENCE = "The server stopped during the call"


async def lost_recordings(tx: Tx) -> list[Recording]:
    """The recordings, of every account, that nobody writes any more."""
    return await tx.all(Recording, "recordings.live")


async def close_lost_calls(tx: Tx, lengths: Mapping[str, int], *, now: int) -> int:
    """End each call that was live: answered ones are `completed`, the others `failed`. Returns how many there were.

    `lengths` says how many ms of sound were found for each recording, by its SID; what is not in it has none. A call
    ended when something was last heard of it, not now: nobody pays for the time that we were down. Calls that still
    wait in the queue are dialled in their turn. Nobody is left in a queue of callers.
    """
    await tx.run("queues.forget_members")
    lost, recordings = await tx.all(Call, "calls.unfinished"), await lost_recordings(tx)
    ends = {call.sid: max(call.date_updated, await _last_heard(tx, call)) for call in lost}
    for recording in recordings:
        length, sid = lengths.get(recording.sid, 0), recording.call_sid
        if sid in ends:
            ends[sid] = max(ends[sid], (recording.start_time or 0) + length)
        await finish_recording(tx, recording, length=length, now=now)
    await stop_lost_transcriptions(tx, now=now)
    for call in lost:
        was_answered = call.status is CallStatus.IN_PROGRESS
        to = CallStatus.COMPLETED if was_answered else CallStatus.FAILED
        await move_call(tx, call, to, now=min(now, ends[call.sid]), sentence=_SENTENCE)
    await close_lost_conferences(tx, now=now)
    await end_lost_payments(tx, now=now)
    return len(lost)


async def _last_heard(tx: Tx, call: Call) -> int:
    stamp = await tx.value("calls.last_stamp", sid=call.sid)
    return (stamp or 0) >> 16
