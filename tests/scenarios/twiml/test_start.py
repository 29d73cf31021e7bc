"""`<Start>` and `<Stop>`: what goes on beside the document."""

import pytest
from tests.scenarios.twiml.live import HINTS, contents, over, transcribed
from tests.scenarios.twiml.stage import Stage


def test_start(stage: Stage) -> None:
    """The next verb runs at once; when none is left, the call ends."""
    call = stage.call(f"<Start><Transcription {HINTS}/></Start><Say>Go on.</Say>")
    assert call.hears_sync("Go on.") < 0.5
    call.over_sync()
    assert stage.codes() == []


def test_start__of_what_it_cannot(stage: Stage) -> None:
    """14300, an error: the rest of it begins, and the next verb runs."""
    stage.call("<Start><Play>tune.wav</Play><Recording/></Start><Say>Go on.</Say>").hears_sync("Go on.")
    assert [(alert.code, alert.level) for alert in stage.alerts()] == [(14300, "error")]
    assert len(stage.rest(f"Calls/{stage.sid}/Recordings.json")["recordings"]) == 1


def not_requested(stage: Stage, attributes: str) -> None:
    page = stage.page("after", "<Say>After it</Say>")
    noun = f"<Transcription {HINTS}/>"
    stage.call(f'<Start action="{page}" {attributes}>{noun}</Start><Say>Go on.</Say>').hears_sync("Go on.")
    assert "/app/after" not in [seen.path for seen in stage.app.requests]
    assert stage.codes() == []


def test_start_action(stage: Stage) -> None:
    """What has begun goes on: nothing has ended that it could be told of."""
    not_requested(stage, "")


def test_start_method(stage: Stage) -> None:
    """Neither by GET."""
    not_requested(stage, 'method="GET"')


def test_stop(stage: Stage) -> None:
    """What bears the name ends; what is said afterwards is told to nobody, and the next verb runs."""
    then = '<Say>Go on.</Say><Gather numDigits="1" timeout="60" action="app/stop"/>'
    stage.page("stop", '<Stop><Transcription name="talk"/></Stop><Say>It is over.</Say><Pause length="60"/>')
    call = transcribed(stage, f'name="talk" track="inbound_track" {HINTS}', then=then, words="cancel my order")
    call.press("1")
    call.hears_sync("It is over.")
    call.say("billing")
    call.wait(3)
    assert stage.app.wait_for(TranscriptionEvent="transcription-stopped")
    assert contents(over(stage)) == ["cancel my order"]
    assert stage.codes() == []


@pytest.mark.parametrize("noun", ['<Transcription name="x"/>', "<Transcription/>", '<Recording name="x"/>'])
def test_stop__of_what_there_is_not(stage: Stage, noun: str) -> None:
    """12200, a warning: the next verb runs."""
    stage.call(f"<Stop>{noun}</Stop><Say>Go on.</Say>").hears_sync("Go on.")
    assert [(alert.code, alert.level) for alert in stage.alerts()] == [(12200, "warning")]


def test_siprec(stage: Stage) -> None:
    """13750, an error that says what is coming; the next verb runs."""
    stage.call('<Start><Siprec connectorName="mine"/></Start><Say>Go on.</Say>').hears_sync("Go on.")
    (alert,) = stage.alerts()
    assert (alert.code, alert.level) == (13750, "error")
    assert "SIPREC recorders come with a later version" in alert.text


def test_stream__in_start(stage: Stage) -> None:
    """13750, an error that says what is coming; the next verb runs."""
    stage.call('<Start><Stream url="wss://example.com/"/></Start><Say>Go on.</Say>').hears_sync("Go on.")
    (alert,) = stage.alerts()
    assert (alert.code, alert.level) == (13750, "error")
    assert "media streams come with a later version" in alert.text
