"""The parameters of calls and of what is recorded of them: how each is read, and the code that refuses it."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from hookflash.actions.create_call import CreateCall
from hookflash.actions.send_message import is_web_url
from hookflash.actions.update_call import UpdateCall
from hookflash.api.params import URL_LIMIT, Form, Param, Rule, boolean, choice, integer, read_params, sid_of, text
from hookflash.domain.call import LONGEST_CALL, LONGEST_RING, CallEvent, CallOptions, CallStatus, DetectOptions, Source
from hookflash.domain.recording import RecordingEvent, RecordOptions
from hookflash.errors import ApiError, Code

TWIML_LIMIT = 4_000  #: characters
SIP_LIMIT = 255  #: characters of a user name or password
_DIGITS = re.compile(r"[0-9A-Da-d#*wW]{1,32}")
_SIP_USERNAME = re.compile(r"[^\s\"@:\\]+")

_CAPITALS = str.maketrans("abcd", "ABCD")

Seal = Callable[[str], str]
Event = TypeVar("Event", bound=StrEnum)


# -- rules --


def call_url(name: str, value: str) -> str | None:
    """An http or https URL; empty clears it."""
    if value and (len(value) > URL_LIMIT or not is_web_url(value)):
        raise ApiError(Code.INVALID_CALL_URL, name=name, url=value[:200])
    return value or None


def call_method(name: str, value: str) -> str:
    """GET or POST, in any case; empty is POST."""
    if value.upper() not in ("GET", "POST", ""):
        raise ApiError(Code.INVALID_CALL_METHOD, name=name)
    return value.upper() or "POST"


def _digits(name: str, value: str) -> str | None:
    if value and not _DIGITS.fullmatch(value):
        raise ApiError(Code.INVALID_SEND_DIGITS, digits=value[:40])
    return value.translate(_CAPITALS) or None


def events_of(kind: type[Event]) -> Rule:
    """The known words of a list, which some write with spaces or commas between; others are passed over."""
    words = frozenset(member.value for member in kind)

    def read(name: str, value: str) -> list[Event]:
        return [kind(word) for word in re.split(r"[\s,]+", value.lower()) if word in words]

    return read


def _username(name: str, value: str) -> str | None:
    if len(value) > SIP_LIMIT:
        raise ApiError(Code.SIP_USERNAME_TOO_LONG, limit=SIP_LIMIT)
    if value and not _SIP_USERNAME.fullmatch(value):
        raise ApiError(Code.INVALID_SIP_USERNAME)
    return value or None


def _password(name: str, value: str) -> str | None:
    if len(value) > SIP_LIMIT:
        raise ApiError(Code.SIP_PASSWORD_TOO_LONG, limit=SIP_LIMIT)
    if not value.isprintable():
        raise ApiError(Code.INVALID_SIP_PASSWORD)
    return value or None


# -- parameters --

_SOURCE = (
    Param("Url", "url", call_url),
    Param("Method", "method", call_method),
    Param("FallbackUrl", "fallback_url", call_url),
    Param("FallbackMethod", "fallback_method", call_method),
    Param("Twiml", "twiml", text(TWIML_LIMIT)),
)
_STATUS = (
    Param("StatusCallback", "status_callback", call_url),
    Param("StatusCallbackMethod", "status_callback_method", call_method),
)
_TIME_LIMIT = Param("TimeLimit", "time_limit", integer(1, LONGEST_CALL))

RECORDING = (
    Param("RecordingChannels", "channels", choice("mono", "dual")),
    Param("RecordingTrack", "track", choice("inbound", "outbound", "both")),
    Param("RecordingStatusCallback", "status_callback", call_url),
    Param("RecordingStatusCallbackMethod", "status_callback_method", call_method),
    Param("RecordingStatusCallbackEvent", "status_callback_events", events_of(RecordingEvent), repeated=True),
    Param("Trim", "trim", choice("trim-silence", "do-not-trim")),
)
_DETECTION = (
    Param(
        "MachineDetection",
        "mode",
        choice("Enable", "DetectMessageEnd", "", refuse=Code.INVALID_MACHINE_DETECTION),
    ),
    Param("MachineDetectionTimeout", "timeout", integer(3, 120, Code.AMD_OUT_OF_RANGE)),
    Param("MachineDetectionSpeechThreshold", "speech", integer(1_000, 6_000, Code.AMD_OUT_OF_RANGE)),
    Param("MachineDetectionSpeechEndThreshold", "speech_end", integer(500, 5_000, Code.AMD_OUT_OF_RANGE)),
    Param("MachineDetectionSilenceTimeout", "silence", integer(2_000, 10_000, Code.AMD_OUT_OF_RANGE)),
    Param("AsyncAmd", "is_async", boolean),
    Param("AsyncAmdStatusCallback", "callback", call_url),
    Param("AsyncAmdStatusCallbackMethod", "callback_method", call_method),
    Param("IfMachine", "if_machine", choice("Continue", "Hangup", "", refuse=Code.INVALID_IF_MACHINE)),
)
_OTHER = (
    Param("SendDigits", "send_digits", _digits),
    Param("Timeout", "timeout", integer(1, LONGEST_RING, Code.INVALID_TIMEOUT)),
    _TIME_LIMIT,
    Param("StatusCallbackEvent", "status_callback_events", events_of(CallEvent), repeated=True),
    Param("Record", "record", boolean),
    Param("SipAuthUsername", "sip_username", _username),
    Param("SipAuthPassword", "sip_password", _password),
    Param("CallerId", "caller_id", text(255)),
    Param("CallReason", "call_reason", text(50)),
    Param("CallToken", "call_token", text(1_000)),
    Param("Byoc", "byoc", sid_of("BY")),
    Param("ClientNotificationUrl", "client_notification_url", call_url),
)
_ENDPOINTS = (
    Param("To", "to", text(), Code.CALL_TO_REQUIRED),
    Param("From", "sender", text(), Code.CALL_FROM_REQUIRED),
    Param("ApplicationSid", "application_sid", text()),
)

CREATE = (*_ENDPOINTS, *_SOURCE, *_STATUS, *_OTHER, *RECORDING, *_DETECTION)
UPDATE = (Param("Status", "status", choice("canceled", "completed")), *_SOURCE, *_STATUS, _TIME_LIMIT)


# -- requests --


def read_create(form: Form, seal: Seal) -> CreateCall:
    """A call as it is asked for; what is wrong with its options is kept until the rest has been checked."""
    options: CallOptions | ApiError
    try:
        options = _options(form, seal)
    except ApiError as error:
        options = error
    return CreateCall(
        to=form.get("To"),
        sender=form.get("From"),
        url=form.get("Url"),
        twiml=form.get("Twiml"),
        application_sid=form.get("ApplicationSid"),
        call_token=form.get("CallToken"),
        options=options,
    )


def read_update(form: Form) -> UpdateCall:
    """What shall change of a call. Raises ApiError."""
    if "CurrentUrl" in form and "Url" not in form:  # the name of 2008
        renamed = {"CurrentUrl": "Url", "CurrentMethod": "Method"}
        form = Form([(renamed.get(name, name), value) for name, value in form.pairs])
    values = read_params(form, UPDATE, creating=False)
    source = _source(values)
    return UpdateCall(
        status=CallStatus(values["status"]) if "status" in values else None,
        source=source if source.url or source.twiml else None,
        status_callback=(values["status_callback"] or "") if "status_callback" in values else None,
        status_callback_method=values.get("status_callback_method"),
        time_limit=values.get("time_limit"),
    )


def read_recording(form: Form, *, trim: bool) -> RecordOptions:
    """How something shall be recorded; whether it loses the silence at its ends unless the request says. Raises
    ApiError."""
    values = read_params(form, RECORDING, creating=True)
    if "channels" in values:
        values["channels"] = 2 if values["channels"] == "dual" else 1
    values["trim"] = values["trim"] == "trim-silence" if "trim" in values else trim
    flatten(values, "status_callback_events")
    return RecordOptions(**values)


def _options(form: Form, seal: Seal) -> CallOptions:
    source = _source(read_params(form, _SOURCE, creating=True))
    values = read_params(form, (*_STATUS, *_OTHER), creating=True)
    flatten(values, "status_callback_events")
    values.pop("client_notification_url", None)  # nobody can be pushed to
    recording = read_recording(form, trim=True)
    values["record"] = recording if values.get("record") else None
    detect = _detection(form)
    values["detect"] = None if values.get("send_digits") else detect
    if bool(values.get("sip_username")) != bool(values.get("sip_password")):
        raise ApiError(Code.SIP_CREDENTIALS_INCOMPLETE)
    if values.get("sip_password"):
        values["sip_password"] = seal(values["sip_password"])
    return CallOptions(source=source, **{name: value for name, value in values.items() if value != ""})


def _source(values: dict[str, Any]) -> Source:
    """A document in the request itself counts only where there is no URL."""
    given = {param.field: values[param.field] for param in _SOURCE if values.get(param.field)}
    if "url" in given:
        given.pop("twiml", None)
    return Source(**given)


def _detection(form: Form) -> DetectOptions | None:
    values = read_params(form, _DETECTION, creating=True)
    mode, if_machine = values.pop("mode", ""), values.pop("if_machine", "")
    if values.get("is_async") and not values.get("callback"):
        raise ApiError(Code.ASYNC_AMD_WITHOUT_CALLBACK)
    if not mode and not if_machine:
        return None
    if "timeout" in values:
        values["timeout"] *= 1_000
    return DetectOptions(until_end=mode == "DetectMessageEnd", if_machine=if_machine or None, **values)


def flatten(values: dict[str, Any], name: str) -> None:
    """The lists of a repeated parameter as one tuple; an empty one counts as not given."""
    chosen = dict.fromkeys(each for several in values.pop(name, ()) for each in several)
    if chosen:
        values[name] = tuple(chosen)
