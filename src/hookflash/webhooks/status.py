"""The parameters of each webhook about messages, in the order in which the platform writes them.

Plain values in, a `dict` of text out: what is None or unknown is left out, never sent empty. The caller gives the dict
to a `WebhookRequest`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

import msgspec

from hookflash.domain.clock import SECOND
from hookflash.domain.message import MessageStatus
from hookflash.webhooks.outcome import Attempt
from hookflash.webhooks.request import bare_url

API_VERSION = "2010-04-01"

#: Where someone is, as `FromCity` and so on say it.
PLACE_KEYS = ("City", "State", "Zip", "Country")

_LEGACY = {
    MessageStatus.ACCEPTED: "queued",
    MessageStatus.SCHEDULED: "queued",
    MessageStatus.QUEUED: "queued",
    MessageStatus.SENDING: "sending",
    MessageStatus.SENT: "sent",
    MessageStatus.DELIVERED: "sent",
    MessageStatus.READ: "sent",
    MessageStatus.RECEIVING: "received",
    MessageStatus.RECEIVED: "received",
}


class Media(msgspec.Struct, frozen=True):
    """One medium of an incoming message."""

    url: str
    content_type: str


def legacy_sms_status(status: str) -> str:
    """The `Status` of the legacy `SMS/Messages` resource, which knows only queued, sending, sent, failed, received."""
    return _LEGACY.get(MessageStatus(status), "failed")


def message_status_params(
    *,
    account_sid: str,
    message_sid: str,
    status: str,
    sender: str | None,
    recipient: str | None,
    messaging_service_sid: str | None = None,
    error_code: int | None = None,
    error_message: str | None = None,
    raw_dlr_done_date: str | None = None,
) -> dict[str, str]:
    """A status callback: `status` is the message's new status, `raw_dlr_done_date` the receipt's YYMMDDhhmm."""
    return given(
        ("ErrorCode", str(error_code) if error_code else None),
        ("ErrorMessage", error_message),
        ("ApiVersion", API_VERSION),
        ("MessageStatus", status),
        ("RawDlrDoneDate", raw_dlr_done_date),
        ("SmsSid", message_sid),
        ("SmsStatus", status),
        ("To", recipient),
        ("From", sender),
        ("MessageSid", message_sid),
        ("AccountSid", account_sid),
        ("MessagingServiceSid", messaging_service_sid),
    )


def incoming_message_params(
    *,
    account_sid: str,
    message_sid: str,
    sender: str,
    recipient: str,
    body: str,
    segments: int,
    media: Sequence[Media] = (),
    messaging_service_sid: str | None = None,
    opt_out_type: str | None = None,
    from_place: Mapping[str, str] | None = None,
    to_place: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The request for the document that answers an incoming message.

    `from_place` and `to_place` hold what is known of City, State, Zip and Country; `opt_out_type` is STOP, START or
    HELP where a service handles those words itself.
    """
    params = given(
        ("ToCountry", None if to_place is None else to_place.get("Country", "")),
        ("SmsMessageSid", message_sid),
        ("NumMedia", str(len(media))),
        ("SmsSid", message_sid),
        ("SmsStatus", MessageStatus.RECEIVED),
        ("Body", body),
        ("To", recipient),
        ("MessagingServiceSid", messaging_service_sid),
        ("NumSegments", str(segments)),
        ("MessageSid", message_sid),
        ("AccountSid", account_sid),
        ("From", sender),
        ("OptOutType", opt_out_type),
        ("ApiVersion", API_VERSION),
    )
    for number, medium in enumerate(media):
        params[f"MediaContentType{number}"] = medium.content_type
        params[f"MediaUrl{number}"] = medium.url
    for side, place in (("From", from_place), ("To", to_place)):
        if place is not None:
            params |= {f"{side}{key}": place.get(key, "").upper() for key in PLACE_KEYS}
    return params


def fallback_params(params: Mapping[str, str], *, error_code: int, failed_url: str) -> dict[str, str]:
    """The parameters for the fallback URL: those of the request that failed, and how and where it failed."""
    return {**params, "ErrorCode": str(error_code), "ErrorUrl": bare_url(failed_url)}


def debugger_params(
    *,
    event_sid: str,
    account_sid: str,
    parent_account_sid: str | None,
    at: int,
    level: str,
    error_code: int,
    message: str,
    resource_sid: str,
    service_sid: str | None = None,
    kind: str = "",
    attempt: Attempt | None = None,
) -> dict[str, str]:
    """A debugger event: `at` is ms since the epoch, `level` ERROR or WARNING, `attempt` the webhook that went wrong."""
    payload: dict[str, object] = {
        "resource_sid": resource_sid,
        "service_sid": service_sid,
        "error_code": str(error_code),
    }
    more: dict[str, object] = {"msg": message, "ErrorCode": str(error_code), "LogLevel": level}
    if attempt is not None:
        more |= {"url": attempt.url, "httpResponse": attempt.status}
        payload["webhook"] = {
            "type": kind,
            "request": {
                "url": attempt.url,
                "method": attempt.method,
                "headers": attempt.request_headers,
                "parameters": attempt.params,
            },
            "response": {
                "status_code": attempt.status,
                "headers": dict(attempt.response_headers),
                "body": attempt.response_body,
            },
        }
    payload["more_info"] = more
    moment = datetime.fromtimestamp(at / SECOND, UTC)
    return given(
        ("Sid", event_sid),
        ("AccountSid", account_sid),
        ("ParentAccountSid", parent_account_sid),
        ("Timestamp", moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")),
        ("Level", level),
        ("PayloadType", "application/json"),
        ("Payload", msgspec.json.encode(payload).decode()),
    )


def given(*pairs: tuple[str, str | None]) -> dict[str, str]:
    """The parameters that have a value."""
    return {name: value for name, value in pairs if value is not None}


def rfc_2822_of(at: int) -> str:
    """A moment (ms since the epoch) such as `Thu, 30 Jul 2015 20:12:31 +0000`."""
    return format_datetime(datetime.fromtimestamp(at // SECOND, UTC))
