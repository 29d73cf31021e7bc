"""`<Record>`: what is kept of what the caller says."""

import pytest
from tests.unit.twiml.voice.voice_support import play

from hookflash.testing.leg import ScriptedLeg
from hookflash.twiml.voice import GoTo, RecordingPlan


def speaking(leg: ScriptedLeg) -> None:
    leg.talks = [(1, 4), (6, 10)]


def params(played: object) -> dict[str, str]:
    return dict(played.next.params)  # type: ignore[attr-defined]


def test_silence_ends_it() -> None:
    """Five seconds by default; the action, by default the document, learns where the recording is."""
    played = play("<Record/>", speaking)
    assert played.next == GoTo(
        "",
        "POST",
        {"RecordingUrl": "https://here.example/RE1", "RecordingSid": "RE1", "RecordingDuration": "9"},
    )
    assert (played.took, played.heard, played.answered_at) == (15, ["beep"], 0)


@pytest.mark.parametrize(
    ("attributes", "took"),
    [("timeout='1'", 1), ("timeout='2'", 6), ("timeout='0' maxLength='90'", 90), ("timeout='x'", 15)],
)
def test_timeout(attributes: str, took: float) -> None:
    """So much silence, at the start too; 0: no silence ends it."""
    assert play(f"<Record {attributes}/>", speaking).took == took


@pytest.mark.parametrize(("attribute", "key"), [("", "5"), ("finishOnKey='5'", "5"), ("finishOnKey='#'", None)])
def test_finish_on_key(attribute: str, key: str | None) -> None:
    """Any key by default; it is told in Digits. One that is not named does nothing."""

    def script(leg: ScriptedLeg) -> None:
        speaking(leg)
        leg.at(3, lambda: leg.press("5"))

    played = play(f"<Record {attribute}/>", script)
    assert params(played).get("Digits") == key
    assert played.took == (3 if key else 15)


def test_max_length() -> None:
    """It ends it, and no key is told."""
    played = play("<Record maxLength='4'/>", speaking)
    assert played.took == 4
    assert "Digits" not in params(played)


def test_a_hang_up_is_told() -> None:
    """The action is requested all the same, with `hangup` for Digits."""

    def script(leg: ScriptedLeg) -> None:
        speaking(leg)
        leg.at(8, leg.go)

    assert params(play("<Record action='/done' method='GET'/>", script))["Digits"] == "hangup"


@pytest.mark.parametrize(("attribute", "beeps"), [("", 1), ("playBeep='false'", 0), ("playBeep='x'", 1)])
def test_play_beep(attribute: str, beeps: int) -> None:
    """A beep says that it begins, unless it is switched off."""
    assert play(f"<Record {attribute}/>", speaking).heard == ["beep"] * beeps


@pytest.mark.parametrize(("attribute", "seconds"), [("", "9"), ("trim='do-not-trim'", "15")])
def test_trim(attribute: str, seconds: str) -> None:
    """Silence at both ends is cut by default."""
    assert params(play(f"<Record {attribute}/>", speaking))["RecordingDuration"] == seconds


def plan_of(attributes: str) -> RecordingPlan:
    (plan,) = play(f"<Record {attributes}/>", speaking).call.plans
    return plan


def test_the_recordings_own_callback() -> None:
    """URL, method and events are handed on; only `completed` is told by default."""
    callback = plan_of(
        "recordingStatusCallback='/r' recordingStatusCallbackMethod='GET' "
        "recordingStatusCallbackEvent='in-progress completed absent'"
    ).callback
    assert (callback.url, callback.method, callback.events) == ("/r", "GET", ("in-progress", "completed", "absent"))
    assert plan_of("recordingStatusCallback='/r'").callback.events == ("completed",)


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ("method='PUT'", 13610),
        ("timeout='-1'", 13611),
        ("maxLength='1'", 13612),
        ("maxLength='14401'", 13612),
        ("finishOnKey='x'", 13613),
        ("transcribe='x'", 13614),
        ("transcribe='true' maxLength='121'", 13615),
        ("transcribeCallback='ftp://x'", 13257),
        ("playBeep='yes'", 13616),
        ("trim='a bit'", 13699),
        ("recordingStatusCallback='ftp://x'", 13256),
    ],
)
def test_wrong_values_are_told(attribute: str, code: int) -> None:
    """Each with its code, and it is recorded all the same."""
    played = play(f"<Record {attribute}/>", speaking)
    assert (played.codes, params(played)["RecordingSid"]) == ([code], "RE1")


def test_an_event_that_there_is_not_skips_the_verb() -> None:
    """13621 counts as an error."""
    played = play("<Record recordingStatusCallbackEvent='done'/>", speaking)
    assert (played.codes, played.call.plans) == ([13621], [])


def test_a_document_without_url_needs_an_action() -> None:
    """Inline TwiML has no document to go back to: 11100."""
    played = play("<Record/>", prepare=lambda call: setattr(call, "url", None))
    assert (played.codes, played.call.plans) == ([11100], [])
