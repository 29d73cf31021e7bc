"""At the start, after a process has died: nobody is in a conference any more."""

from hookflash.domain.conference import Conference, ConferenceStatus, EndReason, LeaveReason, Participant
from hookflash.store.store import Tx

from .close_conference import close_conference
from .move_participant import end_when_empty, leave_conference


async def close_lost_conferences(tx: Tx, *, now: int) -> None:
    """End each conference that was open; one that has not begun waits on for those whose turn to be dialled comes.

    Their calls are closed before: see `close_lost_calls`.
    """
    for conference in await tx.all(Conference, "conferences.open"):
        account_sid, sid = conference.account_sid, conference.sid
        rows = await tx.all(Participant, "conferences.participants", account_sid=account_sid, conference_sid=sid)
        lost = [row for row in rows if row.joined_at is not None]
        for row in lost:
            await leave_conference(tx, conference, row, LeaveReason.HUNG_UP, call_status="completed", now=now)
        has_begun = bool(lost) or conference.status is ConferenceStatus.IN_PROGRESS
        end = close_conference if has_begun else end_when_empty
        await end(tx, account_sid, sid, EndReason.LAST_LEFT, by=lost[-1] if lost else None, now=now)
