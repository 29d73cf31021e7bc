"""`<Gather>`: what the caller presses, and what comes of it."""

import pytest
from tests.unit.twiml.voice.voice_support import HERE, play

from hookflash.switch.leg import HungUp
from hookflash.testing.leg import ScriptedLeg
from hookflash.twiml.voice import FALL_THROUGH, GoTo

MENU = "<Gather {}><Say>Press one</Say></Gather><Say>Nothing came</Say>"


def typing(leg: ScriptedLeg, **keys: float) -> None:
    """Press each key (`k1` is 1, `pound` is #) at its second."""
    for name, at in keys.items():
        key = {"pound": "#", "star": "*"}.get(name, name[-1])
        leg.at(at, lambda key=key: leg.press(key))  # type: ignore[misc]


def test_keys_go_to_the_action() -> None:
    """Keys until the time-out; they are posted to the document itself by default."""
    played = play(MENU.format(""), lambda leg: typing(leg, k1=2, k2=4))
    assert played.next == GoTo("", "POST", {"Digits": "12"})
    assert (played.heard, played.took) == (["Press one"], 9)


def test_action_and_method() -> None:
    """They say where the keys go and how; the URL is relative to the document."""
    played = play(MENU.format("action='menu?x=1' method='GET' numDigits='1'"), lambda leg: typing(leg, k7=2))
    assert played.next == GoTo("menu?x=1", "GET", {"Digits": "7"})


def test_a_key_stops_the_prompt() -> None:
    """The first key cuts what is nested off, and counts."""

    def script(leg: ScriptedLeg) -> None:
        leg.lasts["Press one"] = 60_000
        typing(leg, k1=3)

    played = play(MENU.format("numDigits='1'"), script)
    assert (played.next, played.took) == (GoTo("", "POST", {"Digits": "1"}), 3)


def test_without_barge_in_the_prompt_is_heard_to_its_end() -> None:
    """The keys of meanwhile count all the same."""

    def script(leg: ScriptedLeg) -> None:
        leg.lasts["Press one"] = 10_000
        typing(leg, k1=3)

    played = play(MENU.format("numDigits='1' bargeIn='false'"), script)
    assert (played.next, played.took) == (GoTo("", "POST", {"Digits": "1"}), 10)


@pytest.mark.parametrize(("timeout", "seconds"), [("3", 4), ("0", 1), ("auto", 6), ("soon", 6)])
def test_timeout_begins_after_the_prompt(timeout: str, seconds: float) -> None:
    """Silence for so long after the last prompt (1 s here) is no input: the next verb runs."""
    played = play(f"<Gather timeout='{timeout}'><Say>Press one</Say></Gather>")
    assert (played.next, played.took) == (FALL_THROUGH, seconds)
    assert played.codes == ([13313] if timeout == "soon" else [])


def test_timeout_begins_again_with_each_key() -> None:
    """Four keys, four seconds apart, are one input."""
    played = play("<Gather/>", lambda leg: typing(leg, k1=4, k2=8, k3=12, k4=16))
    assert (played.next, played.took) == (GoTo("", "POST", {"Digits": "1234"}), 21)


def test_num_digits_ends_it_at_once() -> None:
    """The last of them needs no time-out."""
    played = play("<Gather numDigits='3'/>", lambda leg: typing(leg, k1=1, k2=2, k3=3))
    assert (played.next, played.took) == (GoTo("", "POST", {"Digits": "123"}), 3)


@pytest.mark.parametrize(
    ("attribute", "params", "took"),
    [
        ("", {"Digits": "1", "FinishedOnKey": "#"}, 2),
        ("finishOnKey='*'", {"Digits": "1#", "FinishedOnKey": "*"}, 3),
        ("finishOnKey=''", {"Digits": "1#*"}, 8),
    ],
)
def test_finish_on_key(attribute: str, params: dict[str, str], took: float) -> None:
    """# by default, another, or none; it is not part of the digits."""
    played = play(f"<Gather {attribute}/>", lambda leg: typing(leg, k1=1, pound=2, star=3))
    assert (played.next, played.took) == (GoTo("", "POST", params), took)


def test_the_finish_key_alone_is_no_input() -> None:
    """The next verb runs, as if nothing had been pressed."""
    played = play(MENU.format(""), lambda leg: typing(leg, pound=2))
    assert (played.next, played.heard) == (FALL_THROUGH, ["Press one", "Nothing came"])


def test_action_on_empty_result() -> None:
    """Then the action is requested with empty Digits."""
    played = play(MENU.format("actionOnEmptyResult='true'"))
    assert (played.next, played.heard) == (GoTo("", "POST", {"Digits": ""}), ["Press one"])


def test_prompts_are_played_in_order() -> None:
    """Say, Play and Pause, with their loops; each is there before the first is heard."""
    played = play("<Gather><Say loop='2'>a</Say><Pause length='3'/><Play>b.wav</Play></Gather>")
    assert played.heard == ["a", "a", "3000 ms of silence", "b.wav"]


@pytest.mark.parametrize(
    ("verb", "codes"),
    [
        ("<Gather><Dial>+14155550100</Dial></Gather>", [13320]),
        ("<Gather><Play digits='1'/></Gather>", [13325]),
        ("<Gather input='speech keys'/>", [13326]),
        ("<Gather finishOnKey='#*'/>", [13310]),
        ("<Gather numDigits='0'/>", [13314]),
        ("<Gather method='PUT'/>", [13312]),
        ("<Gather bargeIn='maybe'/>", [13332]),
        ("<Gather profanityFilter='x' hints='a' language='en-US' speechTimeout='auto'/>", [13333]),
        ("<Gather maxSpeechTime='x' partialResultCallbackMethod='PUT' enhanced='x'/>", [13328, 13329, 13334]),
        (f"<Gather hints='{'x' * 101}'/>", [13330]),
    ],
)
def test_wrong_values_are_told_and_keys_are_taken(verb: str, codes: list[int]) -> None:
    """Each with its code; the default holds, which is keys."""
    played = play(verb, lambda leg: typing(leg, k5=1))
    assert (played.next, sorted(played.codes)) == (GoTo("", "POST", {"Digits": "5"}), codes)


@pytest.mark.parametrize(("attribute", "code"), [("action='ftp://x'", 11100), ("actionOnEmptyResult='x'", 13338)])
def test_an_error_skips_the_verb(attribute: str, code: int) -> None:
    """Codes that count as errors leave the verb out."""
    played = play(MENU.format(attribute))
    assert (played.heard, played.codes) == (["Nothing came"], [code])


def test_a_document_without_url_needs_an_action() -> None:
    """Inline TwiML has no document to go back to: 11100."""
    played = play(MENU.format(""), prepare=lambda call: setattr(call, "url", None))
    assert (played.heard, played.codes) == (["Nothing came"], [11100])


def test_who_hangs_up_presses_nothing() -> None:
    """No action is requested: the call is over."""
    with pytest.raises(HungUp):
        play(MENU.format(f"action='{HERE}'"), lambda leg: leg.at(3, leg.go))
