"""`<Sip>`: a SIP address that `<Dial>` rings. Here a handset answers there, or a phone of the test over UDP."""

from collections.abc import Iterator

import pytest
from tests.scenarios.twiml import phones
from tests.scenarios.twiml.phones import SIP
from tests.scenarios.twiml.sip_peer import Peer, sip_peer
from tests.scenarios.twiml.stage import Stage


@pytest.fixture
def peer() -> Iterator[Peer]:
    with sip_peer() as made:
        yield made


def test_sip(stage: Stage) -> None:
    """It is rung, shows who calls, and the two hear each other."""
    phones.is_rung_and_joined(stage, SIP)


def test_sip__that_is_no_address(stage: Stage) -> None:
    """13243: it is not rung."""
    stage.dial("<Dial><Sip>alice</Sip></Dial>").over_sync()
    assert stage.codes() == [13243]


def test_sip__with_headers_in_its_query(stage: Stage) -> None:
    """They reach the phone, and no others than those of applications may stand there."""
    SIP.takes_calls(stage)
    stage.call("<Dial><Sip>sip:bob@example.com?X-Order=7&amp;X-Note=two%20words</Sip></Dial>")
    assert SIP.rings(stage).headers == {"X-Order": "7", "X-Note": "two words"}


def test_sip_username(stage: Stage, peer: Peer) -> None:
    """Whom a server asks for, it gets."""
    peer.username, peer.password = "ann", "secret"
    call = stage.call(f'<Dial><Sip username="ann" password="secret">{peer.uri}</Sip></Dial>')
    assert 'username="ann"' in peer.got("INVITE sip:bob", having="authorization")["authorization"]
    assert call.status == "answered"


def test_sip_password(stage: Stage, peer: Peer) -> None:
    """A wrong one opens no door: the call fails."""
    peer.username, peer.password = "ann", "secret"
    after = stage.page("after", "<Hangup/>")
    stage.dial(f'<Dial action="{after}"><Sip username="ann" password="wrong">{peer.uri}</Sip></Dial>')
    assert stage.app.wait_for(DialCallStatus="failed")["DialSipResponseCode"] == "401"


def test_uri(stage: Stage) -> None:
    """The address, where it does not stand in `<Sip>` itself; of several the first is rung."""
    SIP.takes_calls(stage)
    stage.call("<Dial><Sip><Uri>sip:bob@example.com</Uri><Uri>sip:ann@example.com</Uri></Sip></Dial>")
    SIP.rings(stage)


def test_uri_priority(stage: Stage) -> None:
    """It chooses nothing: the first is rung."""
    SIP.takes_calls(stage)
    first, second = '<Uri priority="9">sip:bob@example.com</Uri>', '<Uri priority="1">sip:ann@example.com</Uri>'
    stage.call(f"<Dial><Sip>{first}{second}</Sip></Dial>")
    SIP.rings(stage)


def test_uri_weight(stage: Stage) -> None:
    """It chooses nothing: the first is rung."""
    SIP.takes_calls(stage)
    first, second = '<Uri weight="1">sip:bob@example.com</Uri>', '<Uri weight="99">sip:ann@example.com</Uri>'
    stage.call(f"<Dial><Sip>{first}{second}</Sip></Dial>")
    SIP.rings(stage)


def test_uri_username(stage: Stage, peer: Peer) -> None:
    """As that of `<Sip>`, and before it."""
    peer.username, peer.password = "ann", "secret"
    uri = f'<Uri username="ann" password="secret">{peer.uri}</Uri>'
    call = stage.call(f'<Dial><Sip username="bob">{uri}</Sip></Dial>')
    peer.got("ACK sip:bob")
    assert call.status == "answered"


def test_uri_password(stage: Stage, peer: Peer) -> None:
    """As that of `<Sip>`, and before it."""
    peer.username, peer.password = "ann", "secret"
    uri = f'<Uri password="secret">{peer.uri}</Uri>'
    call = stage.call(f'<Dial><Sip username="ann" password="wrong">{uri}</Sip></Dial>')
    peer.got("ACK sip:bob")
    assert call.status == "answered"


def test_headers(stage: Stage) -> None:
    """They reach the phone, as those of the query do."""
    SIP.takes_calls(stage)
    headers = '<Header name="X-Order" value="7"/><Header name="X-Note" value="two words"/>'
    stage.call(f"<Dial><Sip><Uri>sip:bob@example.com</Uri><Headers>{headers}</Headers></Sip></Dial>")
    assert SIP.rings(stage).headers == {"X-Order": "7", "X-Note": "two words"}


def test_header(stage: Stage, peer: Peer) -> None:
    """It stands in the INVITE."""
    header = '<Header name="X-Order" value="7"/>'
    stage.call(f"<Dial><Sip><Uri>{peer.uri}</Uri><Headers>{header}</Headers></Sip></Dial>")
    assert peer.got("INVITE")["x-order"] == "7"


def test_header_name(stage: Stage) -> None:
    """13252: one of SIP itself is not an application's to set; nobody is rung."""
    header = '<Header name="Via" value="me"/>'
    stage.dial(f"<Dial><Sip><Uri>sip:bob@example.com</Uri><Headers>{header}</Headers></Sip></Dial>").over_sync()
    assert stage.codes() == [13252]


def test_header_value(stage: Stage) -> None:
    """13253: all together they have 1,024 characters at the most; nobody is rung."""
    header = f'<Header name="X-Long" value="{"x" * 1_100}"/>'
    stage.dial(f"<Dial><Sip><Uri>sip:bob@example.com</Uri><Headers>{header}</Headers></Sip></Dial>").over_sync()
    assert stage.codes() == [13253]


def test_sip_url(stage: Stage) -> None:
    """Who answers hears a document before the two are joined."""
    phones.hears_a_whisper(stage, SIP)


def test_sip_url__learns_of_the_answer(stage: Stage, peer: Peer) -> None:
    """The Call-ID, the host, and the headers of the application in the answer."""
    peer.headers = {"X-Desk": "7"}
    whisper = stage.page("whisper", "<Pause/>")
    stage.call(f'<Dial><Sip url="{whisper}">{peer.uri}</Sip></Dial>')
    asked = stage.app.wait_for(SipCallId=peer.got("INVITE")["call-id"])
    assert (asked["SipDomain"], asked["SipHeader_X-Desk"]) == ("127.0.0.1", "7")


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
