"""Calls that REST disturbs at the worst moment, and calls beside which something fails: none lives on as a ghost."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from tests.scenarios.runner.call_support import NUMBER, RULES, CallWorld, FastClock

from hookflash.actions.create_call import CreateCall
from hookflash.actions.create_participant import CreateParticipant, create_participant
from hookflash.domain.call import CallOptions, CallStatus, DetectOptions, Source
from hookflash.domain.conference import ConferenceOptions, Seat
from hookflash.domain.payment import PaymentMethod, Rules
from hookflash.domain.payment_order import PaymentOrder, PaymentStatus, PaymentUnderWayError
from hookflash.domain.recording import Recording, RecordOptions
from hookflash.domain.transcription import LiveStatus
from hookflash.runtime.calls.live_call import LiveCall
from hookflash.runtime.calls.script import MOST_TOLD_DOCUMENTS
from hookflash.runtime.paying.sessions import PaymentSessions
from hookflash.switch.leg import Detected
from hookflash.switch.protocol import Detect
from hookflash.testing.leg import ScriptedLeg

ROOM = '<Dial><Conference waitUrl="" beep="false">room</Conference></Dial>'


async def elsewhere(calls: CallWorld, sid: str) -> None:
    """REST sends the call to the page `/elsewhere`."""
    await calls.runner.redirect(sid, Source(url=f"{calls.base}/elsewhere"))


async def two_in_room(calls: CallWorld) -> tuple[str, ScriptedLeg, ScriptedLeg]:
    """Two callers who hear each other; the SID is that of the first one's call."""
    first, sid = await calls.start()
    second, _ = await calls.start()
    await in_room(first)
    await in_room(second)
    return sid, first, second


async def in_room(leg: ScriptedLeg) -> None:
    async with asyncio.timeout(5):
        while not leg.room:  # noqa: ASYNC110 - the leg says where it is by being there
            await asyncio.sleep(0)


async def test_what_fails_beside_a_call_does_not_end_it(calls: CallWorld) -> None:
    """A detection that the switch cannot do is told to the debugger; the document goes on, the row ends as usual."""

    async def fail(command: Detect) -> Detected:
        raise OSError("no audio to be judged")

    def answers(leg: ScriptedLeg) -> None:
        leg.detect = fail  # type: ignore[method-assign]
        leg.at(0.1, leg.pick_up)

    calls.pages["/voice"] = "<Pause/><Say>Still here</Say>"
    leg = await calls.place(answers, detect=DetectOptions(is_async=True))
    assert "Still here" in " ".join(leg.heard)
    assert await calls.status() is CallStatus.COMPLETED
    assert await calls.alerts() == [12400]


async def test_who_is_sent_elsewhere_twice_leaves_a_conference_once(calls: CallWorld) -> None:
    """The second order comes while the first is carried out: the conference ends, and the next of its name begins."""
    calls.pages |= {"/voice": ROOM, "/elsewhere": "<Say>Elsewhere</Say>"}
    sid, alice, carol = await two_in_room(calls)
    carol.go()
    while calls.runner.busy > 1:  # noqa: ASYNC110 - the runner says who is there by their number
        await asyncio.sleep(0)
    await elsewhere(calls, sid)
    for _ in range(3):
        await asyncio.sleep(0)
        await elsewhere(calls, sid)
    await calls.over()
    assert "Elsewhere" in " ".join(alice.heard)
    _, bob, dave = await two_in_room(calls)
    bob.go()
    dave.go()
    await calls.over()


async def test_who_is_sent_elsewhere_as_a_conference_ends_leaves_it_whole(calls: CallWorld) -> None:
    """The order comes while the last one leaves: the next conference of the name begins all the same."""
    calls.pages |= {"/voice": ROOM, "/elsewhere": "<Say>Elsewhere</Say>"}
    sid, alice, carol = await two_in_room(calls)
    carol.go()
    while calls.runner.busy > 1:  # noqa: ASYNC110 - the runner says who is there by their number
        await asyncio.sleep(0)
    kicking = asyncio.create_task(calls.runner.conferences.kick(alice.room, sid))
    while alice.room:  # noqa: ASYNC110 - the leg says where it is by being there
        await asyncio.sleep(0)
    await elsewhere(calls, sid)
    await kicking
    await calls.over()
    _, bob, dave = await two_in_room(calls)
    bob.go()
    dave.go()
    await calls.over()
    assert "Elsewhere" in " ".join(alice.heard)


async def test_a_recording_is_not_begun_for_a_call_that_is_sent_elsewhere(calls: CallWorld) -> None:
    """The order comes while its row is written: the row does not stay live."""
    calls.pages |= {"/voice": "<Record/>", "/elsewhere": "<Pause length='30'/>"}

    def ordered(leg: ScriptedLeg) -> None:
        leg.when("answered", lambda: asyncio.ensure_future(elsewhere(calls, sids[0])))

    sids: list[str] = []
    _, sid = await calls.start(ordered)
    sids.append(sid)
    await calls.over()
    (recording,) = await calls.recordings()
    assert not recording.is_live
    assert (recording.length or 0) < 1_000


async def test_a_transcription_is_not_begun_for_a_call_that_is_sent_elsewhere(calls: CallWorld) -> None:
    """The order comes while its row is written: the row does not stay live."""
    start = '<Start><Transcription/></Start><Pause length="60"/>'
    calls.pages |= {"/voice": f"<Say>Hello</Say>{start}", "/elsewhere": "<Pause length='30'/>"}
    sids: list[str] = []

    def listened(leg: ScriptedLeg) -> None:
        hear = leg.hear

        def then_leave(track: str = "inbound") -> Any:
            asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(elsewhere(calls, sids[0])))
            return hear(track)

        leg.hear = then_leave  # type: ignore[method-assign]

    _, sid = await calls.start(listened)
    sids.append(sid)
    await calls.over()
    (row,) = await calls.transcriptions()
    assert row.status is LiveStatus.STOPPED


async def recorded(calls: CallWorld) -> tuple[ScriptedLeg, LiveCall, Recording]:
    """A call that REST has recorded from its answer on."""
    calls.pages["/voice"] = '<Say>Hello</Say><Pause length="600"/>'
    leg, sid = await calls.start()
    async with asyncio.timeout(5):
        while not leg.is_answered:  # noqa: ASYNC110 - the leg says so by being answered
            await asyncio.sleep(0)
    recording = await calls.runner.start_recording(sid, RecordOptions())
    await asyncio.sleep(0)
    return leg, calls.runner.call(sid), recording


async def test_secrets_are_recorded_by_nobody_until_the_last_is_entered(calls: CallWorld) -> None:
    """Of two payments that take keys at once, the first to be done does not uncover the other; nor does REST."""
    leg, call, recording = await recorded(calls)
    async with call.tapes.deaf():
        async with call.tapes.deaf():
            pass
        await calls.runner.pause_recording(recording, silence=True)
        await calls.runner.resume_recording(recording)
        assert "resumes" not in leg.done
    assert leg.done[-1] == "resumes"
    leg.go()


async def test_a_recording_that_was_paused_stays_so_after_a_secret(calls: CallWorld) -> None:
    """Who has paused it resumes it."""
    leg, call, recording = await recorded(calls)
    await calls.runner.pause_recording(recording, silence=True)
    async with call.tapes.deaf():
        pass
    assert "resumes" not in leg.done
    await calls.runner.resume_recording(recording)
    assert leg.done[-1] == "resumes"
    leg.go()


async def test_a_recording_that_is_stopped_before_it_may_begin_does_not_begin(calls: CallWorld) -> None:
    """It was asked for while a secret was entered, and ends at once."""
    leg, call, recording = await recorded(calls)
    await calls.runner.stop_recording(recording)
    before = len(leg.done)
    async with call.tapes.deaf():
        late = await calls.runner.start_recording(call.row.sid, RecordOptions())
        async with asyncio.timeout(5):
            await calls.runner.stop_recording(late)
    await asyncio.sleep(0)
    assert leg.done[before:] == []
    leg.go()


async def test_a_payment_that_is_being_made_is_made(calls: CallWorld) -> None:
    """Money may move already: nothing more is asked of it, and a hang-up does not undo it."""
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def charge(request: web.Request) -> web.Response:
        asked.set()
        await may_answer.wait()
        return web.json_response({"charge_id": "ch_1"})

    calls.pages["/charge"] = charge
    leg, call, _ = await recorded(calls)
    payments = PaymentSessions(calls.runner.call)
    order = PaymentOrder(rules=Rules(method=PaymentMethod.ACH_DEBIT), connector="Gateway", amount="20.45")
    row = await payments.begin(call.row.sid, order, url="https://app.example/paying", key="1")
    session = payments.get(row.sid)
    for field, keys in (("bank-routing-number", "110000000"), ("bank-account-number", "12345#")):
        keyed = len(leg.done)
        await session.capture(field)
        await asyncio.sleep(0)
        leg.press(keys)
        async with asyncio.timeout(5):
            while "resumes" not in leg.done[keyed:]:  # noqa: ASYNC110 - it is recorded again once all is keyed
                await asyncio.sleep(0)
    await session.complete()
    await asked.wait()
    for late in (session.cancel(), session.complete(), session.capture("bank-account-number")):
        with pytest.raises(PaymentUnderWayError):
            await late
    leg.go()
    await asyncio.sleep(0.01)
    may_answer.set()
    await calls.over()
    assert session.row.status is PaymentStatus.COMPLETED
    told = [params for params in await calls.waiting_callbacks() if "Required" in params]  # and not of the call
    assert told[-1]["PaymentConfirmationCode"] == "ch_1"


async def test_nothing_hears_a_leg_that_it_has_left(calls: CallWorld) -> None:
    """An agent who goes from conference to conference all day does not carry all of them along."""
    page = f"{calls.base}/voice"
    calls.pages["/voice"] = f'<Dial action="{page}"><Conference waitUrl="" beep="false">room</Conference></Dial>'
    sid, agent, caller = await two_in_room(calls)
    watching = len(agent._watchers)
    for _ in range(3):
        await calls.runner.conferences.kick(agent.room, sid)
        await in_room(agent)
    assert len(agent._watchers) == watching
    agent.go()
    caller.go()
    await calls.over()


async def test_documents_that_go_on_all_day_fill_no_timeline(calls: CallWorld) -> None:
    """A call that polls its application is told of in full at first, and not for ever."""
    calls.pages["/voice"] = f"<Pause/><Redirect>{calls.base}/voice</Redirect>"
    await calls.come_in(script=lambda leg: leg.at(450, leg.go))
    asked = len(calls.paths())
    assert asked > 1.5 * MOST_TOLD_DOCUMENTS
    told = await calls.timeline((await calls.call()).sid)
    assert len(told) < 5 * MOST_TOLD_DOCUMENTS
    assert sum("<Pause>" in sentence for sentence in told) == MOST_TOLD_DOCUMENTS


async def test_who_is_heard_ringing_in_a_room_and_sent_elsewhere_is_heard_there_no_more(calls: CallWorld) -> None:
    """A phone that sends something before it is answered is heard by those in the conference, until it is answered."""
    calls.pages |= {"/voice": ROOM, "/elsewhere": "<Say>Elsewhere</Say>"}
    _, alice, bob = await two_in_room(calls)
    phone = "+14155550333"
    calls.places.phones[phone] = lambda leg: leg.at(0.1, lambda: leg.ring_there(media=True))
    call = CreateCall(to=phone, sender=NUMBER, url=calls.base, options=CallOptions(source=Source(url=calls.base)))
    wanted = CreateParticipant(call=call, seat=Seat(), options=ConferenceOptions())
    account, now = calls.world.account, FastClock().now()
    row = await calls.world.do(create_participant, wanted, "room", account=account, now=now, rules=RULES)
    await calls.dial()
    leg = calls.places.legs[phone]
    await in_room(leg)
    await elsewhere(calls, row.call_sid)
    leg.pick_up()
    async with asyncio.timeout(5):
        while not leg.heard:  # noqa: ASYNC110 - the leg says what it hears by having heard it
            await asyncio.sleep(0)
    assert (leg.room, leg.heard) == ("", ["Elsewhere"])
    alice.go()
    bob.go()
    await calls.over()
