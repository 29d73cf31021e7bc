"""The parameters of the webhooks about messages."""

import json

import pytest

from hookflash.domain.message import MessageStatus
from hookflash.webhooks.codes import WebhookCode, WebhookError
from hookflash.webhooks.outcome import Attempt
from hookflash.webhooks.status import (
    Media,
    debugger_params,
    fallback_params,
    incoming_message_params,
    legacy_sms_status,
    message_status_params,
)


def test_a_status_callback() -> None:
    """The eight parameters that are always there, and no empty ones."""
    params = message_status_params(
        account_sid="AC1", message_sid="SM1", status=MessageStatus.SENT, sender="+1415", recipient="+1416"
    )
    assert params == {
        "AccountSid": "AC1",
        "From": "+1415",
        "To": "+1416",
        "MessageSid": "SM1",
        "SmsSid": "SM1",
        "MessageStatus": "sent",
        "SmsStatus": "sent",
        "ApiVersion": "2010-04-01",
    }


def test_a_failed_message_says_why() -> None:
    """A final status adds the error, the receipt's date and the service."""
    params = message_status_params(
        account_sid="AC1",
        message_sid="SM1",
        status=MessageStatus.UNDELIVERED,
        sender="+1415",
        recipient="+1416",
        messaging_service_sid="MG1",
        error_code=30003,
        raw_dlr_done_date="2610201530",
    )
    assert params["ErrorCode"] == "30003"
    assert params["RawDlrDoneDate"] == "2610201530"
    assert params["MessagingServiceSid"] == "MG1"


def test_an_incoming_message() -> None:
    """All three names of the SID, the counts, the media by number, and what is known of the places in capitals."""
    params = incoming_message_params(
        account_sid="AC1",
        message_sid="MM1",
        sender="+1415",
        recipient="+1416",
        body="",
        segments=1,
        media=[Media("https://h.test/1", "image/png"), Media("https://h.test/2", "text/vcard")],
        from_place={"City": "San Francisco", "Country": "US"},
    )
    assert params["MessageSid"] == params["SmsSid"] == params["SmsMessageSid"] == "MM1"
    assert (params["Body"], params["NumMedia"], params["NumSegments"], params["SmsStatus"]) == (
        "",
        "2",
        "1",
        "received",
    )
    assert (params["MediaUrl1"], params["MediaContentType1"]) == ("https://h.test/2", "text/vcard")
    assert (params["FromCity"], params["FromCountry"], params["FromZip"]) == ("SAN FRANCISCO", "US", "")
    assert not [name for name in params if name.startswith("To") and name != "To"]
    assert "OptOutType" not in params


def test_the_fallback_hears_what_failed() -> None:
    """The same parameters, ErrorCode, and the URL that failed without its login."""
    error = WebhookError(WebhookCode.RETRIEVAL, "status 500")
    params = fallback_params({"Body": "hi"}, error_code=error.code.number, failed_url="https://u:p@h.test/a?b#rc=1")
    assert params == {"Body": "hi", "ErrorCode": "11200", "ErrorUrl": "https://h.test/a?b"}


@pytest.mark.parametrize("status", MessageStatus)
def test_the_legacy_resource_knows_five_statuses(status: MessageStatus) -> None:
    """Every status of a message has one of the old words."""
    assert legacy_sms_status(status) in {"queued", "sending", "sent", "failed", "received"}


def test_a_debugger_event() -> None:
    """The payload is JSON with the error, the request and the answer; the time is ISO 8601 in UTC."""
    attempt = Attempt(
        started_at=0,
        duration=1,
        method="POST",
        url="http://h.test/",
        request_headers={"Host": "h.test"},
        params={"Body": "hi"},
        signed="",
        status=500,
        response_headers=(("X", "1"),),
        response_body="oops",
    )
    params = debugger_params(
        event_sid="NO1",
        account_sid="AC1",
        parent_account_sid=None,
        at=1_700_000_000_123,
        level="ERROR",
        error_code=11200,
        message="it failed",
        resource_sid="SM1",
        kind="incoming-message",
        attempt=attempt,
    )
    assert params["Timestamp"] == "2023-11-14T22:13:20.123Z"
    assert "ParentAccountSid" not in params
    payload = json.loads(params["Payload"])
    assert payload["webhook"]["request"]["parameters"] == {"Body": "hi"}
    assert payload["webhook"]["response"] == {"status_code": 500, "headers": {"X": "1"}, "body": "oops"}
    assert payload["more_info"]["ErrorCode"] == payload["error_code"] == "11200"
