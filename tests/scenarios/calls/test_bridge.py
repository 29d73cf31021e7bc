"""Two phones that `<Dial>` joins: what each says the other hears, as long as neither hangs up."""

import pytest
from tests.scenarios.calls.place import Place
from tests.scenarios.calls.script import (
    answer,
    callee_hangs_up,
    calls,
    got,
    got_invite,
    hangs_up,
    is_called,
    is_hung_up,
    script,
    waits,
)
from tests.scenarios.customer import twiml


async def test_two_phones_hear_each_other(here: Place) -> None:
    """Audio goes both ways; when the callee hangs up, the caller's document goes on and knows how it was."""
    goodbye = here.plays("/goodbye.wav", 1200, ms=400)
    here.app.answers["/after"] = [twiml(f"<Play>{goodbye}</Play>")]
    async with (
        here.phone(script(is_called(), waits(), callee_hangs_up())) as bob,
        here.phone(script(calls(), is_hung_up())) as ann,
    ):
        here.app.answers["/voice"] = [
            twiml(f'<Dial action="/after"><Sip>sip:bob@127.0.0.1:{bob.port}?X-Room=7</Sip></Dial>')
        ]
        await ann.says("answered")
        await bob.says("answered")
        ann.line.sing(500)
        bob.line.sing(900)
        await bob.line.hears(500)
        await ann.line.hears(900)
        ann.line.sing(0)
        bob.line.sing(0)
        await bob.line.is_quiet()
        await ann.line.is_quiet()
        ann.line.press("5")
        await bob.line.until(lambda line: line.keys == "5", "the key that the other phone pressed")
        bob.tell()
        await bob.done()
        asked = await here.app.asked("/after")
        expected = {"DialCallStatus": "completed", "DialSipResponseCode": "200", "DialBridged": "true"}
        assert expected.items() <= asked.params.items()
        await ann.line.hears(1200)
        await ann.done()
    assert "X-Room: 7" in bob.story()


async def test_a_phone_and_an_application_hear_each_other(here: Place) -> None:
    """`<Dial><Application>` to a phone over SIP: it hears, its keys are gathered, and its voice comes back."""
    prompt = here.plays("/prompt.wav", 800, ms=600)
    made = await here.api.post("~/Applications.json", FriendlyName="desk", VoiceUrl=here.url("/desk"))
    here.app.answers["/voice"] = [twiml(f"<Dial><Application>{made.json['sid']}</Application></Dial>")]
    here.app.answers["/desk"] = [twiml(f'<Gather numDigits="1" action="/key"><Play>{prompt}</Play></Gather>')]
    here.app.answers["/key"] = [twiml("<Echo/>")]
    async with here.phone(script(calls(), waits(), hangs_up(2))) as ann:
        await ann.says("answered")
        await ann.line.hears(800)
        ann.line.press("5")
        assert (await here.app.asked("/key")).params["Digits"] == "5"
        ann.line.sing(500)
        await ann.line.hears(500)
        ann.tell()
        await ann.done()


async def test_the_caller_hangs_up_and_the_callee_with_it(here: Place) -> None:
    """BYE of one leg ends the other; both rows are completed."""
    async with here.phone(script(is_called(), is_hung_up())) as bob:
        here.app.answers["/voice"] = [twiml(f"<Dial><Sip>sip:bob@127.0.0.1:{bob.port}</Sip></Dial>")]
        async with here.phone(script(calls(), waits(), hangs_up(2))) as ann:
            await ann.says("answered")
            await bob.says("answered")
            bob.line.sing(900)
            await ann.line.hears(900)
            ann.tell()
            await ann.done()
            await bob.done()
    told = await here.app.asked("/status")
    assert told.params["CallStatus"] == "completed"
    children = (await here.api.get("~/Calls.json", ParentCallSid=told.params["CallSid"])).json["calls"]
    assert [child["status"] for child in children] == ["completed"]


@pytest.mark.parametrize(("status", "outcome"), [(486, "busy"), (603, "busy"), (480, "no-answer"), (404, "failed")])
async def test_a_callee_that_refuses_is_told_to_the_application(here: Place, status: int, outcome: str) -> None:
    """SIP's refusals as DialCallStatus and DialSipResponseCode."""
    here.app.answers["/after"] = [twiml("<Hangup/>")]
    async with (
        here.phone(script(got_invite(), answer(status), got("ACK"))) as bob,
        here.phone(script(calls(), is_hung_up())) as ann,
    ):
        here.app.answers["/voice"] = [
            twiml(f'<Dial answerOnBridge="false" action="/after"><Sip>sip:bob@127.0.0.1:{bob.port}</Sip></Dial>')
        ]
        await ann.says("answered")
        asked = await here.app.asked("/after")
        assert (asked.params["DialCallStatus"], asked.params["DialSipResponseCode"]) == (outcome, str(status))
        await bob.done()
        await ann.done()


async def test_both_sides_are_recorded_on_channels_of_their_own(here: Place) -> None:
    """`record-from-answer-dual`: the caller on the first channel, the callee on the second."""
    async with here.phone(script(is_called(), is_hung_up())) as bob:
        here.app.answers["/voice"] = [
            twiml(
                f'<Dial record="record-from-answer-dual" recordingStatusCallback="/recorded">'
                f"<Sip>sip:bob@127.0.0.1:{bob.port}</Sip></Dial>"
            )
        ]
        async with here.phone(script(calls(), waits(), hangs_up(2))) as ann:
            await ann.says("answered")
            await bob.says("answered")
            ann.line.sing(500)
            bob.line.sing(900)
            await bob.line.hears(500, ms=600)
            await ann.line.hears(900, ms=600)
            ann.tell()
            await ann.done()
    told = await here.app.asked("/recorded")
    assert told.params["RecordingChannels"] == "2"
    first, second = await here.recording(told.params["RecordingSid"])
    assert first.is_mostly(500), first.pieces(500)
    assert second.is_mostly(900), second.pieces(900)
