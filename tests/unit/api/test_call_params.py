"""How the parameters of calls are read: what is taken, what is passed over, what is refused."""

import pytest

from hookflash.actions.create_call import CreateCall
from hookflash.actions.update_call import UpdateCall
from hookflash.api.api_v2010.call_params import read_create, read_recording, read_update
from hookflash.api.params import Form
from hookflash.domain.call import CallEvent, CallOptions, CallStatus, DetectOptions, Source
from hookflash.domain.recording import RecordOptions
from hookflash.errors import ApiError


def created(*pairs: tuple[str, str]) -> CreateCall:
    return read_create(Form(list(pairs)), seal=lambda text: f"sealed {text}")


def options(*pairs: tuple[str, str]) -> CallOptions:
    read = created(*pairs).options
    assert isinstance(read, CallOptions)
    return read


def test_nothing_is_asked_for() -> None:
    """Every option has the default of the original."""
    assert options() == CallOptions()
    assert (options().timeout, options().time_limit, options().record) == (60, 86_400, None)


@pytest.mark.parametrize(
    "pairs",
    [
        [("StatusCallbackEvent", "ringing"), ("StatusCallbackEvent", "answered")],
        [("StatusCallbackEvent", "ringing answered")],
        [("StatusCallbackEvent", "Ringing, answered, ringing busy")],
    ],
)
def test_events_are_repeated_or_listed(pairs: list[tuple[str, str]]) -> None:
    """Each once; words that are no events, which many write, are passed over."""
    assert options(*pairs).status_callback_events == (CallEvent.RINGING, CallEvent.ANSWERED)


def test_no_known_event_is_the_default() -> None:
    """Somebody who asks for nothing that there is hears of the end."""
    assert options(("StatusCallbackEvent", "busy")).status_callback_events == (CallEvent.COMPLETED,)


def test_a_url_goes_before_a_document() -> None:
    """Twiml is ignored where there is a Url."""
    assert options(("Url", "https://a.example/"), ("Twiml", "<R/>")).source == Source(url="https://a.example/")
    assert options(("Twiml", "<R/>"), ("Method", "GET")).source == Source(twiml="<R/>", method="GET")


def test_detection_of_2010() -> None:
    """IfMachine alone is enough."""
    assert options(("IfMachine", "Hangup")).detect == DetectOptions(if_machine="Hangup")
    assert options(("MachineDetection", "Enable")).detect == DetectOptions()
    assert options(("AsyncAmd", "false")).detect is None


def test_a_recording_needs_record_true() -> None:
    """How to record says nothing about whether."""
    assert options(("RecordingChannels", "dual")).record is None
    assert options(("Record", "true")).record == RecordOptions()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("Twiml", "x" * 4_001, 20422),
        ("Timeout", "0", 21208),
        ("TimeLimit", "86401", 20422),
        ("CallReason", "x" * 51, 20422),
        ("FallbackUrl", "nowhere", 21205),
        ("StatusCallbackMethod", "PUT", 21209),
        ("MachineDetectionTimeout", "2", 21263),
        ("Trim", "maybe", 20422),
        ("Byoc", "AC" + "0" * 32, 20422),
    ],
)
def test_the_first_wrong_option_is_kept_for_later(name: str, value: str, number: int) -> None:
    """What is wrong with the numbers is told before what is wrong with the options."""
    wrong = created(("To", ""), (name, value)).options
    assert isinstance(wrong, ApiError)
    assert wrong.code.number == number


def test_an_update_says_what_changes() -> None:
    """What is not named stays; an empty StatusCallback takes it away."""
    assert read_update(Form([])) == UpdateCall()
    assert read_update(Form([("Method", "GET")])) == UpdateCall()  # of which URL?
    assert read_update(Form([("StatusCallback", "")])).status_callback == ""
    assert read_update(Form([("Status", "completed")])).status is CallStatus.COMPLETED
    with pytest.raises(ApiError):
        read_update(Form([("Status", "busy")]))


def test_a_recording_of_a_live_call() -> None:
    """Mono of both sides, unless it says otherwise; whether silence is cut off depends on what asks for it."""
    assert read_recording(Form([]), trim=True) == RecordOptions()
    assert read_recording(Form([]), trim=False) == RecordOptions(trim=False)
    assert read_recording(Form([("Trim", "trim-silence")]), trim=False).trim
    assert read_recording(Form([("RecordingChannels", "dual")]), trim=True).channels == 2
