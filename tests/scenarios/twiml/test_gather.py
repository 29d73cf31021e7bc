"""`<Gather>` of keys: what the caller presses reaches the application."""

import pytest
from tests.scenarios.twiml.sounds import beep
from tests.scenarios.twiml.stage import ALICE, Stage

from hookflash.testing.call import NotHeardError


@pytest.fixture(autouse=True)
def menu(stage: Stage) -> None:
    """Where keys go: it says so."""
    stage.page("keys", "<Say>Thank you.</Say>")


def test_gather(stage: Stage) -> None:
    """Nested prompts are heard; nothing pressed is no input, and the next verb follows."""
    url = stage.file("low.wav", beep(440))
    call = stage.call(f"<Gather><Say>Press.</Say><Pause/><Play>{url}</Play></Gather><Say>Nothing came.</Say>")
    assert call.hears_sync("Press.") < call.hears_sync("low.wav") < call.hears_sync("Nothing came.")
    assert stage.codes() == []


def test_gather__of_others(stage: Stage) -> None:
    """13320: another verb inside is passed over; 13325: a `<Play>` of keys too."""
    call = stage.call('<Gather timeout="1"><Hangup/><Play digits="1"/><Say>Press.</Say></Gather><Say>On.</Say>')
    call.hears_sync("Press.")
    call.hears_sync("On.")
    assert (call.keys, sorted(stage.codes())) == ("", [13320, 13325])


def test_gather_action(stage: Stage) -> None:
    """It is told the keys, and its document goes on."""
    call = stage.call('<Gather action="app/keys" numDigits="2"><Say>Press.</Say></Gather><Say>Never.</Say>')
    call.hears_sync("Press.")
    call.press("42")
    call.hears_sync("Thank you.")
    assert stage.app.wait_for(Digits="42").path == "/app/keys"


def test_gather_action__is_the_document_itself(stage: Stage) -> None:
    """Without one, what asked is told."""
    call = stage.call('<Gather numDigits="1" timeout="60"/>')
    call.press("7")
    assert stage.app.wait_for(Digits="7").path == "/app"


def test_gather_action__that_is_no_url(stage: Stage) -> None:
    """11100: the verb is skipped."""
    call = stage.call('<Gather action="ftp://x/"><Say>Press.</Say></Gather><Say>On.</Say>')
    assert call.hears_sync("On.") < 0.5
    assert stage.codes() == [11100]


def test_gather_method(stage: Stage) -> None:
    """`GET` puts the keys into the query."""
    call = stage.call('<Gather action="app/keys" method="GET" numDigits="1" timeout="60"/>')
    call.press("7")
    assert stage.app.wait_for(Digits="7").method == "GET"
    call.hears_sync("Thank you.")


def test_gather_method__that_there_is_not(stage: Stage) -> None:
    """13312: it is POST."""
    call = stage.call('<Gather action="app/keys" method="PUT" numDigits="1" timeout="60"/>')
    call.press("7")
    assert stage.app.wait_for(Digits="7").method == "POST"
    assert stage.codes() == [13312]


def test_gather_timeout(stage: Stage) -> None:
    """So long after the prompt, and after each key, it waits."""
    verbs = '<Gather action="app/keys" timeout="8"><Say>Press.</Say></Gather><Say>Nothing came.</Say>'
    call = stage.call(verbs)
    pressed = call.hears_sync("Press.")
    assert 8 < call.hears_sync("Nothing came.") - pressed < 10


def test_gather_num_digits(stage: Stage) -> None:
    """After so many keys it does not wait for more."""
    call = stage.call('<Gather action="app/keys" numDigits="3" timeout="60"/>')
    call.press("1234")
    assert stage.app.wait_for(From=ALICE, Digits="123")
    assert call.hears_sync("Thank you.") < 5


def test_gather_num_digits__of_none(stage: Stage) -> None:
    """13314: there is no limit."""
    call = stage.call('<Gather action="app/keys" numDigits="0"/>')
    call.press("1234")
    call.hears_sync("Thank you.")
    assert stage.app.wait_for(Digits="1234")
    assert stage.codes() == [13314]


def test_gather_finish_on_key(stage: Stage) -> None:
    """The key ends the input, and is not part of it."""
    call = stage.call('<Gather action="app/keys" finishOnKey="*" timeout="60"/>')
    call.press("1#2*3")
    assert stage.app.wait_for(Digits="1#2")["FinishedOnKey"] == "*"


def test_gather_finish_on_key__is_the_hash_key(stage: Stage) -> None:
    """Unless another is named."""
    call = stage.call('<Gather action="app/keys" timeout="60"/>')
    call.press("12#")
    assert stage.app.wait_for(Digits="12")


def test_gather_finish_on_key__that_is_empty(stage: Stage) -> None:
    """No key ends the input: all of them count."""
    call = stage.call('<Gather action="app/keys" finishOnKey="" timeout="2"/>')
    call.press("1#2*")
    call.hears_sync("Thank you.")
    assert stage.app.wait_for(Digits="1#2*")


def test_gather_finish_on_key__of_two(stage: Stage) -> None:
    """13310: it is the hash key."""
    call = stage.call('<Gather action="app/keys" finishOnKey="*9" timeout="60"/>')
    call.press("1*9#")
    assert stage.app.wait_for(Digits="1*9")
    assert stage.codes() == [13310]


def test_gather_action_on_empty_result(stage: Stage) -> None:
    """`action` is requested though nothing was pressed."""
    stage.call('<Gather action="app/keys" actionOnEmptyResult="true" timeout="2"/>').hears_sync("Thank you.")
    assert stage.app.wait_for(Digits="").path == "/app/keys"


def test_gather_action_on_empty_result__that_is_no_truth(stage: Stage) -> None:
    """13338: the verb is skipped."""
    call = stage.call('<Gather actionOnEmptyResult="maybe"><Say>Press.</Say></Gather><Say>On.</Say>')
    assert call.hears_sync("On.") < 0.5
    assert [(alert.code, alert.level) for alert in stage.alerts()] == [(13338, "error")]


@pytest.mark.parametrize(("barge_in", "heard"), [("true", 1), ("false", 3)])
def test_gather_barge_in(stage: Stage, barge_in: str, heard: int) -> None:
    """The first key stops what is nested, unless it may not."""
    prompt = '<Say>Monday.</Say><Pause length="5"/><Say>Tuesday.</Say><Pause length="5"/><Say>Wednesday.</Say>'
    call = stage.call(f'<Gather action="app/keys" bargeIn="{barge_in}" timeout="2">{prompt}</Gather>')
    call.hears_sync("Monday.")
    call.wait(2)
    call.press("1")
    call.hears_sync("Thank you.")
    assert call.transcript() == [*["Monday.", "Tuesday.", "Wednesday."][:heard], "Thank you."]


def test_gather_barge_in__that_is_no_truth(stage: Stage) -> None:
    """13332: keys stop what is nested."""
    call = stage.call('<Gather numDigits="1" action="app/keys" bargeIn="x"><Say loop="0">Press.</Say></Gather>')
    call.hears_sync("Press.")
    call.press("1")
    call.hears_sync("Thank you.")
    assert stage.codes() == [13332]


@pytest.mark.parametrize("debug", ["true", "false"])
def test_gather_debug(stage: Stage, debug: str) -> None:
    """It changes nothing that anybody could notice."""
    call = stage.call(f'<Gather action="app/keys" debug="{debug}" numDigits="1" timeout="60"/>')
    call.press("7")
    assert {*stage.app.wait_for(Digits="7")} - {*stage.app.requests[0]} == {"Digits"}
    assert stage.codes() == []


def test_gather__ends_with_the_call(stage: Stage) -> None:
    """Nobody is told of keys of who hangs up."""
    call = stage.call('<Gather action="app/keys" timeout="60"><Say>Press.</Say></Gather>')
    call.press("12")
    stage.ended()
    assert not [asked for asked in stage.app.requests if "Digits" in asked]
    with pytest.raises(NotHeardError):
        call.hears_sync("Thank you.")
