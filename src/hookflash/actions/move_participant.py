"""Who comes to a conference, changes in it and leaves it: row, timeline and callback in one transaction.

A row is there as long as its call takes part; one whose phone still rings has one too.
"""

from msgspec.structs import replace

from hookflash.domain.call import Call
from hookflash.domain.conference import (
    Admission,
    Conference,
    ConferenceEvent,
    EndReason,
    LeaveReason,
    Participant,
    Seat,
)
from hookflash.domain.participation import ParticipantChange
from hookflash.store import timeline
from hookflash.store.store import Tx
from hookflash.webhooks.conference import participant_params

from .move_conference import end_conference, load_conference
from .tell_conference import tell


def seated(conference: Conference, call_sid: str, seat: Seat, *, now: int, joined: bool = True) -> Participant:
    """The row of a call that takes part as `seat` says, from `now` on; not `joined`: once it is answered."""
    return Participant(
        account_sid=conference.account_sid,
        conference_sid=conference.sid,
        call_sid=call_sid,
        label=seat.label,
        muted=seat.muted,
        coaching=seat.coaches is not None,
        call_sid_to_coach=seat.coaches,
        start_conference_on_enter=seat.starts,
        end_conference_on_exit=seat.ends,
        joined_at=now if joined else None,
        date_created=now,
        date_updated=now,
    )


async def enter_conference(tx: Tx, conference: Conference, participant: Participant, *, now: int) -> None:
    """It is in."""
    await keep_participant(tx, participant)
    await _note(tx, conference, f"{participant.call_sid} comes in", now)
    await _tell(tx, conference, participant, ConferenceEvent.JOIN, "participant-join", now)


async def keep_participant(tx: Tx, participant: Participant) -> None:
    """Its row; of a call that had one while it rang, when it came in."""
    await tx.run(
        "conferences.seat",
        account_sid=participant.account_sid,
        conference_sid=participant.conference_sid,
        call_sid=participant.call_sid,
        label=participant.label,
        muted=participant.muted,
        hold=participant.hold,
        coaching=participant.coaching,
        call_sid_to_coach=participant.call_sid_to_coach,
        start_conference_on_enter=participant.start_conference_on_enter,
        end_conference_on_exit=participant.end_conference_on_exit,
        joined_at=participant.joined_at,
        date_created=participant.date_created,
        date_updated=participant.date_updated,
    )


async def change_participant(
    tx: Tx, conference: Conference, was: Participant, participant: Participant, *, now: int
) -> None:
    """It takes part in another way than it `was`: the application is told of each difference."""
    await tx.run(
        "conferences.change",
        account_sid=participant.account_sid,
        conference_sid=participant.conference_sid,
        call_sid=participant.call_sid,
        muted=participant.muted,
        hold=participant.hold,
        coaching=participant.coaching,
        call_sid_to_coach=participant.call_sid_to_coach,
        end_conference_on_exit=participant.end_conference_on_exit,
        now=now,
    )
    if was.muted != participant.muted:
        name = "participant-mute" if participant.muted else "participant-unmute"
        await _tell(tx, conference, participant, ConferenceEvent.MUTE, name, now)
    if was.hold != participant.hold:
        name = "participant-hold" if participant.hold else "participant-unhold"
        await _tell(tx, conference, participant, ConferenceEvent.HOLD, name, now)


async def tell_modified(tx: Tx, conference: Conference, participant: Participant, *, now: int) -> None:
    """Something of it was changed that is neither mute nor hold."""
    await _tell(tx, conference, participant, ConferenceEvent.MODIFY, "participant-modify", now)


async def tell_speaking(tx: Tx, conference: Conference, participant: Participant, *, on: bool, now: int) -> None:
    """It begins or ends to speak."""
    name = "participant-speech-start" if on else "participant-speech-stop"
    await _tell(tx, conference, participant, ConferenceEvent.SPEAKER, name, now)


async def tell_announced(
    tx: Tx, conference: Conference, participant: Participant | None, *, url: str, failure: str, now: int
) -> None:
    """An announcement is over, to one participant or to all; with `failure` it could not be made."""
    who = participant_params(participant) if participant is not None else {}
    why = {"ReasonAnnouncementFailed": failure} if failure else {}
    name = "announcement-fail" if failure else "announcement-end"
    await _note(tx, conference, f"An announcement failed: {failure}" if failure else "An announcement was made", now)
    await tell(tx, conference, ConferenceEvent.ANNOUNCEMENT, name, {**who, "AnnounceUrl": url, **why}, now=now)


async def leave_conference(
    tx: Tx, conference: Conference, participant: Participant, reason: LeaveReason, *, call_status: str, now: int
) -> None:
    """It is out; nothing happens when it was before."""
    if not await tx.run(
        "conferences.unseat",
        account_sid=participant.account_sid,
        conference_sid=participant.conference_sid,
        call_sid=participant.call_sid,
    ):
        return
    await _note(tx, conference, f"{participant.call_sid} leaves: {reason.value.replace('_', ' ')}", now)
    params = {"ParticipantCallStatus": call_status, "ReasonParticipantLeft": reason.value}
    params = {**participant_params(participant), **params}
    await tell(tx, conference, ConferenceEvent.LEAVE, "participant-leave", params, now=now)


async def end_when_empty(
    tx: Tx, account_sid: str, sid: str, reason: EndReason, *, by: Participant | None = None, now: int
) -> list[str]:
    """End a conference that nobody is in, unless somebody is on the way to it. No call is left that rings for it."""
    if not await tx.all(Participant, "conferences.participants", account_sid=account_sid, conference_sid=sid):
        await end_conference(tx, account_sid, sid, reason, by=by, now=now)
    return []


async def awaited_seat(tx: Tx, call: Call, admission: Admission) -> Seat | None:
    """How a call that was made for a conference takes part, as REST has it by now; None when it is not awaited."""
    row = await _of_call(tx, call, admission)
    if row is None:
        return None
    return replace(
        admission.seat,
        muted=row.muted,
        ends=row.end_conference_on_exit,
        coaches=row.call_sid_to_coach,
    )


async def change_awaited(tx: Tx, row: Participant, change: ParticipantChange, *, now: int) -> None:
    """How one takes part whose phone still rings; what it hears is decided once it is there."""
    conference = await load_conference(tx, row.account_sid, row.conference_sid)
    if conference is None:
        return
    coaches = None if change.coaching is False else change.coaches or row.call_sid_to_coach
    changed = replace(
        row,
        muted=row.muted if change.muted is None else change.muted,
        end_conference_on_exit=row.end_conference_on_exit if change.ends is None else change.ends,
        coaching=coaches is not None,
        call_sid_to_coach=coaches,
    )
    await change_participant(tx, conference, row, changed, now=now)


async def _of_call(tx: Tx, call: Call, admission: Admission) -> Participant | None:
    return await tx.one(
        Participant,
        "conferences.participant",
        account_sid=call.account_sid,
        conference_sid=admission.conference_sid,
        call_sid=call.sid,
    )


async def give_up_seat(tx: Tx, call: Call, admission: Admission, *, now: int) -> None:
    """A call that was made for a conference is over: if it never came there, it will not come any more."""
    conference = await load_conference(tx, call.account_sid, admission.conference_sid)
    found = await _of_call(tx, call, admission)
    if conference is None or found is None or found.joined_at is not None:
        return
    await leave_conference(tx, conference, found, LeaveReason.NOT_ADDED, call_status=call.status.value, now=now)
    await end_when_empty(tx, conference.account_sid, conference.sid, EndReason.LAST_LEFT, by=found, now=now)


async def _tell(
    tx: Tx, conference: Conference, participant: Participant, event: ConferenceEvent, name: str, now: int
) -> None:
    await tell(tx, conference, event, name, participant_params(participant), now=now)


async def _note(tx: Tx, conference: Conference, sentence: str, now: int) -> None:
    await timeline.record(tx, conference.sid, "note", sentence, account_sid=conference.account_sid, now=now)
