"""Every change of a conference's status happens here: the row, its timeline and its callback in one transaction."""

from hookflash.domain.conference import (
    Conference,
    ConferenceEvent,
    ConferenceOptions,
    ConferenceStatus,
    EndReason,
    Participant,
    may_move,
)
from hookflash.domain.sids import make_sid
from hookflash.store import timeline
from hookflash.store.store import Tx
from hookflash.webhooks.conference import end_params

from .move_message import IllegalMoveError
from .tell_conference import tell

_S = ConferenceStatus


async def open_conference(tx: Tx, account_sid: str, name: str, options: ConferenceOptions, *, now: int) -> Conference:
    """The conference of that name which is not over: found, or made with `options`."""
    found = await tx.one(Conference, "conferences.open_by_name", account_sid=account_sid, friendly_name=name)
    if found is not None:
        return found
    conference = Conference(
        account_sid=account_sid,
        sid=make_sid("CF", now),
        friendly_name=name,
        region=options.region,
        options=options,
        date_created=now,
        date_updated=now,
    )
    await tx.insert("conferences", conference)
    await timeline.record(tx, conference.sid, "note", "Somebody comes first", account_sid=account_sid, now=now)
    return conference


async def start_conference(tx: Tx, account_sid: str, sid: str, *, now: int) -> None:
    """Its participants hear each other from now on."""
    conference = await load_conference(tx, account_sid, sid)
    if conference is not None and conference.status is _S.INIT:
        await _move(tx, conference, _S.IN_PROGRESS, "The conference starts", now)
        await tell(tx, conference, ConferenceEvent.START, "conference-start", now=now)


async def end_conference(
    tx: Tx, account_sid: str, sid: str, reason: EndReason, *, by: Participant | None = None, now: int
) -> None:
    """Nobody is in it any more: `by` was the one whose going ended it. One that is over stays as it is."""
    conference = await load_conference(tx, account_sid, sid)
    if conference is None or conference.is_over:
        return
    conference.reason_conference_ended = reason
    conference.call_sid_ending_conference = by.call_sid if by is not None else None
    await _move(tx, conference, _S.COMPLETED, f"The conference is over: {reason.value.replace('-', ' ')}", now)
    params = end_params(conference, label=by.label if by is not None else None)
    await tell(tx, conference, ConferenceEvent.END, "conference-end", params, now=now)


async def load_conference(tx: Tx, account_sid: str, sid: str) -> Conference | None:
    """The conference `sid` of an account; None when there is none."""
    return await tx.one(Conference, "conferences.by_sid", account_sid=account_sid, sid=sid)


async def _move(tx: Tx, conference: Conference, to: ConferenceStatus, sentence: str, now: int) -> None:
    was = conference.status
    if not may_move(was, to):
        raise IllegalMoveError(f"{conference.sid}: no move from {was} to {to}")
    conference.status, conference.date_updated = to, now
    reason = conference.reason_conference_ended
    changed = await tx.run(
        "conferences.move",
        account_sid=conference.account_sid,
        sid=conference.sid,
        was=was.value,
        status=to.value,
        reason=reason.value if reason is not None else None,
        call_sid=conference.call_sid_ending_conference,
        now=now,
    )
    if not changed:
        raise IllegalMoveError(f"{conference.sid} is {was} no more and cannot become {to}")
    await timeline.record(tx, conference.sid, "move", sentence, account_sid=conference.account_sid, now=now)
