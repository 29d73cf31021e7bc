"""Conferences as actions: who is called in, who comes and goes, and what is left of them after a crash."""

import msgspec
import pytest
from tests.unit.actions.world import NUMBER, World

from hookflash.actions.begin_dials import begin_dials
from hookflash.actions.check_callee import CallRules
from hookflash.actions.close_conference import close_conference
from hookflash.actions.close_lost_calls import close_lost_calls
from hookflash.actions.create_call import CreateCall
from hookflash.actions.create_participant import CreateParticipant, create_participant
from hookflash.actions.load_call import load_call
from hookflash.actions.move_call import move_call
from hookflash.actions.move_conference import load_conference, open_conference, start_conference
from hookflash.actions.move_participant import (
    awaited_seat,
    change_participant,
    end_when_empty,
    enter_conference,
    leave_conference,
    seated,
)
from hookflash.actions.status_callback import StatusCallback
from hookflash.actions.update_call import UpdateCall, update_call
from hookflash.domain.call import Call, CallOptions, CallStatus
from hookflash.domain.conference import (
    Conference,
    ConferenceEvent,
    ConferenceOptions,
    ConferenceStatus,
    EndReason,
    LeaveReason,
    Participant,
    Seat,
    ShownParticipant,
)
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.tables import Cursor, Table, equal

RULES = CallRules(calls_per_second=100.0)
TOLD = ConferenceOptions(status_callback="https://app.example/told", status_callback_events=tuple(ConferenceEvent))
PLAIN = Seat()
PARTICIPANTS = Table("participants", ShownParticipant, key="call_sid")


async def opened(world: World, name: str = "room", options: ConferenceOptions = TOLD) -> Conference:
    return await world.do(open_conference, world.account.sid, name, options, now=world.now)


async def invited(world: World, to: str = "+14155551212", room: str = "room", seat: Seat = PLAIN) -> ShownParticipant:
    call = CreateCall(to=to, sender=NUMBER, options=CallOptions())
    wanted = CreateParticipant(call=call, seat=seat, options=TOLD)
    return await world.do(create_participant, wanted, room, account=world.account, now=world.now, rules=RULES)


async def dialled(world: World) -> list[Call]:
    world.now += 1_000
    return [each.call for each in await world.do(begin_dials, await world.lease("dial"), now=world.now)]


async def entered(world: World, conference: Conference, call_sid: str, seat: Seat = PLAIN) -> Participant:
    row = seated(conference, call_sid, seat, now=world.now)
    await world.do(enter_conference, conference, row, now=world.now)
    return row


async def shown(world: World, conference: Conference | ShownParticipant) -> list[tuple[str, str]]:
    """The calls of a conference, and their statuses."""
    sid = conference.conference_sid if isinstance(conference, ShownParticipant) else conference.sid
    conditions = equal(account_sid=world.account.sid, conference_sid=sid)
    rows = await world.do(PARTICIPANTS.page, conditions, Cursor(), 100)
    return [(row.call_sid, row.status) for row in rows]


async def now_is(world: World, sid: str) -> Conference:
    conference = await world.do(load_conference, world.account.sid, sid)
    assert conference is not None
    return conference


async def told(world: World) -> list[dict[str, str]]:
    """What the application is told, one callback after the other."""
    found = []
    while jobs := await world.lease("callback"):
        (job,) = jobs
        found.append(msgspec.json.decode(job.payload, type=StatusCallback).params)
        await world.do(outbox.finish, job)
    return found


async def test_a_name_is_one_conference_until_it_is_over(world: World) -> None:
    """Whoever comes first decides; afterwards the name begins another."""
    first = await opened(world)
    again = await opened(world, options=ConferenceOptions(most=2))
    assert (again.sid, again.options) == (first.sid, TOLD)
    await world.do(close_conference, world.account.sid, first.sid, EndReason.API, now=world.now)
    assert (await opened(world)).sid != first.sid


async def test_callbacks_are_numbered_and_go_out_one_by_one(world: World) -> None:
    """The next one waits until the one before it is done with, however late that is."""
    conference = await opened(world)
    alice = await entered(world, conference, "CA" + "1" * 32, Seat(label="host"))
    muted = msgspec.structs.replace(alice, muted=True, hold=True)
    await world.do(change_participant, conference, alice, muted, now=world.now)
    await world.do(start_conference, world.account.sid, conference.sid, now=world.now)
    await world.do(leave_conference, conference, muted, LeaveReason.HUNG_UP, call_status="completed", now=world.now)
    await world.do(end_when_empty, world.account.sid, conference.sid, EndReason.LAST_LEFT, by=muted, now=world.now)
    params = await told(world)
    assert [each["StatusCallbackEvent"] for each in params] == [
        "participant-join",
        "participant-mute",
        "participant-hold",
        "conference-start",
        "participant-leave",
        "conference-end",
    ]
    assert [each["SequenceNumber"] for each in params] == ["1", "2", "3", "4", "5", "6"]
    assert params[-1]["ParticipantLabelEndingConference"] == "host"


async def test_who_leaves_twice_is_told_of_once(world: World) -> None:
    """The row is gone with the first."""
    conference = await opened(world)
    alice = await entered(world, conference, "CA" + "1" * 32)
    for _ in range(2):
        await world.do(leave_conference, conference, alice, LeaveReason.HUNG_UP, call_status="completed", now=world.now)
    assert [each["StatusCallbackEvent"] for each in await told(world)] == ["participant-join", "participant-leave"]


async def test_what_becomes_of_a_call_shows_in_its_participant(world: World) -> None:
    """From the queue to the conference, and when it is busy."""
    first = await invited(world)
    assert await shown(world, first) == [(first.call_sid, "queued")]
    (call,) = await dialled(world)
    assert await shown(world, first) == [(first.call_sid, "connecting")]
    await world.do(move_call, call, CallStatus.RINGING, now=world.now, sentence="rings")
    assert await shown(world, first) == [(first.call_sid, "ringing")]
    await world.do(move_call, call, CallStatus.IN_PROGRESS, now=world.now, sentence="answered")
    assert await shown(world, first) == [(first.call_sid, "connecting")]
    await entered(world, await now_is(world, first.conference_sid), first.call_sid)
    assert await shown(world, first) == [(first.call_sid, "connected")]


async def test_a_conference_to_which_nobody_gets_is_over(world: World) -> None:
    """With the last of those who were called: the one that was canceled in the queue, too."""
    first, second = await invited(world), await invited(world)
    calls = await dialled(world)
    await world.do(move_call, calls[0], CallStatus.BUSY, now=world.now, sentence="busy")
    assert not (await now_is(world, first.conference_sid)).is_over
    assert await shown(world, first) == [(second.call_sid, "connecting")]
    third = await invited(world)
    waiting = await world.do(load_call, world.account.sid, third.call_sid)
    assert waiting is not None
    await world.do(move_call, calls[1], CallStatus.NO_ANSWER, now=world.now, sentence="nobody")
    await world.do(update_call, waiting, UpdateCall(status=CallStatus.CANCELED), now=world.now)
    assert (await now_is(world, first.conference_sid)).reason_conference_ended is EndReason.LAST_LEFT
    assert [each.get("ReasonParticipantLeft") for each in await told(world)] == ["participant_add_failed"] * 3 + [None]


async def test_who_waits_for_a_conference_that_is_over_is_not_dialled(world: World) -> None:
    """Its call is canceled; those whose phones ring are named, so that they are hung up."""
    first = await invited(world)
    await dialled(world)
    second = await invited(world)
    ringing = await world.do(close_conference, world.account.sid, first.conference_sid, EndReason.API, now=world.now)
    assert ringing == [first.call_sid]
    assert await dialled(world) == []
    call = await world.do(load_call, world.account.sid, second.call_sid)
    assert call is not None
    assert call.status is CallStatus.CANCELED


async def test_a_call_knows_how_it_takes_part_by_now(world: World) -> None:
    """REST may have changed that while its phone rang."""
    first = await invited(world, seat=Seat(label="agent"))
    (call,) = await dialled(world)
    assert call.options.conference is not None
    muted = msgspec.structs.replace(first, muted=True)
    conference = await now_is(world, first.conference_sid)
    await world.do(change_participant, conference, first, muted, now=world.now)
    assert await world.do(awaited_seat, call, call.options.conference) == Seat(label="agent", muted=True)


@pytest.mark.parametrize(
    ("room", "seat", "code"),
    [
        ("x" * 129, PLAIN, Code.INVALID_PARAMETER),
        ("CF" + "0" * 32, PLAIN, Code.CONFERENCE_OVER),
        ("room", Seat(label="agent"), Code.LABEL_IN_USE),
        ("room", Seat(coaches="CA" + "0" * 32), Code.COACHED_ABSENT),
    ],
)
async def test_a_refusal_leaves_nothing(world: World, room: str, seat: Seat, code: Code) -> None:
    """Neither a call nor a participant nor a conference."""
    first = await invited(world, seat=Seat(label="agent"))
    with pytest.raises(ApiError) as refusal:
        await invited(world, room=room, seat=seat)
    assert refusal.value.code is code
    assert await shown(world, first) == [(first.call_sid, "queued")]
    assert len(await dialled(world)) == 1


async def test_a_crash_leaves_nobody_in_a_conference(world: World) -> None:
    """Who was in one has left, and it is over; who waits to be dialled for another still is."""
    live = await opened(world)
    await entered(world, live, "CA" + "1" * 32, Seat(label="host"))
    await entered(world, live, "CA" + "2" * 32)
    await world.do(start_conference, world.account.sid, live.sid, now=world.now)
    ringing = await invited(world, room="rings")
    await dialled(world)
    waiting = await invited(world, room="waits")
    await world.do(close_lost_calls, {}, now=world.now)
    over = await now_is(world, live.sid)
    assert (over.status, over.reason_conference_ended) == (ConferenceStatus.COMPLETED, EndReason.LAST_LEFT)
    assert (await now_is(world, ringing.conference_sid)).is_over
    assert await shown(world, ringing) == []
    assert (await now_is(world, waiting.conference_sid)).status is ConferenceStatus.INIT
    assert await shown(world, waiting) == [(waiting.call_sid, "queued")]
    await world.do(close_lost_calls, {}, now=world.now)
    assert (await now_is(world, waiting.conference_sid)).status is ConferenceStatus.INIT
