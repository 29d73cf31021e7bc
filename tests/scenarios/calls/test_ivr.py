"""Calls of SIP phones to an application: what they hear, press and say."""

import pytest
from tests.scenarios.calls.place import Place
from tests.scenarios.calls.script import calls, hangs_up, is_hung_up, script, waits
from tests.scenarios.customer import twiml


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
async def test_a_caller_hears_a_file_and_is_hung_up(here: Place, tcp: bool) -> None:
    """`<Play>` over SIP and RTP; the end of the document ends the call, and its callback says how long it was."""
    url = here.plays("/sound.wav", 800, ms=600)
    here.app.answers["/voice"] = [twiml(f"<Play>{url}</Play>")]
    async with here.phone(script(calls(), is_hung_up()), tcp=tcp) as phone:
        await phone.says("answered")
        asked = await here.app.asked("/voice")
        assert asked.signed_by(here.api.password)
        expected = {"CallStatus": "ringing", "Direction": "inbound", "SipDomain": "acme.localhost"}
        assert expected.items() <= asked.params.items()
        await phone.line.hears(800)
        await phone.done()
    told = await here.app.asked("/status")
    assert (told.params["CallStatus"], told.params["CallDuration"]) == ("completed", "1")


@pytest.mark.parametrize("inband", [False, True], ids=["events", "tones"])
async def test_keys_choose_from_a_menu(here: Place, inband: bool) -> None:
    """The menu of the documentation: one key, by RFC 4733 or in the audio, stops the prompt and goes to the action."""
    prompt, chosen = here.plays("/menu.wav", 400), here.plays("/chosen.wav", 1000)
    here.app.answers["/voice"] = [
        twiml(f'<Gather numDigits="1" action="/menu" timeout="9"><Play>{prompt}</Play></Gather>')
    ]
    here.app.answers["/menu"] = [twiml(f"<Play>{chosen}</Play>")]
    async with here.phone(script(calls(), waits(), hangs_up(2))) as phone:
        await phone.says("answered")
        await phone.line.hears(400)
        phone.line.press("7", inband=inband)
        asked = await here.app.asked("/menu")
        assert (asked.params["Digits"], asked.params["CallStatus"]) == ("7", "in-progress")
        await phone.line.hears(1000)
        phone.tell()
        await phone.done()
    assert (await here.app.asked("/status")).params["CallStatus"] == "completed"


async def test_a_pause_before_all_else_lets_it_ring(here: Place) -> None:
    """A leading `<Pause>` does not answer; the verb after it does."""
    url = here.plays("/sound.wav", 800, ms=500)
    here.app.answers["/voice"] = [twiml('<Pause length="1"/>', f"<Play>{url}</Play>")]
    async with here.phone(script(calls(), is_hung_up())) as phone:
        await phone.says("answered")
        call = (await here.app.asked("/voice")).params["CallSid"]
        await phone.line.hears(800)
        await phone.done()
    shown = await here.until(f"~/Calls/{call}.json", status="completed")
    assert shown["duration"] == "1"
    assert (await here.api.get("~/Notifications.json")).json["notifications"] == []
