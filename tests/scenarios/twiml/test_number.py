"""`<Number>`: a phone number that `<Dial>` rings."""

from tests.scenarios.twiml import phones
from tests.scenarios.twiml.phones import NUMBER
from tests.scenarios.twiml.stage import Stage


def test_number(stage: Stage) -> None:
    """It is rung, shows who calls, and the two hear each other."""
    phones.is_rung_and_joined(stage, NUMBER)


def test_number__that_is_none(stage: Stage) -> None:
    """13224: it is not rung."""
    stage.dial("<Dial><Number>12</Number></Dial>").over_sync()
    assert stage.codes() == [13224]


def test_number_send_digits(stage: Stage) -> None:
    """The keys are pressed at the phone, with their waits, and only then are the two joined."""
    NUMBER.takes_calls(stage, says="This is the other side, and I go on talking for quite a while longer")
    call = stage.call('<Dial><Number sendDigits="wwwwW12#">+14155551302</Number></Dial>')
    phone = NUMBER.rings(stage)
    phone.answered_sync()
    phone.wait(2.5)
    assert phone.keys == ""
    phone.wait(2)
    assert phone.keys == "12#"
    call.hang_up()


def test_number_send_digits__of_no_keys(stage: Stage) -> None:
    """13222: nothing is pressed, and the phone is rung all the same."""
    NUMBER.takes_calls(stage)
    call = stage.call('<Dial><Number sendDigits="1 2">+14155551302</Number></Dial>')
    phone = NUMBER.rings(stage)
    phone.answered_sync()
    call.wait(2)
    assert phone.keys == ""
    assert stage.codes() == [13222]


def test_number_byoc(stage: Stage) -> None:
    """Routes of the platform lead to trunks: the number is rung whatever it says."""
    NUMBER.takes_calls(stage)
    stage.call('<Dial><Number byoc="BY00000000000000000000000000000001">+14155551302</Number></Dial>')
    NUMBER.rings(stage)
    assert stage.codes() == []


def test_number_url(stage: Stage) -> None:
    """Who answers hears a document before the two are joined."""
    phones.hears_a_whisper(stage, NUMBER)


def test_number_method(stage: Stage) -> None:
    """How `url` is requested."""
    phones.hears_a_whisper(stage, NUMBER, method="GET")


def test_number_status_callback(stage: Stage) -> None:
    """Told of the end of the call to the phone."""
    phones.is_told_of_the_end(stage, NUMBER)


def test_number_status_callback_event(stage: Stage) -> None:
    """Of those that are named."""
    phones.is_told_of_each(stage, NUMBER)


def test_number_status_callback_event__says_how_the_caller_is_vouched_for(stage: Stage) -> None:
    """A number of the account that calls, in `StirStatus` while the call comes about."""
    NUMBER.takes_calls(stage, hangs_up_after=1_000)
    noun = NUMBER.written(f'statusCallback="{stage.app.url}/child" statusCallbackEvent="ringing answered completed"')
    stage.call(f'<Dial callerId="{stage.hookflash.number}">{noun}</Dial>').over_sync()
    assert stage.app.wait_for(To=NUMBER.name, CallStatus="ringing")["StirStatus"] == "A"
    assert "StirStatus" not in stage.app.wait_for(To=NUMBER.name, CallStatus="completed")


def test_number_status_callback_method(stage: Stage) -> None:
    """How it is requested."""
    phones.is_told_by(stage, NUMBER, "GET")


def test_number_machine_detection(stage: Stage) -> None:
    """Tells a machine from a person, while the two are joined already."""
    phones.tells_machines_from_people(stage, NUMBER)


def test_number_machine_detection_timeout(stage: Stage) -> None:
    """How long it may take."""
    phones.gives_up_in_time(stage, NUMBER)


def test_number_machine_detection_speech_threshold(stage: Stage) -> None:
    """A greeting that is longer is a machine's."""
    phones.takes_longer_speech_for_a_machine(stage, NUMBER)


def test_number_machine_detection_speech_end_threshold(stage: Stage) -> None:
    """So much silence ends a greeting."""
    phones.waits_for_silence(stage, NUMBER)


def test_number_machine_detection_silence_timeout(stage: Stage) -> None:
    """So much silence at the start, and it is given up."""
    phones.gives_up_on_silence(stage, NUMBER)


def test_number_amd_status_callback(stage: Stage) -> None:
    """Told once, of the call to the phone, by POST."""
    found = phones.detected(stage, NUMBER, says="Hello?")
    assert (found["AnsweredBy"], found.method) == ("human", "POST")
    assert set(found) == {"CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"}


def test_number_amd_status_callback_method(stage: Stage) -> None:
    """How it is requested."""
    phones.detection_is_told_by(stage, NUMBER, "GET")
