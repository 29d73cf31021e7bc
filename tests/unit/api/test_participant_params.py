"""How the parameters of participants are read: those of the call, of the seat and of the conference."""

import pytest

from hookflash.api.api_v2010.participant_params import read_change, read_participant
from hookflash.api.params import Form
from hookflash.domain.call import CallEvent, CallOptions, Source
from hookflash.domain.conference import ConferenceEvent, ConferenceOptions, Seat
from hookflash.domain.participation import ParticipantChange
from hookflash.domain.recording import RecordingEvent, RecordOptions
from hookflash.domain.waiting import HOLD_MUSIC
from hookflash.errors import ApiError, Code

WHO = [("From", "+14155550100"), ("To", "+14155551212")]
URL = "https://app.example/x"
DEFAULT_EVENTS = (ConferenceEvent.START, ConferenceEvent.END)


def read(*pairs: tuple[str, str]) -> tuple[CallOptions, Seat, ConferenceOptions]:
    wanted = read_participant(Form([*WHO, *pairs]), lambda secret: f"sealed {secret}")
    assert isinstance(wanted.call.options, CallOptions)
    assert (wanted.call.to, wanted.call.sender) == ("+14155551212", "+14155550100")
    return wanted.call.options, wanted.seat, wanted.options


def test_what_is_not_said_has_its_default() -> None:
    """Music before the start, a beep, and the events start and end."""
    call, seat, conference = read()
    assert call == CallOptions()
    assert seat == Seat(wait_url=HOLD_MUSIC, wait_method="GET", beep="true", starts=True, ends=False)
    assert conference == ConferenceOptions(status_callback_events=DEFAULT_EVENTS)


@pytest.mark.parametrize(
    ("pairs", "seat"),
    [
        ([("Label", "agent"), ("Muted", "true"), ("Beep", "onExit")], Seat(label="agent", muted=True, beep="onExit")),
        (
            [("StartConferenceOnEnter", "false"), ("EndConferenceOnExit", "true"), ("EarlyMedia", "false")],
            Seat(starts=False, ends=True, early_media=False),
        ),
        ([("WaitUrl", URL)], Seat(wait_url=URL, wait_method="POST")),
        ([("WaitUrl", URL), ("WaitMethod", "GET")], Seat(wait_url=URL)),
        ([("WaitUrl", "")], Seat(wait_url="", wait_method="POST")),
        ([("WaitMethod", "POST")], Seat()),
        ([("CallSidToCoach", "CA" + "0" * 32)], Seat(coaches="CA" + "0" * 32)),
        ([("Coaching", "true"), ("CallSidToCoach", "CA" + "0" * 32)], Seat(coaches="CA" + "0" * 32)),
        ([("Coaching", "false"), ("CallSidToCoach", "CA" + "0" * 32)], Seat()),
    ],
)
def test_how_one_takes_part(pairs: list[tuple[str, str]], seat: Seat) -> None:
    """As the attributes of <Conference>; the default music is asked for by GET, whatever is said."""
    assert read(*pairs)[1] == seat


@pytest.mark.parametrize(
    ("pairs", "options"),
    [
        ([("MaxParticipants", "7"), ("Region", "ie1")], ConferenceOptions(most=7, region="ie1")),
        ([("ConferenceRecord", "true")], ConferenceOptions(record=True)),
        ([("ConferenceRecord", "record-from-start")], ConferenceOptions(record=True)),
        ([("ConferenceRecord", "do-not-record")], ConferenceOptions()),
        ([("ConferenceTrim", "do-not-trim")], ConferenceOptions(recording=RecordOptions(trim=False))),
        (
            [("ConferenceStatusCallback", URL), ("ConferenceStatusCallbackMethod", "GET")],
            ConferenceOptions(status_callback=URL, status_callback_method="GET"),
        ),
        (
            [
                ("ConferenceRecordingStatusCallback", URL),
                ("ConferenceRecordingStatusCallbackEvent", "in-progress absent"),
            ],
            ConferenceOptions(
                recording=RecordOptions(
                    status_callback=URL, status_callback_events=(RecordingEvent.IN_PROGRESS, RecordingEvent.ABSENT)
                )
            ),
        ),
    ],
)
def test_what_holds_for_the_conference(pairs: list[tuple[str, str]], options: ConferenceOptions) -> None:
    """If it begins with this participant."""
    found = read(*pairs)[2]
    assert found.status_callback_events == DEFAULT_EVENTS
    assert [getattr(found, name) for name in found.__struct_fields__ if name != "status_callback_events"] == [
        getattr(options, name) for name in options.__struct_fields__ if name != "status_callback_events"
    ]


@pytest.mark.parametrize("pairs", [[("E", "join leave")], [("E", "join"), ("E", "leave")], [("E", "leave,join")]])
def test_events_may_be_written_in_several_ways(pairs: list[tuple[str, str]]) -> None:
    """The key repeated, or spaces between, or commas."""
    found = read(*(("ConferenceStatusCallbackEvent", value) for _, value in pairs))[2]
    assert set(found.status_callback_events) == {ConferenceEvent.JOIN, ConferenceEvent.LEAVE}


def test_the_call_is_made_as_others_are() -> None:
    """With its ringing, its callbacks, its recording; what it is to run is the conference and nothing else."""
    call, _, _ = read(
        ("Timeout", "20"),
        ("TimeLimit", "600"),
        ("StatusCallback", URL),
        ("StatusCallbackEvent", "answered"),
        ("Record", "true"),
        ("RecordingChannels", "dual"),
        ("CallerId", "+14155550101"),
        ("SipAuthUsername", "ann"),
        ("SipAuthPassword", "secret"),
        ("Url", URL),
        ("Twiml", "<Response/>"),
        ("SendDigits", "1"),
    )
    assert (call.timeout, call.time_limit, call.status_callback) == (20, 600, URL)
    assert call.status_callback_events == (CallEvent.ANSWERED,)
    assert call.record is not None
    assert call.record.channels == 2
    assert (call.caller_id, call.sip_password) == ("+14155550101", "sealed secret")
    assert (call.source, call.send_digits) == (Source(), None)


def test_the_conference_does_not_wait_for_machine_detection() -> None:
    """It goes on beside, and AmdStatusCallback is told."""
    detect = read(("MachineDetection", "Enable"), ("AmdStatusCallback", URL), ("AmdStatusCallbackMethod", "GET"))[0]
    assert detect.detect is not None
    assert (detect.detect.is_async, detect.detect.callback, detect.detect.callback_method) == (True, URL, "GET")
    without = read(("MachineDetection", "DetectMessageEnd"))[0].detect
    assert without is not None
    assert (without.is_async, without.until_end, without.callback) == (True, True, None)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("Label", "", Code.INVALID_LABEL),
        ("Muted", "perhaps", Code.INVALID_PARAMETER),
        ("Beep", "loud", Code.INVALID_PARAMETER),
        ("WaitUrl", "nowhere", Code.INVALID_CALL_URL),
        ("WaitMethod", "PUT", Code.INVALID_CALL_METHOD),
        ("MaxParticipants", "1", Code.INVALID_PARAMETER),
        ("MaxParticipants", "251", Code.INVALID_PARAMETER),
        ("Region", "moon", Code.INVALID_PARAMETER),
        ("ConferenceRecord", "sometimes", Code.INVALID_PARAMETER),
        ("JitterBufferSize", "huge", Code.INVALID_PARAMETER),
        ("CallSidToCoach", "agent", Code.INVALID_PARAMETER),
        ("Coaching", "true", Code.MISSING_PARAMETER),
    ],
)
def test_what_cannot_be_is_refused(name: str, value: str, code: Code) -> None:
    """With the code of the parameter."""
    with pytest.raises(ApiError) as refusal:
        read((name, value))
    assert refusal.value.code is code


@pytest.mark.parametrize(
    ("pairs", "change"),
    [
        ([], ParticipantChange()),
        ([("Muted", "false"), ("Hold", "true")], ParticipantChange(muted=False, hold=True)),
        (
            [("HoldUrl", URL), ("AnnounceUrl", URL)],
            ParticipantChange(hold_source=Source(url=URL, method="GET"), announcement=Source(url=URL)),
        ),
        ([("WaitUrl", "")], ParticipantChange(wait_source=Source())),
        ([("WaitMethod", "GET")], ParticipantChange()),
        (
            [("BeepOnExit", "false"), ("EndConferenceOnExit", "true"), ("Coaching", "false")],
            ParticipantChange(beeps_on_exit=False, ends=True, coaching=False),
        ),
    ],
)
def test_what_changes(pairs: list[tuple[str, str]], change: ParticipantChange) -> None:
    """Only what was said; a method without a URL says nothing."""
    assert read_change(Form(pairs)) == change


def test_who_coaches_coaches_somebody() -> None:
    """A change needs CallSidToCoach beside Coaching=true, too."""
    with pytest.raises(ApiError) as refusal:
        read_change(Form([("Coaching", "true")]))
    assert refusal.value.code is Code.MISSING_PARAMETER
