"""Calls as actions: from the request to the end, with the callbacks that tell of it."""

import msgspec
import pytest
from tests.unit.actions.world import NUMBER, PERSON, World

from hookflash.actions.begin_dials import Dialling, begin_dials
from hookflash.actions.check_callee import CallRules
from hookflash.actions.close_lost_calls import close_lost_calls, lost_recordings
from hookflash.actions.create_call import CreateCall, create_call
from hookflash.actions.create_child_call import create_child_call
from hookflash.actions.load_call import load_call
from hookflash.actions.move_call import move_call, note_answered_by
from hookflash.actions.move_message import IllegalMoveError
from hookflash.actions.move_recording import finish_recording, move_recording, start_recording
from hookflash.actions.receive_call import IncomingCall, Unwanted, receive_call
from hookflash.actions.status_callback import StatusCallback
from hookflash.actions.update_call import Live, UpdateCall, update_call
from hookflash.domain.account import AccountSettings, AccountStatus
from hookflash.domain.call import CALL_MOVES, Call, CallEvent, CallOptions, CallStatus, DetectOptions, Source
from hookflash.domain.call_address import parse_callee
from hookflash.domain.recording import Recording, RecordingEvent, RecordingSource, RecordingStatus, RecordOptions
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.webhooks.sign import Channel

_S = CallStatus
RULES = CallRules(calls_per_second=2.0)
PLAIN = CallOptions()
ALL_EVENTS = tuple(CallEvent)
TOLD = "https://app.example/told"


async def created(world: World, *, rules: CallRules = RULES, options: CallOptions = PLAIN, **more: str) -> Call:
    wanted = CreateCall(**{"to": PERSON, "sender": NUMBER, "url": "https://a.example/", **more}, options=options)
    return await world.do(create_call, wanted, account=world.account, now=world.now, rules=rules)


async def dialled(world: World) -> list[Dialling]:
    return await world.do(begin_dials, await world.lease("dial"), now=world.now)


async def moved(world: World, call: Call, to: CallStatus, after: int = 1_000) -> None:
    world.now += after
    await world.do(move_call, call, to, now=world.now, sentence="by hand")


async def told(world: World) -> list[StatusCallback]:
    jobs = await world.lease("callback")
    for job in jobs:
        await world.do(outbox.finish, job)
    return [msgspec.json.decode(job.payload, type=StatusCallback) for job in jobs]


async def live_call(world: World, options: CallOptions = PLAIN) -> Call:
    """One that was dialled and answered; its callbacks are not looked at."""
    await created(world, options=options)
    (dialling,) = await dialled(world)
    await moved(world, dialling.call, _S.IN_PROGRESS)
    await told(world)
    return dialling.call


async def test_a_call_tells_each_event_in_order(world: World) -> None:
    """initiated, ringing, answered, completed: each once, numbered from 0, the last with both durations."""
    await created(world, options=CallOptions(status_callback=TOLD, status_callback_events=ALL_EVENTS))
    (dialling,) = await dialled(world)
    call = dialling.call
    await moved(world, call, _S.RINGING)
    await moved(world, call, _S.IN_PROGRESS)
    await moved(world, call, _S.COMPLETED, after=61_000)
    callbacks = await told(world)
    assert [each.params["CallStatus"] for each in callbacks] == ["initiated", "ringing", "in-progress", "completed"]
    assert [each.params["SequenceNumber"] for each in callbacks] == ["0", "1", "2", "3"]
    assert {each.params["CallbackSource"] for each in callbacks} == {"call-progress-events"}
    assert {each.channel for each in callbacks} == {Channel.VOICE}
    last = callbacks[-1].params
    assert (last["CallDuration"], last["Duration"], last["Direction"]) == ("61", "2", "outbound-api")
    assert (last["From"], last["Caller"], last["To"], last["Called"]) == (NUMBER, NUMBER, PERSON, PERSON)
    assert last["Timestamp"] == "Tue, 14 Nov 2023 22:14:23 +0000"
    assert "CallDuration" not in callbacks[0].params


async def test_only_the_end_is_told_when_no_event_is_named(world: World) -> None:
    """The default of StatusCallbackEvent is completed, which stands for any end; it is then number 0."""
    await created(world, options=CallOptions(status_callback=TOLD, status_callback_method="GET"))
    (dialling,) = await dialled(world)
    await moved(world, dialling.call, _S.RINGING)
    world.now += 60_000
    await world.do(move_call, dialling.call, _S.NO_ANSWER, now=world.now, sentence="rang out", sip_status=487)
    (callback,) = await told(world)
    assert callback.method == "GET"
    params = callback.params
    assert (params["CallStatus"], params["CallDuration"], params["SipResponseCode"]) == ("no-answer", "0", "487")
    assert params["SequenceNumber"] == "0"
    assert "Duration" not in params


async def test_calls_leave_at_the_pace_of_their_account(world: World) -> None:
    """At two a second the third call leaves a second after the first; a setting of the account goes before."""
    for _ in range(3):
        await created(world)
    assert len(await dialled(world)) == 1
    world.now += 999
    assert len(await dialled(world)) == 1
    world.now += 1
    (third,) = await dialled(world)
    assert third.call.queue_time == 1_000
    await world.set_account(settings=AccountSettings(calls_per_second=1_000.0))
    world.now += 10_000
    for _ in range(3):
        await created(world)
    world.now += 2
    assert len(await dialled(world)) == 3


async def test_a_queue_of_hours_is_full(world: World) -> None:
    """What would be dialled only in four hours is refused now, and takes no place in the queue."""
    slow = CallRules(calls_per_second=0.00005)
    await created(world, rules=slow)
    with pytest.raises(ApiError) as refused:
        await created(world, rules=slow)
    assert refused.value.code is Code.CALL_QUEUE_FULL
    assert await world.waiting("dial") == 1


async def test_a_call_of_a_suspended_account_fails_in_the_queue(world: World) -> None:
    """It is not dialled, and its application hears that it failed."""
    call = await created(world, options=CallOptions(status_callback=TOLD))
    await world.set_account(status=AccountStatus.SUSPENDED)
    assert await dialled(world) == []
    assert [each.params["CallStatus"] for each in await told(world)] == ["failed"]
    kept = await world.do(load_call, call.account_sid, call.sid)
    assert kept is not None
    assert (kept.status, kept.duration) == (_S.FAILED, 0)


@pytest.mark.parametrize("was", list(CallStatus))
async def test_the_table_of_moves_is_obeyed(world: World, was: CallStatus) -> None:
    """From each status exactly those that its row of the table names."""
    for to in CallStatus:
        call = await created(world)
        call.status = was
        if to in CALL_MOVES.get(was, ()):
            if was is _S.QUEUED:
                await moved(world, call, to)
        else:
            with pytest.raises(IllegalMoveError):
                await moved(world, call, to)


async def test_who_comes_first_wins(world: World) -> None:
    """A move by someone who read the call before another moved it changes nothing and tells nobody."""
    await created(world, options=CallOptions(status_callback=TOLD))
    (dialling,) = await dialled(world)
    stale = msgspec.structs.replace(dialling.call)
    await moved(world, dialling.call, _S.BUSY)
    with pytest.raises(IllegalMoveError):
        await moved(world, stale, _S.IN_PROGRESS)
    assert [each.params["CallStatus"] for each in await told(world)] == ["busy"]


# -- who may be called --


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("", Code.CALL_TO_REQUIRED),
        ("911", Code.CALL_BLOCKED),
        ("+1911", Code.CALL_BLOCKED),
        ("112", Code.CALL_BLOCKED),
        ("nobody", Code.INVALID_CALL_TO),
        ("sip:", Code.INVALID_CALL_TO),
        ("sip:a@b\r\nVia: x", Code.INVALID_CALL_TO),
        ("whatsapp:+14155551212", Code.INVALID_CALL_TO),
        ("app:AP00000000000000000000000000000000", Code.INVALID_CALL_TO),
        ("sip:a@b.example?Via=1", Code.INVALID_SIP_HEADER_NAME),
        ("sip:a@b.example?X-a=%0d%0aVia:1", Code.INVALID_SIP_HEADER_VALUE),
        ("sip:a@b.example?X-a=" + "x" * 1100, Code.SIP_HEADERS_TOO_LONG),
        ("+19005551212", Code.PREMIUM_NUMBER),
        ("+442079460018", Code.VOICE_GEO_PERMISSION),
        ("sim:DE00000000000000000000000000000000", Code.CALL_NOT_REACHABLE),
    ],
)
async def test_who_cannot_be_called(world: World, to: str, code: Code) -> None:
    """Nobody, the emergency services, premium numbers, and countries that are not allowed; no header is smuggled."""
    with pytest.raises(ApiError) as refused:
        await created(world, to=to, rules=CallRules(1.0, ("US", "CA")))
    assert refused.value.code is code


async def test_a_sip_address_is_called_from_any_name(world: World) -> None:
    """Its headers are for the INVITE and no part of the address."""
    call = await created(world, to="sip:bob@b.example;transport=tls?X-Order=7%208", sender="shop")
    assert (call.recipient, call.sender) == ("sip:bob@b.example;transport=tls", "shop")
    assert call.options.sip_headers == {"X-Order": "7 8"}


async def test_the_countries_of_an_account_go_before_those_of_the_server(world: World) -> None:
    """Its own list may be longer or shorter."""
    await world.set_account(settings=AccountSettings(voice_countries=("GB",)))
    assert (await created(world, to="+442079460018", rules=CallRules(1.0, ("US",)))).status is _S.QUEUED
    with pytest.raises(ApiError):
        await created(world, rules=CallRules(1.0, ("US",)))


async def test_a_forwarded_call_shows_its_caller(world: World) -> None:
    """The CallToken of an incoming call allows the number of its caller, and no other, as From."""
    incoming = await receive(world)
    assert isinstance(incoming, Call)
    token = incoming.options.params["CallToken"]
    with pytest.raises(ApiError):
        await created(world, to="+14155550999", sender=PERSON)
    assert (await created(world, to="+14155550999", sender=PERSON, call_token=token)).sender == PERSON
    with pytest.raises(ApiError):
        await created(world, to="+14155550999", sender="+14155550998", call_token=token)


async def test_a_document_beside_a_url_is_told(world: World) -> None:
    """The URL wins, and the debugger says so: 32019."""
    await created(world)
    assert await world.alerts() == []
    await created(world, twiml="<Response/>")
    assert await world.alerts() == [32019]


# -- in --


async def receive(world: World, to: str = NUMBER) -> Call | Unwanted:
    wanted = IncomingCall(sender=PERSON, recipient=to, carrier="simulated", sender_name="ANNE")
    return await world.do(receive_call, wanted, now=world.now)


async def test_an_incoming_call_begins_with_the_document_of_its_number(world: World) -> None:
    """Ringing, with the number's URL and callback; the caller's name is told only where it was asked for."""
    await world.number("+14155550177", voice_url="https://a.example/v", voice_method="GET", status_callback=TOLD)
    call = await receive(world, "+14155550177")
    assert isinstance(call, Call)
    assert (call.status, call.direction.value, call.caller_name) == (_S.RINGING, "inbound", None)
    assert call.options.source == Source(url="https://a.example/v", method="GET")
    await moved(world, call, _S.IN_PROGRESS)
    await moved(world, call, _S.COMPLETED)
    assert [each.params["CallStatus"] for each in await told(world)] == ["completed"]


async def test_a_number_of_nobody_is_refused(world: World) -> None:
    """With the SIP status that says so; and that of a suspended account with another."""
    assert await receive(world, "+14155550198") == Unwanted(404, "No account here has this number, or not for calls")
    await world.set_account(status=AccountStatus.SUSPENDED)
    refused = await receive(world)
    assert isinstance(refused, Unwanted)
    assert refused.status == 403


# -- children --


async def test_a_dialled_leg_is_a_call_of_its_own(world: World) -> None:
    """Below its parent, initiated at once, with callbacks of its own that name the parent."""
    parent = await live_call(world)
    callee = parse_callee("+14155550999")
    assert callee is not None
    options = CallOptions(status_callback=TOLD, status_callback_events=ALL_EVENTS)
    child = await world.do(
        create_child_call, parent, callee, sender=NUMBER, options=options, rules=RULES, now=world.now
    )
    assert (child.parent_call_sid, child.direction.value, child.is_waiting) == (parent.sid, "outbound-dial", False)
    (initiated,) = await told(world)
    assert initiated.params["ParentCallSid"] == parent.sid


# -- changes --


async def test_a_call_that_waits_is_canceled_without_a_word(world: World) -> None:
    """Of a call that never left the queue nobody is told; its place in the outbox goes."""
    call = await created(world, options=CallOptions(status_callback=TOLD, status_callback_events=ALL_EVENTS))
    assert await world.do(update_call, call, UpdateCall(status=_S.COMPLETED), now=world.now) is None
    assert call.status is _S.CANCELED
    assert await world.waiting("dial") == 0
    assert await told(world) == []


async def test_what_only_the_process_of_a_call_can_do_is_left_to_it(world: World) -> None:
    """Ending, redirecting, limiting: the row of a call in progress stays as it is."""
    call = await live_call(world)
    source = Source(twiml="<Response/>")
    assert await world.do(update_call, call, UpdateCall(source=source), now=world.now) == Live(source=source)
    assert call.options.source != source
    assert await world.do(update_call, call, UpdateCall(status=_S.COMPLETED), now=world.now) == Live(ends=True)
    with pytest.raises(ApiError, match="21220"):
        await world.do(update_call, call, UpdateCall(status=_S.CANCELED), now=world.now)
    await moved(world, call, _S.COMPLETED)
    with pytest.raises(ApiError, match="Cannot redirect"):
        await world.do(update_call, call, UpdateCall(source=source), now=world.now)


async def test_a_new_document_for_a_call_that_is_not_answered_is_what_it_begins_with(world: World) -> None:
    """In the queue nothing else is to be done; later its process hears of it too."""
    source = Source(url="https://b.example/")
    waiting = await created(world)
    assert await world.do(update_call, waiting, UpdateCall(source=source), now=world.now) is None
    (dialling,) = await dialled(world)
    assert dialling.call.options.source == source


# -- answering machines --


async def test_what_answered_is_told_where_the_call_did_not_wait(world: World) -> None:
    """Async detection has a callback of its own; documents do not carry AnsweredBy then, status callbacks do."""
    detect = DetectOptions(is_async=True, callback="https://app.example/amd")
    call = await live_call(world, CallOptions(detect=detect, status_callback=TOLD))
    await world.do(note_answered_by, call, "machine_start", ms=2_345, now=world.now)
    (found,) = await told(world)
    assert found.params == {
        "CallSid": call.sid,
        "AccountSid": call.account_sid,
        "AnsweredBy": "machine_start",
        "MachineDetectionDuration": "2345",
    }
    await moved(world, call, _S.COMPLETED)
    assert (await told(world))[0].params["AnsweredBy"] == "machine_start"


async def test_the_detection_of_2010_knows_machines_only(world: World) -> None:
    """IfMachine says human or machine, whatever was found."""
    call = await live_call(world, CallOptions(detect=DetectOptions(if_machine="Continue")))
    await world.do(note_answered_by, call, "machine_end_beep", ms=1, now=world.now)
    assert call.answered_by == "machine"


# -- recordings --


async def recorded(world: World, call: Call, **options: object) -> Recording:
    wanted = RecordOptions(status_callback=TOLD, status_callback_events=tuple(RecordingEvent), **options)  # type: ignore[arg-type]
    return await world.do(start_recording, call, wanted, source=RecordingSource.OUTBOUND_API, now=world.now)


async def test_a_recording_tells_its_beginning_and_its_end(world: World) -> None:
    """in-progress once, however often it pauses, then completed with its length; the URL has no suffix."""
    call = await live_call(world)
    recording = await recorded(world, call, channels=2)
    for to in (RecordingStatus.PAUSED, RecordingStatus.IN_PROGRESS):
        await world.do(move_recording, recording, to, now=world.now)
    await world.do(finish_recording, recording, length=4_600, now=world.now)
    first, last = [each.params for each in await told(world)]
    assert (first["RecordingStatus"], last["RecordingStatus"]) == ("in-progress", "completed")
    assert (last["RecordingDuration"], last["RecordingChannels"], last["RecordingSource"]) == ("5", "2", "OutboundAPI")
    assert last["RecordingUrl"] == f"/2010-04-01/Accounts/{call.account_sid}/Recordings/{recording.sid}"
    assert last["CallSid"] == call.sid


async def test_a_recording_of_nothing_is_absent(world: World) -> None:
    """And finishing it again changes nothing."""
    recording = await recorded(world, await live_call(world))
    await told(world)
    absent = await world.do(finish_recording, recording, length=0, now=world.now)
    again = await world.do(finish_recording, absent, length=1, now=world.now)
    assert (absent.status, again.status) == (RecordingStatus.ABSENT, RecordingStatus.ABSENT)
    assert [each.params["RecordingStatus"] for each in await told(world)] == ["absent"]


async def test_the_end_of_a_call_made_with_record_names_its_recording(world: World) -> None:
    """RecordingUrl, RecordingSid and RecordingDuration are for Record=true only."""
    options = CallOptions(status_callback=TOLD, record=RecordOptions())
    call = await live_call(world, options)
    recording = await world.do(
        start_recording, call, RecordOptions(), source=RecordingSource.OUTBOUND_API, now=world.now
    )
    await world.do(finish_recording, recording, length=3_000, now=world.now)
    await moved(world, call, _S.COMPLETED)
    (last,) = await told(world)
    assert (last.params["RecordingSid"], last.params["RecordingDuration"]) == (recording.sid, "3")


# -- after a crash --


async def test_calls_of_a_dead_process_are_closed(world: World) -> None:
    """The answered one is completed as of when it was last heard of, the ringing one failed, the queued one waits."""
    options = CallOptions(status_callback=TOLD)
    answered = await live_call(world, options)
    recording = await recorded(world, answered)
    world.now += 1_000
    await created(world, options=options)
    (ringing,) = await dialled(world)
    waiting = await created(world)
    await told(world)
    world.now += 3_600_000
    assert [row.sid for row in await world.do(lost_recordings)] == [recording.sid]
    assert await world.do(close_lost_calls, {recording.sid: 9_000}, now=world.now) == 2
    found = [await world.do(load_call, world.account.sid, sid) for sid in (answered.sid, ringing.call.sid, waiting.sid)]
    assert [(call.status.value, call.duration) for call in found if call] == [
        ("completed", 9),
        ("failed", 0),
        ("queued", None),
    ]
    said = {each.params.get("RecordingStatus") or each.params["CallStatus"] for each in await told(world)}
    assert said == {"completed", "failed"}
    assert await world.do(close_lost_calls, {}, now=world.now) == 0
