"""Calls that are transcribed while they go on, as their application hears of them."""

import json

from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.stage import Stage

from hookflash.testing.call import Call

HINTS = 'hints="cancel my order, opening hours, billing"'
REST = '<Say>Go on.</Say><Pause length="60"/>'


def transcribed(stage: Stage, attributes: str = HINTS, *, inside: str = "", then: str = REST, words: str = "") -> Call:
    """A call that is transcribed; the caller says `words`, and silence follows."""
    noun = f'<Transcription statusCallbackUrl="app/live" {attributes}>{inside}</Transcription>'
    call = stage.call(f"<Start>{noun}</Start>{then}")
    if words:
        call.hears_sync("Go on.")
        call.say(words)
        call.wait(3)
    return call


def over(stage: Stage) -> list[Asked]:
    """All that the application was told, once the call is over and the last event has come."""
    stage.ended()
    stage.app.wait_for(TranscriptionEvent="transcription-stopped")
    return [asked for asked in stage.app.requests if "TranscriptionEvent" in asked]


def started(stage: Stage) -> Asked:
    """What was told of the beginning."""
    return stage.app.wait_for(TranscriptionEvent="transcription-started")


def contents(told: list[Asked], track: str = "inbound_track") -> list[str]:
    """What was understood on a track for good."""
    return [
        json.loads(asked["TranscriptionData"])["transcript"].casefold()
        for asked in told
        if asked.get("Track") == track and asked.get("Final") == "true"
    ]
