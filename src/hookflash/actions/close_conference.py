"""A conference is over before its time: who is on the way to it does not get there."""

from hookflash.domain.call import CallStatus
from hookflash.domain.conference import LEAVE_REASONS, EndReason, LeaveReason, Participant
from hookflash.store import outbox
from hookflash.store.store import Tx

from .load_call import load_call
from .move_call import move_call
from .move_conference import end_conference, load_conference
from .move_participant import leave_conference


async def close_conference(
    tx: Tx, account_sid: str, sid: str, reason: EndReason, *, by: Participant | None = None, now: int
) -> list[str]:
    """End it for `reason`, with `by` as the one whose going did; returns the SIDs of the calls that still ring for it.

    Calls that wait to be dialled for it are canceled.
    """
    conference = await load_conference(tx, account_sid, sid)
    if conference is None or conference.is_over:
        return []
    rows = await tx.all(Participant, "conferences.participants", account_sid=account_sid, conference_sid=sid)
    ringing = []
    for row in rows:
        call = await load_call(tx, account_sid, row.call_sid)
        status = call.status.value if call is not None else ""
        why = LEAVE_REASONS.get(reason, LeaveReason.HUNG_UP)
        await leave_conference(tx, conference, row, why, call_status=status, now=now)
        if call is not None and call.is_waiting:
            await outbox.withdraw(tx, "dial", call.sid)
            await move_call(tx, call, CallStatus.CANCELED, now=now, sentence="The conference that it was for is over")
        elif call is not None and row.joined_at is None:
            ringing.append(call.sid)
    await end_conference(tx, account_sid, sid, reason, by=by, now=now)
    return ringing
