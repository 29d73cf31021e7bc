"""`<Dial>`: what the caller, the phones that are rung and the application see and hear of it."""

from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.sip_peer import Peer, sip_peer
from tests.scenarios.twiml.sounds import Sound
from tests.scenarios.twiml.stage import ALICE, BOB, CAROL, Stage

from hookflash.testing.call import Call


@pytest.fixture
def peer() -> Iterator[Peer]:
    with sip_peer() as made:
        yield made


def after(stage: Stage) -> str:
    """The URL of what runs after a `<Dial>`."""
    return stage.page("after", "<Say>After it</Say>")


def told(stage: Stage) -> Asked:
    """What the action was told."""
    return next(seen for seen in stage.app.requests if "DialCallStatus" in seen)


def joined(stage: Stage, attributes: str = "", **answering: Any) -> tuple[Call, Call]:
    """Alice and Bob, who speak."""
    stage.handset(BOB).answers(**answering)
    call = stage.call(f"<Dial {attributes}>{BOB}</Dial>")
    phone = stage.handset(BOB).rings_sync()
    phone.answered_sync()
    call.wait(0.5)
    return call, phone


# -- whom it rings --


def test_dial(stage: Stage) -> None:
    """The text is a number: it rings, the two are joined, and once they part the next verb runs."""
    stage.handset(BOB).answers(says="This is Bob", hangs_up_after=3_000)
    call = stage.call(f"<Dial>{BOB}</Dial><Say>Next</Say>")
    phone = stage.handset(BOB).rings_sync()
    assert phone.peer == ALICE
    call.hears_sync("This is Bob")
    call.hears_sync("Next")


def test_dial__rings_all_and_joins_the_first(stage: Stage) -> None:
    """The others stop ringing."""
    stage.handset(BOB).answers("no-answer")
    stage.handset(CAROL).answers(after=3_000, says="This is Carol")
    call = stage.call(f"<Dial><Number>{BOB}</Number><Number>{CAROL}</Number></Dial>")
    bob = stage.handset(BOB).rings_sync()
    call.hears_sync("This is Carol")
    assert bob.cause == "canceled"


def test_dial__rings_ten_at_the_most(stage: Stage) -> None:
    """13250: the eleventh is not rung."""
    numbers = [f"+1415555{number}" for number in range(1400, 1411)]
    for number in numbers:
        stage.handset(number).answers("busy")
    stage.dial(f"<Dial>{''.join(f'<Number>{number}</Number>' for number in numbers)}</Dial>").over_sync()
    assert 13250 in stage.codes()
    rung = stage.rest(f"Calls.json?ParentCallSid={stage.sid}")["calls"]
    assert {row["to"] for row in rung} == set(numbers[:10])


def test_dial_sequential(stage: Stage) -> None:
    """One after the other, until somebody answers."""
    stage.handset(BOB).answers("busy")
    stage.handset(CAROL).answers(says="This is Carol")
    verb = f'<Dial sequential="true"><Number>{BOB}</Number><Number>{CAROL}</Number><Number>{BOB}</Number></Dial>'
    call = stage.call(verb)
    call.hears_sync("This is Carol")
    call.hang_up()
    rows = stage.rest(f"Calls.json?ParentCallSid={stage.sid}")["calls"]
    assert [row["to"] for row in reversed(rows)] == [BOB, CAROL]


def test_dial_timeout(stage: Stage) -> None:
    """It rings for so long, and some 5 seconds more."""
    stage.handset(BOB).answers("no-answer")
    call = stage.call(f'<Dial timeout="10" action="{after(stage)}">{BOB}</Dial>')
    assert 14.5 < call.hears_sync("After it") < 16.5
    assert told(stage)["DialCallStatus"] == "no-answer"


# -- what the phone shows --


def test_dial_caller_id(stage: Stage) -> None:
    """A number of the account is shown instead of the caller's."""
    stage.handset(BOB).answers()
    stage.call(f'<Dial callerId="{stage.hookflash.number}">{BOB}</Dial>')
    assert stage.handset(BOB).rings_sync().peer == stage.hookflash.number


def test_dial_caller_id__of_somebody_else(stage: Stage) -> None:
    """13214: it is not shown."""
    stage.handset(BOB).answers()
    stage.call(f'<Dial callerId="+14155559999">{BOB}</Dial>')
    assert stage.handset(BOB).rings_sync().peer == ALICE
    assert stage.codes() == [13214]


def test_dial_caller_id__where_names_are_rung(stage: Stage) -> None:
    """Phones with names show names."""
    stage.handset("client:ann").answers()
    stage.call('<Dial callerId="client:front-desk"><Client>ann</Client></Dial>')
    assert stage.handset("client:ann").rings_sync().peer == "client:front-desk"


def without_effect(stage: Stage, attribute: str) -> None:
    stage.handset(BOB).answers()
    stage.call(f"<Dial {attribute}>{BOB}</Dial>")
    assert stage.handset(BOB).rings_sync().peer == ALICE
    assert stage.codes() == []


def test_dial_call_reason(stage: Stage) -> None:
    """No network of ours shows it: the phone rings all the same, and nobody is warned."""
    without_effect(stage, 'callReason="Your delivery"')


def test_dial_passports(stage: Stage) -> None:
    """Calls are not signed: the phone rings all the same."""
    without_effect(stage, 'passports="abc"')


def test_dial_events(stage: Stage) -> None:
    """There is nobody to be told by it: the phone rings all the same."""
    without_effect(stage, 'events="call-progress-event"')


def test_dial_caller_id__of_a_client_that_calls_a_number(stage: Stage) -> None:
    """13214: its name is nothing that a network shows; with a number it is rung."""
    ann, bob = stage.handset("client:ann"), stage.handset(BOB)
    bob.answers()
    stage.plays(f"<Dial>{BOB}</Dial>")
    ann.dial(stage.hookflash.number).over_sync()
    first = stage.app.wait_for(From="client:ann")["CallSid"]
    assert stage.codes(first) == [13214]
    stage.plays(f'<Dial callerId="{stage.hookflash.number}">{BOB}</Dial>')
    ann.dial(stage.hookflash.number)
    assert bob.rings_sync().peer == stage.hookflash.number


# -- what the caller hears --

#: Frequencies in Hz, and how many seconds a ring lasts and comes again (ITU-T E.180, supplement 2).
RINGS = {"us": ((440, 480), 2, 6), "de": ((425,), 1, 5), "fr": ((440,), 1.5, 5)}


@pytest.mark.parametrize("country", RINGS)
def test_dial_ring_tone(stage: Stage, country: str) -> None:
    """The ringing of a country, in its frequencies and its rhythm."""
    hz, lasts, again = RINGS[country]
    stage.handset(BOB).answers("no-answer")
    call = stage.call(f'<Dial ringTone="{country}">{BOB}</Dial>')
    call.wait(2.5 * again)
    first, second, *_ = Sound.of(call).spans()
    assert first[1] - first[0] == pytest.approx(lasts, abs=0.1)
    assert second[0] - first[0] == pytest.approx(again, abs=0.1)
    ring = Sound.of(call).between(first[0] + 0.1, first[1] - 0.1)
    assert all(ring.share(each) > 0.7 / len(hz) for each in hz)


def test_dial_ring_tone__of_no_country(stage: Stage) -> None:
    """13220: it rings as usual."""
    stage.handset(BOB).answers("no-answer")
    call = stage.call(f'<Dial ringTone="xx">{BOB}</Dial>')
    call.wait(3)
    assert Sound.of(call).between(0.5, 1.5).share(440) > 0.3
    assert stage.codes() == [13220]


def test_dial_answer_on_bridge(stage: Stage) -> None:
    """The caller rings, unanswered, until somebody takes it."""
    phone = stage.handset(BOB)
    phone.answers("manual")
    call = stage.dial(f'<Dial answerOnBridge="true">{BOB}</Dial>')
    ringing = phone.rings_sync()
    call.wait(4)
    assert call.status == "ringing"
    ringing.answer()
    call.answered_sync()
    call.say("Hello Bob")
    ringing.hears_sync("Hello Bob")


# -- how it ends --


def test_dial_action(stage: Stage) -> None:
    """It learns how the call went, and its document goes on."""
    stage.handset(BOB).answers(hangs_up_after=5_000)
    call = stage.call(f'<Dial action="{after(stage)}">{BOB}</Dial><Say>Never</Say>')
    call.hears_sync("After it")
    ended = told(stage)
    (row,) = stage.rest(f"Calls.json?ParentCallSid={stage.sid}")["calls"]
    assert (ended["DialCallStatus"], ended["DialBridged"], ended["DialCallSid"]) == ("completed", "true", row["sid"])
    assert 4 <= int(ended["DialCallDuration"]) <= 6
    assert "RecordingUrl" not in ended


@pytest.mark.parametrize(
    ("answering", "status"),
    [({"how": "busy"}, "busy"), ({"how": "reject", "status": 404}, "failed"), ({"how": "no-answer"}, "no-answer")],
)
def test_dial_action__of_who_was_not_reached(stage: Stage, answering: dict[str, Any], status: str) -> None:
    """It learns why."""
    stage.handset(BOB).answers(**answering)
    call = stage.call(f'<Dial action="{after(stage)}" timeout="5">{BOB}</Dial>')
    call.hears_sync("After it")
    assert (told(stage)["DialCallStatus"], told(stage)["DialBridged"]) == (status, "false")


def test_dial_action__of_a_sip_phone(stage: Stage, peer: Peer) -> None:
    """It learns the Call-ID, the status and the headers of the application in the answer."""
    peer.status, peer.headers = 486, {"X-Why": "At lunch", "Server": "phone"}
    call = stage.call(f'<Dial action="{after(stage)}"><Sip>{peer.uri}</Sip></Dial>')
    call.hears_sync("After it")
    ended = told(stage)
    assert (ended["DialCallStatus"], ended["DialSipResponseCode"]) == ("busy", "486")
    assert ended["DialSipHeader_X-Why"] == "At lunch"
    assert ended["DialSipCallId"] == peer.got("INVITE")["call-id"]
    assert "DialSipHeader_Server" not in ended


def test_dial_method(stage: Stage) -> None:
    """How `action` is requested."""
    stage.handset(BOB).answers("busy")
    stage.call(f'<Dial action="{after(stage)}" method="GET">{BOB}</Dial>').hears_sync("After it")
    assert told(stage).method == "GET"


def test_dial_time_limit(stage: Stage) -> None:
    """They may speak so long; then the other is hung up, and the call goes on."""
    call, phone = joined(stage, f'timeLimit="20" action="{after(stage)}"')
    assert 20 < call.hears_sync("After it") < 23
    assert phone.status == "over"
    assert told(stage)["DialCallStatus"] == "completed"


def test_dial_hangup_on_star(stage: Stage) -> None:
    """The caller's * ends the other call, and the caller's goes on."""
    call, phone = joined(stage, f'hangupOnStar="true" action="{after(stage)}"')
    call.press("1*")
    call.hears_sync("After it")
    phone.over_sync()
    assert told(stage)["DialCallStatus"] == "completed"


def test_dial_hangup_on_star__unless_it_says_so(stage: Stage) -> None:
    """Otherwise keys are the other's to hear."""
    call, phone = joined(stage)
    call.press("1*")
    call.wait(1)
    assert (phone.status, phone.keys) == ("answered", "1*")


# -- recordings --


def kept(stage: Stage, attributes: str, **answering: Any) -> tuple[Asked, Sound]:
    """What the application was told of a recorded `<Dial>`, and the recording as anybody gets it."""
    stage.handset(BOB).answers(**{"after": 4_000, "says": "This is Bob speaking", "hangs_up_after": 3_000, **answering})
    callback = f'recordingStatusCallback="{stage.app.url}/recorded"'
    call = stage.call(f'<Dial action="{after(stage)}" {callback} {attributes}>{BOB}</Dial>')
    call.hears_sync("After it")
    call.hang_up()
    recorded = stage.app.wait_for(RecordingStatus="completed")
    with urlopen(f"{recorded['RecordingUrl']}.wav") as answer:
        return recorded, Sound.of_file(answer.read())


@pytest.mark.parametrize(
    ("mode", "channels", "with_ringing"),
    [
        ("record-from-answer", 1, False),
        ("true", 1, False),
        ("record-from-ringing", 1, True),
        ("record-from-answer-dual", 2, False),
        ("record-from-ringing-dual", 2, True),
    ],
)
def test_dial_record(stage: Stage, mode: str, channels: int, with_ringing: bool) -> None:
    """From the ringing or from the answer, both sides together or each on a channel of its own."""
    recorded, sound = kept(stage, f'record="{mode}"')
    assert (recorded["RecordingSource"], recorded["RecordingChannels"]) == ("DialVerb", str(channels))
    assert recorded["CallSid"] == stage.sid
    seconds = int(recorded["RecordingDuration"])
    assert seconds >= 8 if with_ringing else 3 <= seconds <= 6
    assert sound.loudness > 100
    assert told(stage)["RecordingUrl"] == recorded["RecordingUrl"]


def test_dial_record__of_none(stage: Stage) -> None:
    """Unless it says so, nothing is recorded."""
    joined(stage, 'record="do-not-record"', hangs_up_after=1_000)
    stage.ended()
    assert stage.rest(f"Calls/{stage.sid}/Recordings.json")["recordings"] == []


@pytest.mark.parametrize(("track", "is_loud"), [("inbound", False), ("outbound", True), ("both", True)])
def test_dial_recording_track(stage: Stage, track: str, is_loud: bool) -> None:
    """Only Bob speaks: he is heard where what the caller hears is recorded."""
    _, sound = kept(stage, f'record="record-from-answer" recordingTrack="{track}"')
    assert (sound.loudness > 100) == is_loud


def test_dial_trim(stage: Stage) -> None:
    """The silence after Bob's words is cut, and without it is kept."""
    recorded, _ = kept(stage, 'record="record-from-answer" trim="trim-silence"', hangs_up_after=10_000)
    assert int(recorded["RecordingDuration"]) <= 4


def test_dial_trim__unless_it_says_so(stage: Stage) -> None:
    """It is kept whole."""
    recorded, _ = kept(stage, 'record="record-from-answer"', hangs_up_after=10_000)
    assert int(recorded["RecordingDuration"]) >= 10


def test_dial_recording_status_callback(stage: Stage) -> None:
    """Told once that the recording is there, by POST."""
    recorded, _ = kept(stage, 'record="record-from-answer"')
    stage.ended()
    seen = [asked for asked in stage.app.requests if asked.path == "/app/recorded"]
    assert (seen, recorded.method) == ([recorded], "POST")
    assert {"AccountSid", "RecordingSid", "RecordingUrl", "RecordingStartTime"} <= {*recorded}


def test_dial_recording_status_callback_method(stage: Stage) -> None:
    """How it is requested."""
    recorded, _ = kept(stage, 'record="record-from-answer" recordingStatusCallbackMethod="GET"')
    assert recorded.method == "GET"


def test_dial_recording_status_callback_event(stage: Stage) -> None:
    """Of which events."""
    kept(stage, 'record="record-from-answer" recordingStatusCallbackEvent="in-progress completed"')
    stage.app.wait_for(RecordingStatus="in-progress")


def test_dial_recording_configuration_id(stage: Stage) -> None:
    """There are no configurations to choose from: it is recorded as the verb says."""
    recorded, _ = kept(stage, 'record="record-from-answer" recordingConfigurationId="mine"')
    assert recorded["RecordingStatus"] == "completed"


# -- transfers --


def asks_for_sales(peer: Peer) -> None:
    """The phone that was rung takes the call, and asks at once to have the caller there."""
    peer.got("ACK")
    peer.asks("REFER", Refer_To="<sip:sales@example.com>")


def test_dial_refer_url(stage: Stage, peer: Peer) -> None:
    """The phone asks to have the caller elsewhere: it leaves, and for the caller the document runs."""
    transfer = stage.page("transfer", "<Say>You are transferred</Say>")
    call = stage.call(f'<Dial action="{after(stage)}" referUrl="{transfer}"><Sip>{peer.uri}</Sip></Dial>')
    asks_for_sales(peer)
    call.hears_sync("You are transferred")
    asked = stage.app.wait_for(ReferTransferTarget="sip:sales@example.com")
    assert (asked["CallSid"], asked.path, asked.method) == (stage.sid, "/app/transfer", "POST")
    assert peer.got("SIP/2.0 202")["cseq"].endswith("REFER")
    peer.got("BYE")


def test_dial_refer_url__asked_for_by_the_caller(stage: Stage, peer: Peer) -> None:
    """The caller leaves, and for who was rung the document runs."""
    transfer = stage.page("transfer", "<Say>You are transferred</Say>")
    stage.handset(BOB).answers()
    page = stage.page("dials", f'<Dial referUrl="{transfer}">{BOB}</Dial>')
    sid = stage.call_from_app("", To=peer.uri, Url=page)
    phone = stage.handset(BOB).rings_sync()
    phone.answered_sync()
    peer.asks("REFER", Refer_To="<sip:sales@example.com>")
    phone.hears_sync("You are transferred")
    asked = stage.app.wait_for(ReferTransferTarget="sip:sales@example.com")
    assert (asked["ParentCallSid"], asked["To"]) == (sid, BOB)
    peer.got("BYE")


def test_dial_refer_url__unless_there_is_one(stage: Stage, peer: Peer) -> None:
    """13802: the phone is refused, and the two go on."""
    call = stage.call(f'<Dial><Sip statusCallback="{stage.app.url}/child">{peer.uri}</Sip></Dial>')
    asks_for_sales(peer)
    assert peer.got("SIP/2.0 603")["cseq"].endswith("REFER")
    assert call.status == "answered"
    (row,) = stage.rest(f"Calls.json?ParentCallSid={stage.sid}")["calls"]
    call.hang_up()
    peer.got("BYE")
    assert stage.codes(row["sid"]) == [13802]


def test_dial_refer_method(stage: Stage, peer: Peer) -> None:
    """How `referUrl` is requested."""
    transfer = stage.page("transfer", "<Say>You are transferred</Say>")
    stage.call(f'<Dial referUrl="{transfer}" referMethod="GET"><Sip>{peer.uri}</Sip></Dial>')
    asks_for_sales(peer)
    assert stage.app.wait_for(ReferTransferTarget="sip:sales@example.com").method == "GET"
