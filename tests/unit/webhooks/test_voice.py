"""The parameters of webhooks about calls and recordings, as the sheet of webhooks lists them."""

from hookflash.domain.call import Call, CallEvent, CallOptions, CallStatus, DetectOptions, Direction
from hookflash.domain.recording import Recording, RecordingSource, RecordingStatus
from hookflash.webhooks.voice import call_status_params, recording_status_params, voice_params

ACCOUNT = "AC" + "0" * 32
CALL = "CA" + "0" * 32
AT = 1_700_000_000_000


def call(**more: object) -> Call:
    return Call(
        **{  # type: ignore[arg-type]
            "account_sid": ACCOUNT,
            "sid": CALL,
            "direction": Direction.INBOUND,
            "status": CallStatus.RINGING,
            "sender": "+14155551212",
            "recipient": "+12025550100",
            "date_created": AT,
            "date_updated": AT,
            **more,
        }
    )


def test_the_first_request_of_an_incoming_call() -> None:
    """Every parameter of section 3 that is known, and no other; places as far as they are known."""
    params = voice_params(call(caller_name="ANNE", options=CallOptions(params={"CallToken": "t"})))
    assert {name: value for name, value in params.items() if not name.endswith(("City", "State", "Zip"))} == {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": CALL,
        "CallStatus": "ringing",
        "CallToken": "t",
        "CallerName": "ANNE",
        "Direction": "inbound",
        "From": "+14155551212",
        "Caller": "+14155551212",
        "To": "+12025550100",
        "Called": "+12025550100",
        "FromCountry": "US",
        "CallerCountry": "US",
        "ToCountry": "US",
        "CalledCountry": "US",
    }
    assert (params["FromState"], params["CallerState"], params["ToState"]) == ("CA", "CA", "DC")


def test_a_sip_address_is_at_home_nowhere() -> None:
    """No place of it is told, not even an empty one."""
    params = voice_params(call(sender="sip:a@b.example", recipient="client:anne"))
    assert not [name for name in params if name.endswith(("City", "State", "Zip", "Country"))]


def test_documents_carry_what_detection_found_only_where_they_waited_for_it() -> None:
    """AnsweredBy is for synchronous detection; status callbacks have it in any case."""
    waited = call(answered_by="human", options=CallOptions(detect=DetectOptions()))
    went_on = call(answered_by="human", options=CallOptions(detect=DetectOptions(is_async=True)))
    assert voice_params(waited)["AnsweredBy"] == "human"
    assert "AnsweredBy" not in voice_params(went_on)
    assert call_status_params(went_on, CallEvent.ANSWERED, at=AT)["AnsweredBy"] == "human"


def test_a_call_that_failed_says_why() -> None:
    """ErrorCode, its sentence and the SIP status; a duration of 0, and no minutes."""
    failed = call(
        status=CallStatus.FAILED, duration=0, error_code=21214, error_message="No route", sip_status=404, sequence=1
    )
    params = call_status_params(failed, CallEvent.COMPLETED, at=AT)
    wanted = {
        "CallStatus": "failed",
        "CallDuration": "0",
        "SipResponseCode": "404",
        "ErrorCode": "21214",
        "ErrorMessage": "No route",
        "SequenceNumber": "1",
    }
    assert wanted.items() <= params.items()
    assert "Duration" not in params


def test_a_call_that_was_answered_has_the_sip_status_of_its_answer() -> None:
    """200 at its end, also when the platform ended it and no SIP status did; before the end, none."""
    over = call(status=CallStatus.COMPLETED, duration=61)
    params = call_status_params(over, CallEvent.COMPLETED, at=AT)
    assert (params["SipResponseCode"], params["CallDuration"], params["Duration"]) == ("200", "61", "2")
    lives = call(status=CallStatus.IN_PROGRESS)
    assert "SipResponseCode" not in call_status_params(lives, CallEvent.ANSWERED, at=AT)


def test_a_recording_of_a_conference_names_no_call() -> None:
    """ConferenceSid stands instead of CallSid."""
    recording = Recording(
        account_sid=ACCOUNT,
        sid="RE" + "0" * 32,
        conference_sid="CF" + "0" * 32,
        status=RecordingStatus.COMPLETED,
        source=RecordingSource.CONFERENCE,
        start_time=AT,
        length=1_400,
        date_created=AT,
        date_updated=AT,
    )
    params = recording_status_params(recording)
    assert "CallSid" not in params
    assert (params["ConferenceSid"], params["RecordingDuration"]) == ("CF" + "0" * 32, "1")
    assert params["RecordingStartTime"] == "Tue, 14 Nov 2023 22:13:20 +0000"
