"""Transcriptions over REST: those of calls begun and stopped, the texts of recordings listed, read and deleted."""

import json
from typing import Any
from urllib.error import HTTPError

import pytest
from tests.scenarios.plugin_support import drop
from tests.scenarios.twiml.live import contents, over
from tests.scenarios.twiml.stage import Stage

from hookflash.testing.call import Call

REST = '<Say>Go on.</Say><Pause length="60"/>'


def begun(stage: Stage, **params: str) -> tuple[Call, dict[str, Any]]:
    """A call that REST has transcribed from now on."""
    call = stage.call(REST)
    call.hears_sync("Go on.")
    form = {"StatusCallbackUrl": f"{stage.app.url}/live", "Hints": "cancel my order, opening hours", **params}
    return call, stage.rest(f"Calls/{stage.sid}/Transcriptions.json", form)


def refusal(stage: Stage, path: str, params: dict[str, str] | None = None) -> tuple[int, int]:
    """Status and code with which REST refuses."""
    with pytest.raises(HTTPError) as error:
        stage.rest(path, params)
    return error.value.code, int(json.load(error.value)["code"])


def test_a_live_call_is_transcribed(stage: Stage) -> None:
    """The resource goes on until it is stopped by its SID; what the caller says between is told."""
    call, made = begun(stage, Track="inbound_track", PartialResults="true", InboundTrackLabel="customer")
    assert (made["sid"][:2], made["call_sid"], made["status"], made["name"]) == ("GT", stage.sid, "in-progress", None)
    assert made["uri"].endswith(f"/Calls/{stage.sid}/Transcriptions/{made['sid']}.json")
    call.say("opening hours")
    call.wait(3)
    stopped = stage.rest(f"Calls/{stage.sid}/Transcriptions/{made['sid']}.json", {"Status": "stopped"})
    assert (stopped["sid"], stopped["status"]) == (made["sid"], "stopped")
    again = stage.rest(f"Calls/{stage.sid}/Transcriptions/{made['sid']}.json", {"Status": "stopped"})
    assert again["status"] == "stopped"
    told = over(stage)
    assert contents(told) == ["opening hours"]
    assert (told[0]["InboundTrackLabel"], told[0]["PartialResults"], told[0]["Track"]) == (
        "customer",
        "true",
        "inbound_track",
    )


def test_every_parameter_is_told_with_the_beginning(stage: Stage) -> None:
    """What an engine is asked for."""
    begun(
        stage,
        Name="talk",
        LanguageCode="en-GB",
        OutboundTrackLabel="agent",
        TranscriptionEngine="google",
        SpeechModel="telephony",
        ProfanityFilter="false",
        EnableAutomaticPunctuation="false",
        EnableProviderData="true",
        StatusCallbackMethod="GET",
        IntelligenceService="GA0",
        ConversationConfiguration="x",
        ConversationId="x",
    )
    started = over(stage)[0]
    assert started.method == "GET"
    assert (started["Name"], started["LanguageCode"], started["OutboundTrackLabel"]) == ("talk", "en-GB", "agent")
    assert json.loads(started["ProviderConfiguration"]) == {
        "profanityFilter": "false",
        "speechModel": "telephony",
        "enableAutomaticPunctuation": "false",
        "hints": "cancel my order, opening hours",
    }


def test_what_cannot_be_transcribed(stage: Stage) -> None:
    """A name that goes on, a call that is over, a call and a transcription that there are not."""
    begun(stage, Name="talk")
    path = f"Calls/{stage.sid}/Transcriptions.json"
    assert refusal(stage, path, {"Name": "talk", "Hints": "cancel my order"}) == (409, 20409)
    assert refusal(stage, path, {"Track": "left"}) == (400, 20422)
    assert refusal(stage, f"Calls/{stage.sid}/Transcriptions/other.json", {"Status": "stopped"}) == (404, 20404)
    assert refusal(stage, f"Calls/{stage.sid}/Transcriptions/talk.json", {"Status": "paused"}) == (400, 20422)
    stage.ended()
    assert refusal(stage, path, {"Hints": "cancel my order"}) == (400, 21220)
    assert refusal(stage, f"Calls/CA{'0' * 32}/Transcriptions.json", {"Hints": "cancel my order"}) == (404, 20404)


def test_texts_of_recordings(stage: Stage) -> None:
    """Listed by themselves and below their recording; where none was made there is none to be read; deleted, gone."""
    stage.page("done", "<Hangup/>")
    verb = '<Record action="app/done" timeout="0" maxLength="3" trim="do-not-trim" transcribe="true"'
    stage.call(f'{verb} transcribeCallback="app/text"/>').over_sync()
    told = stage.app.wait_for(TranscriptionStatus="failed")
    sid, recording = told["TranscriptionSid"], told["RecordingSid"]
    [shown] = stage.rest("Transcriptions.json")["transcriptions"]
    assert (shown["sid"], shown["duration"], shown["type"], shown["price"]) == (sid, "3", "fast", None)
    assert stage.rest(f"Transcriptions/{sid}.json") == shown
    assert stage.rest(f"Recordings/{recording}/Transcriptions.json")["transcriptions"][0]["sid"] == sid
    assert stage.rest(f"Recordings/{recording}/Transcriptions/{sid}.json")["status"] == "failed"
    drop(stage.hookflash, f"Recordings/{recording}/Transcriptions/{sid}.json")
    assert stage.rest("Transcriptions.json")["transcriptions"] == []
    assert refusal(stage, f"Transcriptions/{sid}.json") == (404, 20404)
