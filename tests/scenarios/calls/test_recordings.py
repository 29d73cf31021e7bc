"""What callers say is kept: its length and its tones, as wav and as mp3."""

import pytest
from tests.scenarios.calls.place import Place
from tests.scenarios.calls.script import callee_hangs_up, calls, hangs_up, is_called, is_hung_up, script, waits
from tests.scenarios.customer import twiml

BEEP = 1_000  # Hz


async def test_a_recording_holds_what_was_said_after_the_beep(here: Place) -> None:
    """Two seconds of a tone and a key; wav and mp3 are as long and hold the same tone."""
    here.app.answers["/voice"] = [twiml('<Record maxLength="20" action="/recorded"/>')]
    here.app.answers["/recorded"] = [twiml("<Hangup/>")]
    async with here.phone(script(calls(), is_hung_up())) as ann:
        await ann.says("answered")
        await ann.line.hears(BEEP, ms=100)
        await ann.line.is_quiet()
        ann.line.play(700, ms=2_000)
        ann.line.press("#")
        asked = await here.app.asked("/recorded")
        assert (asked.params["RecordingDuration"], asked.params["Digits"]) == ("2", "#")
        await ann.done()
    sid = asked.params["RecordingSid"]
    shown = await here.until(f"~/Recordings/{sid}.json", status="completed")
    assert (shown["duration"], shown["channels"], shown["source"]) == ("2", 1, "RecordVerb")
    (plain,), (packed,) = await here.recording(sid), await here.recording(sid, ".mp3")
    assert plain.ms == pytest.approx(2_000, abs=350)  # a little silence stays at both ends
    assert packed.ms == pytest.approx(plain.ms, abs=250)  # an encoder begins and ends with whole frames
    for sound in (plain, packed):
        assert sound.is_mostly(700), sound.pieces(700)


async def test_an_application_that_a_caller_was_joined_with_records(here: Place) -> None:
    """What a phone says over SIP reaches the recording of the call that runs the application."""
    made = await here.api.post("~/Applications.json", FriendlyName="tape", VoiceUrl=here.url("/tape"))
    here.app.answers["/voice"] = [twiml(f"<Dial><Application>{made.json['sid']}</Application></Dial>")]
    here.app.answers["/tape"] = [twiml('<Record maxLength="20" action="/recorded"/>')]
    here.app.answers["/recorded"] = [twiml("<Hangup/>")]
    async with here.phone(script(calls(), is_hung_up())) as ann:
        await ann.says("answered")
        await ann.line.hears(BEEP, ms=100)
        await ann.line.is_quiet()
        ann.line.play(700, ms=1_000)
        ann.line.press("#")
        asked = await here.app.asked("/recorded")
        await ann.done()
    await here.until(f"~/Recordings/{asked.params['RecordingSid']}.json", status="completed")
    (sound,) = await here.recording(asked.params["RecordingSid"])
    assert sound.is_mostly(700), sound.pieces(700)


async def test_a_live_call_is_recorded_over_rest(here: Place) -> None:
    """From the POST to `stopped`, and not what was said before."""
    here.app.answers["/voice"] = [
        twiml(f"<Play>{here.plays('/hello.wav', 400, ms=200)}</Play>", '<Pause length="60"/>')
    ]
    async with here.phone(script(calls(), waits(), hangs_up(2))) as ann:
        await ann.says("answered")
        call = (await here.app.asked("/voice")).params["CallSid"]
        ann.line.sing(600)
        await here.until(f"~/Calls/{call}.json", status="in-progress")
        path = f"~/Calls/{call}/Recordings"
        recording = (await here.api.post(f"{path}.json", RecordingStatusCallback=here.url("/told"))).json["sid"]
        await here.until(f"~/Recordings/{recording}.json", status="in-progress")
        ann.line.play(1_100, ms=1_000)
        await ann.line.sent()
        stopped = await here.api.post(f"{path}/Twilio.CURRENT.json", Status="stopped")
        assert stopped.json["status"] == "stopped"
        assert (await here.app.asked("/told")).params["RecordingSid"] == recording
        ann.tell()
        await ann.done()
    (sound,) = await here.recording(recording)
    assert sound.ms == pytest.approx(1_100, abs=400)
    assert sound.has(1_100)


async def test_the_documented_call_speaks_and_records(here: Place) -> None:
    """`POST …/Calls.json` with To, From and Url; `<Say voice="woman">`, then `<Record maxLength="20">`, which a
    callee ends by hanging up."""
    here.app.answers["/speak"] = [
        twiml('<Say voice="woman">Please leave a message after the tone.</Say>', '<Record maxLength="20"/>')
    ]
    async with here.phone(script(is_called(), waits(), callee_hangs_up())) as bob:
        to = f"sip:bob@127.0.0.1:{bob.port}"
        made = await here.call(To=to, Url=here.url("/speak"), StatusCallback=here.url("/done"))
        assert (made["status"], made["to"], made["direction"]) == ("queued", to, "outbound-api")
        await bob.says("answered")
        assert (await here.app.asked("/speak")).params["CallSid"] == made["sid"]
        await bob.line.hears_something(ms=400)
        await bob.line.hears(BEEP, ms=100)
        await bob.line.is_quiet()
        bob.line.play(700, ms=1_000)
        await bob.line.sent()
        bob.tell()
        asked = await here.app.asked("/speak")
        assert (asked.params["Digits"], asked.params["RecordingDuration"]) == ("hangup", "1")
        await bob.done()
    assert (await here.app.asked("/done")).params["CallStatus"] == "completed"
    (sound,) = await here.recording(asked.params["RecordingSid"])
    assert sound.is_mostly(700), sound.pieces(700)
