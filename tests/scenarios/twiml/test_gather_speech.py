"""`<Gather>` that listens to what callers say; the hints are what the engine that needs no set-up understands."""

import pytest
from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.stage import Stage

from hookflash.testing.call import Call

HINTS = 'hints="cancel my order, opening hours, billing"'


@pytest.fixture(autouse=True)
def after(stage: Stage) -> None:
    """Where results are told: it says so."""
    stage.page("said", "<Say>Thank you.</Say>")


def asks(stage: Stage, attributes: str = HINTS, *, times: str = 'timeout="3" speechTimeout="1"') -> Call:
    """A caller is asked to speak, and has been."""
    call = stage.call(
        f'<Gather input="speech" action="app/said" {times} {attributes}><Say>How can I help?</Say></Gather>'
        "<Say>Nothing came.</Say>"
    )
    call.hears_sync("How can I help")
    return call


def told(stage: Stage) -> Asked:
    """What the application was told."""
    return next(asked for asked in stage.app.requests if asked.path == "/app/said")


def understood(stage: Stage) -> str:
    """What it was told that the caller had said."""
    return told(stage)["SpeechResult"].casefold()


def answers(stage: Stage, call: Call, words: str) -> float:
    """The caller says them, and hears what comes of it; returns how many seconds after the end of the words."""
    call.say(words)
    ended = stage.hookflash.clock.now()
    call.hears_sync("Thank you.")
    return (stage.hookflash.clock.now() - ended) / 1_000


def test_gather_input(stage: Stage) -> None:
    """Speech goes to the action, with how certain it is, and no keys."""
    call = asks(stage)
    answers(stage, call, "opening hours")
    assert understood(stage) == "opening hours"
    assert 0 <= float(told(stage)["Confidence"]) <= 1
    assert "Digits" not in told(stage)
    assert stage.codes() == []


def test_gather_input__of_both_takes_keys(stage: Stage) -> None:
    """What is pressed first decides: no speech is told."""
    call = stage.call(f'<Gather input="dtmf speech" action="app/said" numDigits="2" {HINTS}><Say>Go on</Say></Gather>')
    call.hears_sync("Go on")
    call.press("42")
    call.hears_sync("Thank you.")
    assert told(stage)["Digits"] == "42"
    assert "SpeechResult" not in told(stage)


def test_gather_input__of_both_takes_speech(stage: Stage) -> None:
    """Once speech has begun, the key that ends input is nothing special."""
    call = stage.call(
        f'<Gather input="dtmf speech" action="app/said" speechTimeout="1" {HINTS}><Say>Go on</Say></Gather>'
    )
    call.hears_sync("Go on")
    answers(stage, call, "billing")
    assert (understood(stage), "Digits" in told(stage)) == ("billing", False)


def test_gather_input__of_speech_takes_no_keys(stage: Stage) -> None:
    """Keys pass unnoticed: the speech behind them is understood."""
    call = asks(stage)
    call.press("12#")
    answers(stage, call, "cancel my order")
    assert (understood(stage), "Digits" in told(stage)) == ("cancel my order", False)


def test_gather_input__that_there_is_not(stage: Stage) -> None:
    """13326: keys are taken."""
    call = stage.call('<Gather input="mind" action="app/said" numDigits="1"><Say>Go on</Say></Gather>')
    call.press("1")
    call.hears_sync("Thank you.")
    assert stage.codes() == [13326]


def test_gather__silence_is_no_input(stage: Stage) -> None:
    """After `timeout`, the next verb; the application is not asked."""
    call = asks(stage)
    call.hears_sync("Nothing came.")
    assert "/app/said" not in [asked.path for asked in stage.app.requests]


def test_gather_action_on_empty_result__of_speech(stage: Stage) -> None:
    """The action is requested after silence too, with nothing understood."""
    call = asks(stage, f'{HINTS} actionOnEmptyResult="true"')
    call.hears_sync("Thank you.")
    assert "SpeechResult" not in told(stage)


def test_gather_timeout__of_speech(stage: Stage) -> None:
    """So long it waits for the caller to begin."""
    call = asks(stage, times='timeout="6" speechTimeout="1"')
    began = stage.hookflash.clock.now()
    call.hears_sync("Nothing came.")
    assert 6_000 <= stage.hookflash.clock.now() - began < 12_000


@pytest.mark.parametrize(("seconds", "least"), [("1", 1.0), ("4", 4.0), ("auto", 0.5)])
def test_gather_speech_timeout(stage: Stage, seconds: str, least: float) -> None:
    """So long a silence ends speech; `auto`, the first pause."""
    call = asks(stage, times=f'timeout="9" speechTimeout="{seconds}"')
    assert least <= answers(stage, call, "cancel my order") < least + 2.9
    assert understood(stage) == "cancel my order"


def test_gather_speech_timeout__is_that_of_keys(stage: Stage) -> None:
    """Without one, `timeout` is."""
    assert 3 <= answers(stage, asks(stage, times='timeout="3"'), "cancel my order") < 6


def test_gather_speech_timeout__of_nothing(stage: Stage) -> None:
    """13327: that of `timeout` is used."""
    assert 3 <= answers(stage, asks(stage, times='timeout="3" speechTimeout="0"'), "cancel my order") < 6
    assert stage.codes() == [13327]


def test_gather_max_speech_time(stage: Stage) -> None:
    """Who goes on speaking is listened to for so long, and hears the next document while speaking."""
    stage.page("said", '<Say>Thank you.</Say><Pause length="60"/>')
    call = stage.call(f'<Gather input="speech" action="app/said" maxSpeechTime="2" timeout="9" {HINTS}/>')
    began = stage.hookflash.clock.now()
    call.say(", ".join(["cancel my order"] * 12))
    assert stage.hookflash.clock.now() - began > 6_000
    assert 2 <= call.hears_sync("Thank you.") < 5


def test_gather_max_speech_time__of_nothing(stage: Stage) -> None:
    """13328: a minute is used."""
    answers(stage, asks(stage, f'{HINTS} maxSpeechTime="0"'), "cancel my order")
    assert stage.codes() == [13328]


def test_gather_language(stage: Stage) -> None:
    """13343, with a sentence about what nobody understands; the prompt was heard, and it is as if nothing came."""
    call = asks(stage, f'{HINTS} language="de-DE"')
    call.hears_sync("Nothing came.")
    (alert,) = stage.alerts()
    assert (alert.code, alert.level) == (13343, "error")
    assert "not de-DE" in alert.text


def test_gather_language__of_a_region(stage: Stage) -> None:
    """English of anywhere is understood."""
    answers(stage, asks(stage, f'{HINTS} language="en-GB"'), "billing")
    assert understood(stage) == "billing"


def test_gather_language__that_is_any(stage: Stage) -> None:
    """13331: only one model knows `multi`; English is used."""
    answers(stage, asks(stage, f'{HINTS} language="multi"'), "billing")
    assert (understood(stage), stage.codes()) == ("billing", [13331])


def test_gather_hints(stage: Stage) -> None:
    """They are what is understood."""
    answers(stage, asks(stage, 'hints="good morning, good night"'), "good night")
    assert understood(stage) == "good night"


def test_gather_hints__of_none(stage: Stage) -> None:
    """Without any the debugger is told what to do, and nothing is guessed."""
    call = asks(stage, "")
    call.hears_sync("Nothing came.")
    (alert,) = stage.alerts()
    assert (alert.code, "by its hints only" in alert.text) == (13343, True)


def test_gather_hints__that_are_too_long(stage: Stage) -> None:
    """13330: they are ignored, which leaves none."""
    asks(stage, f'hints="{"a" * 101}"').hears_sync("Nothing came.")
    assert stage.codes() == [13330, 13343]


@pytest.mark.parametrize(("is_filtered", "text"), [("true", "b******"), ("false", "bastard")])
def test_gather_profanity_filter(stage: Stage, is_filtered: str, text: str) -> None:
    """Of swear words the first letter is left, unless all is wanted."""
    answers(stage, asks(stage, f'hints="cancel my order, bastard" profanityFilter="{is_filtered}"'), "bastard")
    assert understood(stage) == text


def test_gather_profanity_filter__that_is_no_truth(stage: Stage) -> None:
    """13333: swear words are filtered."""
    answers(stage, asks(stage, 'hints="cancel my order, bastard" profanityFilter="x"'), "bastard")
    assert (understood(stage), stage.codes()) == ("b******", [13333])


def test_gather_speech_model(stage: Stage) -> None:
    """That of numbers needs no hints."""
    answers(stage, asks(stage, 'speechModel="numbers_and_commands"'), "one two three")
    assert understood(stage).replace(" ", "") in ("123", "onetwothree")


def test_gather_speech_model__that_nobody_has(stage: Stage) -> None:
    """13342 is the code for models of Google's second recogniser, where no engine understands without hints."""
    asks(stage, 'speechModel="googlev2_telephony"').hears_sync("Nothing came.")
    assert stage.codes() == [13342]


def test_gather_speech_model__that_there_is_not(stage: Stage) -> None:
    """13334: any model is used."""
    answers(stage, asks(stage, f'{HINTS} speechModel="best"'), "cancel my order")
    assert stage.codes() == [13334]


def test_gather_speech_model__that_wants_seconds(stage: Stage) -> None:
    """13335: `auto` is told, and used."""
    answers(
        stage,
        asks(stage, f'{HINTS} speechModel="phone_call"', times='timeout="3" speechTimeout="auto"'),
        "cancel my order",
    )
    assert (understood(stage), stage.codes()) == ("cancel my order", [13335])


@pytest.mark.parametrize(("model", "codes"), [("phone_call", []), ("default", [13334])])
def test_gather_enhanced(stage: Stage, model: str, codes: list[int]) -> None:
    """It is for one model, and nothing to hear: that is always at its best."""
    answers(stage, asks(stage, f'{HINTS} speechModel="{model}" enhanced="true"'), "cancel my order")
    assert (understood(stage), stage.codes()) == ("cancel my order", codes)


def partial_results(stage: Stage, attributes: str = "") -> list[Asked]:
    """What was told while the caller spoke."""
    answers(stage, asks(stage, f'{HINTS} partialResultCallback="app/part" {attributes}'), "opening hours")
    stage.app.wait_for(SequenceNumber="0")
    return [asked for asked in stage.app.requests if asked.path == "/app/part"]


def test_gather_partial_result_callback(stage: Stage) -> None:
    """It is told, in order, what is understood so far; what it answers does not matter."""
    stage.page("part", "<Say>Never heard.</Say>")
    results = partial_results(stage)
    assert [asked["SequenceNumber"] for asked in results] == [str(number) for number in range(len(results))]
    assert all("open" in asked["UnstableSpeechResult"].casefold() for asked in results[-1:])
    assert all(0 <= float(asked["Stability"]) <= 1 for asked in results)
    assert (results[0].method, results[0]["CallSid"], results[0]["CallStatus"]) == ("POST", stage.sid, "in-progress")
    assert understood(stage) == "opening hours"


def test_gather_partial_result_callback__that_is_no_url(stage: Stage) -> None:
    """11100: nobody is told, and speech is understood all the same."""
    answers(stage, asks(stage, f'{HINTS} partialResultCallback="ftp://a/"'), "cancel my order")
    assert (understood(stage), stage.codes()) == ("cancel my order", [11100])


def test_gather_partial_result_callback_method(stage: Stage) -> None:
    """It may be asked by GET."""
    assert {asked.method for asked in partial_results(stage, 'partialResultCallbackMethod="GET"')} == {"GET"}


def test_gather_partial_result_callback_method__that_there_is_not(stage: Stage) -> None:
    """13329: it is asked by POST."""
    assert {asked.method for asked in partial_results(stage, 'partialResultCallbackMethod="PUT"')} == {"POST"}
    assert stage.codes() == [13329]


@pytest.mark.parametrize(("barge_in", "heard"), [("true", 1), ("false", 2)])
def test_gather_barge_in__by_speech(stage: Stage, barge_in: str, heard: int) -> None:
    """Speech stops what is nested, unless it may not; then it does not count before the end."""
    prompt = '<Say>Monday.</Say><Pause length="9"/><Say>Tuesday.</Say>'
    call = stage.call(
        f'<Gather input="speech" action="app/said" bargeIn="{barge_in}" timeout="2" speechTimeout="1" {HINTS}>'
        f"{prompt}</Gather><Say>Nothing came.</Say>"
    )
    call.hears_sync("Monday.")
    call.say("opening hours")
    call.hears_sync("Thank you." if barge_in == "true" else "Nothing came.")
    assert len(call.transcript()) == heard + 1
