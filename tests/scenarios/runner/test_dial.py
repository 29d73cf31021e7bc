"""`<Dial>`: what both ends see and hear of it, and what the application learns."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from tests.scenarios.runner.call_support import NUMBER, OTHER, PERSON, THIRD, CallWorld, Script

from hookflash.domain.call import CallStatus, Source
from hookflash.switch.leg import Detected
from hookflash.testing.leg import ScriptedLeg

ALICE, BOB = THIRD, "+14155550444"


def answering(spoken: float = 10) -> Script:
    """A phone that rings, is answered, and hangs up when the two have spoken so long."""

    def script(leg: ScriptedLeg) -> None:
        leg.at(1, leg.ring_there).at(3, leg.pick_up)
        leg.when("bridged with 1", lambda: leg.at(leg.now + spoken, leg.go))

    return script


def ringing(leg: ScriptedLeg) -> None:
    """A phone that nobody answers."""
    leg.at(1, leg.ring_there)


def refusing(cause: str, status: int, at: float = 2) -> Script:
    return lambda leg: leg.at(at, lambda: leg.go(cause, status=status))


async def dial(
    calls: CallWorld, verb: str, script: Script = lambda leg: None, **phones: Script
) -> tuple[ScriptedLeg, dict[str, str]]:
    """Run a document with a `<Dial action="/after">`; the caller's leg, and what the action learns."""
    calls.places.phones |= {{"alice": ALICE, "bob": BOB}.get(name, name): phone for name, phone in phones.items()}
    calls.pages.setdefault("/after", "<Say>After</Say>")
    leg = await calls.come_in(verb, script)
    return leg, calls.params("/after") if "/after" in calls.paths() else {}


def child(calls: CallWorld) -> Any:
    return calls.places.dialled[-1]


async def test_two_people_speak(calls: CallWorld) -> None:
    """The caller hears ringing, both are joined, and the action learns how long it was."""
    leg, params = await dial(calls, f"<Dial action='/after'>{ALICE}</Dial>", alice=answering())
    alice = calls.places.legs[ALICE]
    assert leg.done[:3] == ["rings", "answered", "hears ringback.us"]
    assert leg.done[3:] == [f"bridged with {alice.number}", "unbridged", "hears After", "gone local"]
    assert alice.done == ["answered", "bridged with 1", "gone remote", "unbridged"]
    assert (params["DialCallStatus"], params["DialBridged"]) == ("completed", "true")
    assert 0 < int(params["DialCallDuration"]) <= leg.now
    assert params["DialCallSid"] == child(calls).sid


async def test_the_child_is_a_call_of_its_own(calls: CallWorld) -> None:
    """Its row is below the caller's, shows the caller, and ends by itself."""
    await dial(calls, f"<Dial>{ALICE}</Dial>", alice=answering())
    parent, row = await calls.calls()
    assert (row.parent_call_sid, row.direction, row.sender, row.recipient, row.status) == (
        parent.sid,
        "outbound-dial",
        PERSON,
        ALICE,
        CallStatus.COMPLETED,
    )


@pytest.mark.parametrize(
    ("phone", "status"),
    [
        (refusing("busy", 486), "busy"),
        (refusing("rejected", 600), "busy"),
        (refusing("rejected", 404), "failed"),
        (ringing, "no-answer"),
    ],
)
async def test_nobody_is_reached(calls: CallWorld, phone: Script, status: str) -> None:
    """The action learns why, and its document goes on; nobody was joined."""
    leg, params = await dial(calls, f"<Dial action='/after' timeout='5'>{ALICE}</Dial>", alice=phone)
    assert (params["DialCallStatus"], params["DialBridged"], leg.heard[-1]) == (status, "false", "After")
    assert "DialCallDuration" not in params


async def test_without_action_the_next_verb_runs(calls: CallWorld) -> None:
    """After a failure, and after a call that ended."""
    leg, _ = await dial(calls, f"<Dial>{ALICE}</Dial><Say>Next</Say>", alice=refusing("busy", 486))
    assert leg.heard[-1] == "Next"
    leg, _ = await dial(calls, f"<Dial>{ALICE}</Dial><Say>Next</Say>", alice=answering())
    assert leg.heard[-1] == "Next"


async def test_timeout_has_a_buffer(calls: CallWorld) -> None:
    """Phones ring 5 seconds longer than it says."""
    await dial(calls, f"<Dial timeout='20'>{ALICE}</Dial>", alice=refusing("no_answer", 487))
    assert calls.places.ring_ms == 25_000


async def test_the_first_of_several_wins(calls: CallWorld) -> None:
    """All ring at once; who answers first is joined, the others stop ringing."""
    verb = f"<Dial action='/after'><Number>{ALICE}</Number><Number>{BOB}</Number></Dial>"
    leg, params = await dial(calls, verb, alice=ringing, bob=answering())
    alice, bob = calls.places.legs[ALICE], calls.places.legs[BOB]
    assert f"bridged with {bob.number}" in leg.done
    assert alice.done == ["gone canceled"]
    statuses = {row.recipient: row.status for row in await calls.calls()}
    assert (statuses[ALICE], statuses[BOB]) == (CallStatus.CANCELED, CallStatus.COMPLETED)
    assert params["DialCallStatus"] == "completed"


async def test_sequential(calls: CallWorld) -> None:
    """One after the other, until somebody answers."""
    verb = f"<Dial sequential='true' action='/after'><Number>{ALICE}</Number><Number>{BOB}</Number></Dial>"
    leg, params = await dial(calls, verb, alice=refusing("busy", 486), bob=answering())
    assert [call.recipient for call in calls.places.dialled] == [ALICE, BOB]
    assert f"bridged with {calls.places.legs[BOB].number}" in leg.done
    assert params["DialCallStatus"] == "completed"


async def test_the_caller_hangs_up_while_it_rings(calls: CallWorld) -> None:
    """The phone stops ringing; the action is requested, and nothing of it runs."""
    leg, params = await dial(
        calls,
        f"<Dial action='/after'>{ALICE}</Dial>",
        lambda leg: leg.when("hears ringback.us", lambda: leg.at(leg.now + 4, leg.go)),
        alice=ringing,
    )
    assert calls.places.legs[ALICE].done == ["gone canceled"]
    assert (params["CallStatus"], params["DialCallStatus"]) == ("completed", "canceled")
    assert leg.done[-1] == "gone remote"


async def test_the_caller_hangs_up_while_they_speak(calls: CallWorld) -> None:
    """The other is hung up too, and the action learns how long it was."""
    leg, params = await dial(
        calls,
        f"<Dial action='/after'>{ALICE}</Dial>",
        lambda leg: leg.when("bridged with 100", lambda: leg.at(leg.now + 30, leg.go)),
        alice=answering(spoken=9_999),
    )
    assert calls.places.legs[ALICE].done[-1] == "gone local"
    assert (params["CallStatus"], params["DialCallStatus"]) == ("completed", "completed")
    assert 30 <= int(params["DialCallDuration"]) <= leg.now


@pytest.mark.parametrize("next_verb", ["<Redirect>/after</Redirect>", "<Sms>Goodbye</Sms>", "<Say>Next</Say>"])
async def test_nothing_follows_a_caller_who_is_gone(calls: CallWorld, next_verb: str) -> None:
    """A Dial without action leads to the next verb only while the caller is there."""
    leg, params = await dial(
        calls,
        f"<Dial>{ALICE}</Dial>{next_verb}",
        lambda leg: leg.when("bridged with 100", lambda: leg.at(leg.now + 3, leg.go)),
        alice=answering(spoken=9_999),
    )
    assert (params, leg.done[-2:]) == ({}, ["gone remote", "unbridged"])
    timeline = await calls.timeline((await calls.call()).sid)
    assert not [sentence for sentence in timeline if sentence.startswith(("<Redirect>", "<Sms>", "<Say>"))]


async def test_hangup_on_star(calls: CallWorld) -> None:
    """The caller's * ends the other call, other keys do nothing; without it, * does nothing either."""

    def script(leg: ScriptedLeg) -> None:
        leg.when(
            "bridged with 100",
            lambda: leg.at(leg.now + 5, lambda: leg.press("5")).at(leg.now + 9, lambda: leg.press("*")),
        )

    verb = "<Dial action='/after' hangupOnStar='{}'>" + ALICE + "</Dial>"
    _, params = await dial(calls, verb.format("true"), script, alice=answering(spoken=9_999))
    assert (calls.places.legs[ALICE].done[-1], params["DialCallStatus"]) == ("gone local", "completed")
    calls.places.legs.clear()
    await dial(calls, verb.format("false"), script, alice=answering(spoken=60))
    assert calls.places.legs[ALICE].done[-2] == "gone remote"


async def test_time_limit(calls: CallWorld) -> None:
    """The two may speak so long; the caller's document goes on."""
    leg, params = await dial(
        calls, f"<Dial action='/after' timeLimit='20'>{ALICE}</Dial>", alice=answering(spoken=9_999)
    )
    assert 20 <= int(params["DialCallDuration"]) <= leg.now
    assert (calls.places.legs[ALICE].done[-1], leg.heard[-1]) == ("gone local", "After")


async def test_answer_on_bridge(calls: CallWorld) -> None:
    """The caller hears ringing by its own network, and is answered when somebody is there."""
    leg, _ = await dial(calls, f"<Dial answerOnBridge='true'>{ALICE}</Dial>", alice=answering())
    assert leg.done[:4] == ["rings", "rings", "answered", f"bridged with {calls.places.legs[ALICE].number}"]


async def test_answer_on_bridge_with_nobody(calls: CallWorld) -> None:
    """It is never answered."""
    leg, _ = await dial(calls, f"<Dial answerOnBridge='true'>{ALICE}</Dial>", alice=refusing("busy", 486))
    assert leg.done == ["rings", "rings", "gone rejected"]
    parent, _ = await calls.calls()
    assert parent.status is CallStatus.NO_ANSWER


@pytest.mark.parametrize(
    ("attribute", "heard", "codes"),
    [
        ("ringTone='uk'", "ringback.uk", []),
        ("ringTone='us-old'", "ringback.us-old", []),
        ("ringTone='xx'", "ringback.us", [13220]),
    ],
)
async def test_ring_tone(calls: CallWorld, attribute: str, heard: str, codes: list[int]) -> None:
    """What the caller hears while it rings."""
    leg, _ = await dial(calls, f"<Dial {attribute}>{ALICE}</Dial>", alice=answering())
    assert (leg.heard[0], await calls.alerts()) == (heard, codes)


async def test_early_media(calls: CallWorld) -> None:
    """What the callee's network sends before the answer is heard, in place of the tone."""

    def script(leg: ScriptedLeg) -> None:
        leg.at(1, lambda: leg.ring_there(media=True))
        leg.when("bridged with 1", lambda: leg.at(leg.now + 5, leg.pick_up).at(leg.now + 10, leg.go))

    leg, _ = await dial(calls, f"<Dial answerOnBridge='true'>{ALICE}</Dial>", alice=script)
    assert leg.done[1:4] == ["rings", "rings with media", f"bridged with {calls.places.legs[ALICE].number}"]


@pytest.mark.parametrize(
    ("attribute", "shown", "codes"),
    [
        ("", PERSON, []),
        (f"callerId='{OTHER}'", OTHER, []),
        (f"callerId='{PERSON}'", PERSON, []),
        ("callerId='(415) 555-0100'", NUMBER, []),
        ("callerId='+14155559999'", PERSON, [13214]),
        ("callerId='me'", PERSON, [13214]),
    ],
)
async def test_caller_id(calls: CallWorld, attribute: str, shown: str, codes: list[int]) -> None:
    """A number of the call or of the account; another is told, and the caller's is shown."""
    await dial(calls, f"<Dial {attribute}>{ALICE}</Dial>", alice=answering())
    assert (child(calls).sender, await calls.alerts()) == (shown, codes)


@pytest.mark.parametrize(("shown", "codes"), [("front-desk_1", []), ("+14155559999", []), ("no spaces", [13214])])
async def test_a_sip_address_may_be_shown_a_name(calls: CallWorld, shown: str, codes: list[int]) -> None:
    """Where only SIP addresses are rung, letters, digits and + - _ . may be shown, and any number."""
    uri = "sip:alice@pbx.example"
    calls.places.phones[uri] = answering()
    await dial(calls, f"<Dial callerId='{shown}'><Sip>{uri}</Sip></Dial>")
    assert (child(calls).sender, await calls.alerts()) == (shown if not codes else PERSON, codes)


async def test_whisper(calls: CallWorld) -> None:
    """Who answers hears a document first; meanwhile the caller hears ringing."""
    calls.pages["/whisper"] = "<Say>A call for you</Say>"
    verb = f"<Dial><Number url='/whisper' method='GET'>{ALICE}</Number></Dial>"
    leg, _ = await dial(calls, verb, alice=answering())
    alice = calls.places.legs[ALICE]
    assert alice.done[:3] == ["answered", "hears A call for you", "bridged with 1"]
    assert calls.params("/whisper")["CallSid"] == child(calls).sid
    assert calls.requests[-1].method == "GET"
    assert leg.done.index("hears ringback.us") < leg.done.index(f"bridged with {alice.number}")


async def test_a_whisper_may_be_a_sound(calls: CallWorld) -> None:
    """It is played to who answers, and then the two are joined."""
    calls.pages["/whisper"] = web.Response(body=b"whisper.mp3", content_type="audio/mpeg")
    await dial(calls, f"<Dial><Number url='/whisper'>{ALICE}</Number></Dial>", alice=answering())
    assert calls.places.legs[ALICE].done[:3] == ["answered", "hears whisper.mp3", "bridged with 1"]


async def test_a_whisper_may_refuse(calls: CallWorld) -> None:
    """A callee who presses nothing is hung up, and the caller is not joined."""
    calls.pages["/whisper"] = "<Gather numDigits='1' action='/take'><Say>Press one</Say></Gather><Hangup/>"
    verb = f"<Dial action='/after'><Number url='/whisper'>{ALICE}</Number></Dial>"
    _, params = await dial(calls, verb, alice=answering())
    assert (params["DialCallStatus"], params["DialBridged"]) == ("completed", "false")


async def test_a_whisper_may_ask(calls: CallWorld) -> None:
    """A document that leads to another is followed until one falls through."""
    calls.pages |= {
        "/whisper": "<Gather numDigits='1' action='/take'><Say>Press one</Say></Gather><Hangup/>",
        "/take": "<Say>Thanks</Say>",
    }

    def script(leg: ScriptedLeg) -> None:
        answering()(leg)
        leg.when("hears Press one", lambda: leg.press("1"))

    verb = f"<Dial action='/after'><Number url='/whisper'>{ALICE}</Number></Dial>"
    _, params = await dial(calls, verb, alice=script)
    assert params["DialBridged"] == "true"
    assert calls.places.legs[ALICE].heard == ["Press one", "Thanks"]


async def test_send_digits(calls: CallWorld) -> None:
    """Keys are pressed once it is answered, before the two are joined."""
    await dial(calls, f"<Dial><Number sendDigits='ww12'>{ALICE}</Number></Dial>", alice=answering())
    assert calls.places.legs[ALICE].done[:3] == ["answered", "gets keys ww12", "bridged with 1"]


async def test_a_url_that_is_relative_to_nothing_is_told(calls: CallWorld) -> None:
    """A document that came with the request has no URL: what is relative in it is passed over, with 11100."""
    calls.pages["/voice"] = "<Pause length='600'/>"
    calls.places.phones[ALICE] = answering()
    _, sid = await calls.start()
    verb = f"<Dial><Number statusCallback='/status'>{ALICE}</Number></Dial>"
    await calls.runner.redirect(sid, Source(twiml=f"<Response>{verb}</Response>"))
    await calls.over()
    assert (child(calls).options.status_callback, await calls.alerts()) == (None, [11100])


async def test_status_callbacks_of_a_noun(calls: CallWorld) -> None:
    """They tell the child's events, with the parent's SID; only `completed` by default."""
    verb = "<Dial><Number statusCallback='/s' {}>" + ALICE + "</Number></Dial>"
    events = "statusCallbackEvent='initiated ringing answered completed'"
    await dial(calls, verb.format(events), alice=answering())
    told = [(url, params) for url, params in await calls.told() if url == f"{calls.base}/s"]
    assert [params["CallStatus"] for _, params in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert {params["ParentCallSid"] for _, params in told} == {(await calls.calls())[0].sid}


async def test_machine_detection_of_a_noun(calls: CallWorld) -> None:
    """It delays nothing, and its result goes to its own callback."""

    def script(leg: ScriptedLeg) -> None:
        answering(spoken=200)(leg)
        leg.found = Detected("machine_start", 4_000)

    verb = f"<Dial><Number machineDetection='Enable' amdStatusCallback='/amd'>{ALICE}</Number></Dial>"
    await dial(calls, verb, alice=script)
    told = [params for url, params in await calls.told() if url == f"{calls.base}/amd"]
    assert [params["AnsweredBy"] for params in told] == ["machine_start"]


@pytest.mark.parametrize(
    ("mode", "channels", "before"),
    [
        ("record-from-answer", 1, False),
        ("true", 1, False),
        ("record-from-ringing", 1, True),
        ("record-from-answer-dual", 2, False),
        ("record-from-ringing-dual", 2, True),
    ],
)
async def test_record(calls: CallWorld, mode: str, channels: int, *, before: bool) -> None:
    """The caller's leg is recorded, mono or each side by itself, from the ringing or from the bridge on."""
    leg, params = await dial(
        calls,
        f"<Dial action='/after' record='{mode}'>{ALICE}</Dial>",
        lambda leg: setattr(leg, "talks", [(0, 1e9)]),
        alice=answering(),
    )
    (row,) = await calls.recordings()
    recorded = leg.done.index(f"records both on {channels}")
    assert (recorded < leg.done.index(f"bridged with {calls.places.legs[ALICE].number}")) is before
    assert params["RecordingUrl"] == f"https://here.example{row.path}"
    assert (row.source.value, row.status.value) == ("DialVerb", "completed")


async def test_a_caller_who_is_not_answered_is_recorded_from_the_answer_on(calls: CallWorld) -> None:
    """With answerOnBridge there is no audio while it rings: record-from-ringing begins once there is."""
    leg, params = await dial(
        calls,
        f"<Dial action='/after' answerOnBridge='true' record='record-from-ringing'>{ALICE}</Dial>",
        lambda leg: setattr(leg, "talks", [(0, 1e9)]),
        alice=answering(),
    )
    assert leg.done.index("records both on 1") > leg.done.index("answered")
    assert "RecordingUrl" in params


async def test_the_callback_of_a_recording(calls: CallWorld) -> None:
    """It is told with the parent's SID."""
    await dial(
        calls,
        f"<Dial record='true' recordingStatusCallback='/r'>{ALICE}</Dial>",
        lambda leg: setattr(leg, "talks", [(0, 1e9)]),
        alice=answering(),
    )
    ((_, params),) = [told for told in await calls.told() if told[0] == f"{calls.base}/r"]
    assert (params["RecordingStatus"], params["CallSid"]) == ("completed", (await calls.calls())[0].sid)


async def test_sip(calls: CallWorld) -> None:
    """Headers, user and password go to who dials; the action learns the SIP answer."""
    uri = "sip:alice@pbx.example;transport=tls"
    calls.places.phones[uri] = answering()
    verb = f"<Dial action='/after'><Sip username='u' password='secret'>{uri}?x-room=12</Sip></Dial>"
    _, params = await dial(calls, verb)
    options = child(calls).options
    assert (child(calls).recipient, options.sip_headers, options.sip_username) == (uri, {"x-room": "12"}, "u")
    assert "secret" not in str(options)
    assert params["DialSipResponseCode"] == "200"


async def test_a_sip_address_that_refuses_says_why(calls: CallWorld) -> None:
    """The action learns the status of the refusal, and its headers that begin with X-; no other of them."""
    uri = "sip:alice@pbx.example"
    headers = {"X-Why": "on leave", "Warning": "399 pbx"}
    calls.places.phones[uri] = lambda leg: leg.at(2, lambda: leg.go("failed", status=480, headers=headers))
    _, params = await dial(calls, f"<Dial action='/after'><Sip>{uri}</Sip></Dial>")
    said = {name: value for name, value in params.items() if name.startswith("DialSip")}
    assert said == {"DialSipResponseCode": "480", "DialSipHeader_X-Why": "on leave"}


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("not a number", 13224),
        ("<Number>12</Number>", 13224),
        ("<Sip>alice</Sip>", 13243),
        ("<Sip>sip:a@b.example?Via=x</Sip>", 13252),
        ("<Client>joe smith</Client>", 13215),
        ("", 13215),
    ],
)
async def test_what_cannot_be_rung(calls: CallWorld, inside: str, code: int) -> None:
    """It is told, and the Dial fails; nouns that come later are named."""
    _, params = await dial(calls, f"<Dial action='/after'>{inside}</Dial>")
    assert params["DialCallStatus"] == "failed"
    assert set(await calls.alerts()) == {code}


async def test_a_number_without_a_route(calls: CallWorld) -> None:
    """Its call has a row that failed, and the other phone is rung."""
    verb = f"<Dial action='/after'><Number>{BOB}</Number><Number>{ALICE}</Number></Dial>"
    _, params = await dial(calls, verb, alice=answering())
    statuses = {row.recipient: row.status for row in await calls.calls()}
    assert (statuses[BOB], params["DialCallStatus"]) == (CallStatus.FAILED, "completed")


async def test_the_action_learns_which_call_failed(calls: CallWorld) -> None:
    """A phone that cannot be reached has a call too, and its SID is told."""
    _, params = await dial(calls, f"<Dial action='/after'>{BOB}</Dial>")
    assert (params["DialCallStatus"], params["DialCallSid"]) == ("failed", child(calls).sid)


async def test_a_country_that_is_not_allowed(calls: CallWorld) -> None:
    """The geographic permission of the account holds for documents too: 13227."""
    object.__setattr__(calls.runner._parts, "rules", calls.runner._parts.rules._replace(countries=("US",)))
    _, params = await dial(calls, "<Dial action='/after'>+442079460000</Dial>")
    assert params["DialCallStatus"] == "failed"
    assert await calls.alerts() == [13227]


async def test_ten_phones_at_most(calls: CallWorld) -> None:
    """The eleventh is not rung: 13250."""
    numbers = [f"+1415555{n:04}" for n in range(2000, 2011)]
    calls.places.phones |= {number: refusing("busy", 486) for number in numbers}
    await dial(calls, f"<Dial>{''.join(f'<Number>{n}</Number>' for n in numbers)}</Dial>")
    assert len(calls.places.dialled) == 10
    assert await calls.alerts() == [13250]


# -- REST meanwhile --


async def until(leg: ScriptedLeg, what: str) -> None:
    async with asyncio.timeout(5):
        while what not in leg.done:  # noqa: ASYNC110 - the diary is all there is to look at
            await asyncio.sleep(0.001)


async def joined(calls: CallWorld, action: str = "") -> tuple[ScriptedLeg, ScriptedLeg, str]:
    calls.pages |= {"/voice": f"<Dial {action}>{ALICE}</Dial><Say>Alone again</Say>", "/new": "<Say>Elsewhere</Say>"}
    calls.places.phones[ALICE] = answering(spoken=99_999)
    leg, sid = await calls.start()
    await until(leg, "bridged with 100")
    return leg, calls.places.legs[ALICE], sid


async def test_the_child_is_sent_elsewhere(calls: CallWorld) -> None:
    """It leaves the bridge and lives on; the parent's Dial ends."""
    leg, alice, _ = await joined(calls)
    await calls.runner.redirect(child(calls).sid, Source(url=f"{calls.base}/new"))
    await calls.over()
    assert leg.heard[-1] == "Alone again"
    assert alice.heard == ["Elsewhere"]
    assert calls.params("/new")["CallSid"] == child(calls).sid


async def test_a_child_that_is_elsewhere_has_no_duration(calls: CallWorld) -> None:
    """The action is told how it ended for the parent, but not how long it was: it still is."""
    calls.pages["/after"] = "<Hangup/>"
    await joined(calls, "action='/after'")
    await calls.runner.redirect(child(calls).sid, Source(url=f"{calls.base}/new"))
    await calls.over()
    params = calls.params("/after")
    assert (params["DialCallStatus"], params["DialBridged"]) == ("completed", "true")
    assert "DialCallDuration" not in params


async def test_the_parent_is_sent_elsewhere(calls: CallWorld) -> None:
    """Its children are hung up."""
    leg, alice, sid = await joined(calls)
    await calls.runner.redirect(sid, Source(url=f"{calls.base}/new"))
    await calls.over()
    assert (leg.heard[-1], alice.done[-1]) == ("Elsewhere", "gone local")


async def test_rest_cancels_a_ringing_child(calls: CallWorld) -> None:
    """Its Dial ends as canceled."""
    calls.places.phones[ALICE] = ringing
    calls.pages |= {"/voice": f"<Dial action='/after' timeout='600'>{ALICE}</Dial>", "/after": "<Hangup/>"}
    leg, _ = await calls.start()
    await until(leg, "hears ringback.us")
    await asyncio.sleep(0.02)
    await calls.runner.cancel(child(calls).sid)
    await calls.over()
    assert calls.params("/after")["DialCallStatus"] == "canceled"


async def test_nothing_is_left(calls: CallWorld) -> None:
    """After calls of all kinds, no task of theirs lives."""
    await dial(calls, f"<Dial record='true'>{ALICE}</Dial>", alice=answering())
    left = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith(("call-", "record-"))]
    assert left == []
