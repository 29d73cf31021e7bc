"""REST calls somebody into a conference, which begins with that unless it is there."""

import msgspec

from hookflash.domain.account import Account
from hookflash.domain.call import CallOptions
from hookflash.domain.conference import (
    LONGEST_NAME,
    Admission,
    Conference,
    ConferenceOptions,
    Participant,
    Seat,
    ShownParticipant,
)
from hookflash.domain.sids import is_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx

from .check_callee import CallRules
from .create_call import CreateCall, create_call
from .move_conference import load_conference, open_conference
from .move_participant import keep_participant, seated


class CreateParticipant(msgspec.Struct, frozen=True, kw_only=True):
    """Who is called, how they take part, and what holds for a conference that begins with them."""

    call: CreateCall
    seat: Seat
    options: ConferenceOptions


async def create_participant(
    tx: Tx, wanted: CreateParticipant, conference: str, *, account: Account, now: int, rules: CallRules
) -> ShownParticipant:
    """`conference` is its SID, or its name. Raises ApiError with the code of the first rule that is broken."""
    row = await _conference(tx, conference, wanted.options, account, now)
    await _check_room(tx, row, wanted.seat)
    admission = Admission(conference_sid=row.sid, name=row.friendly_name, seat=wanted.seat, options=wanted.options)
    options = wanted.call.options
    if isinstance(options, CallOptions):
        options = msgspec.structs.replace(options, conference=admission)
    call = await create_call(
        tx, msgspec.structs.replace(wanted.call, options=options), account=account, now=now, rules=rules
    )
    await keep_participant(tx, seated(row, call.sid, wanted.seat, now=now, joined=False))
    shown = await tx.one(
        ShownParticipant,
        "conferences.shown",
        account_sid=account.sid,
        conference_sid=row.sid,
        call_sid=call.sid,
    )
    assert shown is not None, "it was just made"
    return shown


async def _conference(tx: Tx, given: str, options: ConferenceOptions, account: Account, now: int) -> Conference:
    if not is_sid(given, "CF"):
        if len(given) > LONGEST_NAME:
            why = f"it is longer than {LONGEST_NAME} characters"
            raise ApiError(Code.INVALID_PARAMETER, name="FriendlyName", why=why)
        return await open_conference(tx, account.sid, given, options, now=now)
    row = await load_conference(tx, account.sid, given)
    if row is None or row.is_over:
        raise ApiError(Code.CONFERENCE_OVER, sid=given)
    return row


async def _check_room(tx: Tx, conference: Conference, seat: Seat) -> None:
    rows = await tx.all(
        Participant,
        "conferences.participants",
        account_sid=conference.account_sid,
        conference_sid=conference.sid,
    )
    if len(rows) >= conference.options.most:
        raise ApiError(Code.CONFERENCE_FULL, limit=conference.options.most)
    if seat.label is not None and any(row.label == seat.label for row in rows):
        raise ApiError(Code.LABEL_IN_USE, label=seat.label)
    if seat.coaches is not None:
        coached = next((row for row in rows if row.call_sid == seat.coaches and row.joined_at is not None), None)
        if coached is None:
            raise ApiError(Code.COACHED_ABSENT, sid=seat.coaches)
        if coached.hold:
            raise ApiError(Code.COACHED_ON_HOLD, sid=seat.coaches)
