"""`<Redirect>`, `<Reject>`, `<Hangup>`, and documents as a whole."""

import pytest
from tests.unit.twiml.voice.voice_support import play

from hookflash.twiml.channels import VOICE, WHISPER
from hookflash.twiml.voice import FALL_THROUGH, GoTo, HangUp, Refuse


@pytest.mark.parametrize(
    ("verb", "step", "codes"),
    [
        ("<Redirect>next.xml</Redirect>", GoTo("next.xml", "POST"), []),
        ("<Redirect method='get'>https://b.example/</Redirect>", GoTo("https://b.example/", "GET"), []),
        ("<Redirect/>", GoTo("", "POST"), []),
        ("<Redirect method='PUT'>next.xml</Redirect>", GoTo("next.xml", "POST"), [13710]),
        ("<Redirect>ftp://b.example/</Redirect>", FALL_THROUGH, [11100]),
        ("<Reject/>", Refuse("rejected"), []),
        ("<Reject reason='busy'/>", Refuse("busy"), []),
        ("<Reject reason='tired'/>", Refuse("rejected"), [13810]),
        ("<Reject><Parameter name='a' value='b'/></Reject>", Refuse("rejected"), []),
    ],
)
def test_what_ends_a_document_without_answering(verb: str, step: object, codes: list[int]) -> None:
    """A redirect or a refusal takes no call; the verbs behind it are not reached."""
    played = play(verb + "<Reject reason='busy'/>" * (step is not FALL_THROUGH))
    assert (played.next, played.codes, played.answered_at) == (step, codes, None)


def test_hangup_answers() -> None:
    """As the first verb it takes the call, and ends it."""
    played = play("<Hangup/><Say>never</Say>")
    assert (played.next, played.answered_at, played.heard) == (HangUp(), 0, [])


def test_an_empty_document_falls_through() -> None:
    """It neither answers nor says anything."""
    played = play("")
    assert (played.next, played.answered_at) == (FALL_THROUGH, None)


@pytest.mark.parametrize("name", sorted(VOICE.not_here))
def test_elements_that_stand_elsewhere_are_named(name: str) -> None:
    """What builders of documents allow as a verb, and is none, is passed over with the place where it belongs."""
    played = play(f"<{name}/><Say>on</Say>")
    (warning,) = played.call.warnings
    assert (played.heard, int(warning.code)) == (["on"], 12200)
    assert "stands inside" in warning.sentence


def test_unknown_verbs_are_passed_over() -> None:
    """Names are case-sensitive: 12200, and the rest runs."""
    played = play("<say>never</say><Say voise='x'>on</Say>")
    assert (played.heard, played.codes) == (["on"], [12200, 12200])


@pytest.mark.parametrize(
    ("verb", "code"), [("<Dial>+14155550100</Dial>", 13201), ("<Record/>", 12200), ("<Reject/>", 12200)]
)
def test_who_answers_a_dial_may_not_dial(verb: str, code: int) -> None:
    """A document for a callee has few verbs."""
    played = play(f"{verb}<Say>You have a call</Say>", channel=WHISPER)
    assert (played.heard, played.codes) == (["You have a call"], [code])
