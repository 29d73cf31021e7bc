"""`<Sip>`: a SIP address that `<Dial>` rings. Here a handset answers there, or a phone of the test over UDP."""

from tests.scenarios.twiml import phones
from tests.scenarios.twiml.phones import SIP
from tests.scenarios.twiml.stage import Stage


def test_sip(stage: Stage) -> None:
    """It is rung, shows who calls, and the two hear each other."""
    phones.is_rung_and_joined(stage, SIP)


def test_sip_url(stage: Stage) -> None:
    """Who answers hears a document before the two are joined."""
    phones.hears_a_whisper(stage, SIP)


def test_sip_method(stage: Stage) -> None:
    """How `url` is requested."""
    phones.hears_a_whisper(stage, SIP, method="GET")


def test_sip_status_callback(stage: Stage) -> None:
    """Told of the end of the call to the phone."""
    phones.is_told_of_the_end(stage, SIP)


def test_sip_status_callback_event(stage: Stage) -> None:
    """Of those that are named."""
    phones.is_told_of_each(stage, SIP)


def test_sip_status_callback_method(stage: Stage) -> None:
    """How it is requested."""
    phones.is_told_by(stage, SIP, "GET")


def test_sip_machine_detection(stage: Stage) -> None:
    """Tells a machine from a person, while the two are joined already."""
    phones.tells_machines_from_people(stage, SIP)


def test_sip_machine_detection_timeout(stage: Stage) -> None:
    """How long it may take."""
    phones.gives_up_in_time(stage, SIP)


def test_sip_machine_detection_speech_threshold(stage: Stage) -> None:
    """A greeting that is longer is a machine's."""
    phones.takes_longer_speech_for_a_machine(stage, SIP)


def test_sip_machine_detection_speech_end_threshold(stage: Stage) -> None:
    """So much silence ends a greeting."""
    phones.waits_for_silence(stage, SIP)


def test_sip_machine_detection_silence_timeout(stage: Stage) -> None:
    """So much silence at the start, and it is given up."""
    phones.gives_up_on_silence(stage, SIP)


def test_sip_amd_status_callback(stage: Stage) -> None:
    """Told once, of the call to the phone, by POST."""
    found = phones.detected(stage, SIP, says="Hello?")
    assert (found["AnsweredBy"], found.method) == ("human", "POST")
    assert set(found) == {"CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"}


def test_sip_amd_status_callback_method(stage: Stage) -> None:
    """How it is requested."""
    phones.detection_is_told_by(stage, SIP, "GET")
