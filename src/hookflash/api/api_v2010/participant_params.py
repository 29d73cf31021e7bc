"""The parameters of participants: those of the call that is made, of how it takes part, and of the conference."""

from typing import Any

from msgspec.structs import replace

from hookflash.actions.create_participant import CreateParticipant
from hookflash.api.params import Form, Param, boolean, choice, integer, read_params, sid_of, text
from hookflash.domain.call import CallOptions, Source
from hookflash.domain.conference import (
    MOST_PARTICIPANTS,
    REGION,
    ConferenceEvent,
    ConferenceOptions,
    Seat,
    is_label,
)
from hookflash.domain.participation import ParticipantChange
from hookflash.domain.recording import RecordingEvent, RecordOptions
from hookflash.domain.waiting import HOLD_MUSIC
from hookflash.errors import ApiError, Code

from .call_params import CREATE, Seal, call_method, call_url, events_of, flatten, read_create

#: Parameters of a call that go by another name here, and those that there are not: the conference is what it runs.
_RENAMED = {
    "AmdStatusCallback": "AsyncAmdStatusCallback",
    "AmdStatusCallbackMethod": "AsyncAmdStatusCallbackMethod",
}
_NOT_HERE = frozenset({
    "Url", "Method", "FallbackUrl", "FallbackMethod", "Twiml", "ApplicationSid", "SendDigits", "AsyncAmd", "IfMachine",
    *_RENAMED.values(),
})  # fmt: skip


def _label(name: str, value: str) -> str:
    if not is_label(value):
        raise ApiError(Code.INVALID_LABEL)
    return value


def _wait_url(name: str, value: str) -> str:
    """A URL; empty is silence."""
    return call_url(name, value) or ""


_SEAT = (
    Param("Label", "label", _label),
    Param("Muted", "muted", boolean),
    Param("Beep", "beep", choice("true", "false", "onEnter", "onExit")),
    Param("StartConferenceOnEnter", "starts", boolean),
    Param("EndConferenceOnExit", "ends", boolean),
    Param("WaitUrl", "wait_url", _wait_url),
    Param("WaitMethod", "wait_method", call_method),
    Param("EarlyMedia", "early_media", boolean),
    Param("Coaching", "coaching", boolean),
    Param("CallSidToCoach", "coaches", sid_of("CA")),
    Param("JitterBufferSize", "jitter", choice("off", "small", "medium", "large", "")),
)
_CONFERENCE = (
    Param("MaxParticipants", "most", integer(2, MOST_PARTICIPANTS)),
    Param("Region", "region", choice("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1", "")),
    Param("ConferenceRecord", "record", choice("true", "false", "record-from-start", "do-not-record")),
    Param("ConferenceStatusCallback", "status_callback", call_url),
    Param("ConferenceStatusCallbackMethod", "status_callback_method", call_method),
    Param("ConferenceStatusCallbackEvent", "status_callback_events", events_of(ConferenceEvent), repeated=True),
)
_RECORDING = (
    Param("ConferenceTrim", "trim", choice("trim-silence", "do-not-trim")),
    Param("ConferenceRecordingStatusCallback", "status_callback", call_url),
    Param("ConferenceRecordingStatusCallbackMethod", "status_callback_method", call_method),
    Param("ConferenceRecordingStatusCallbackEvent", "status_callback_events", events_of(RecordingEvent), repeated=True),
)
_UNUSED = (Param("CallerDisplayName", "caller_display_name", text(255)),)
_OF_CALLS = tuple(param for param in CREATE if param.name not in _NOT_HERE)
_AMD = tuple(
    Param(name, param.field, param.rule) for name, other in _RENAMED.items() for param in CREATE if param.name == other
)

PARTICIPANT = (*_OF_CALLS, *_AMD, *_SEAT, *_CONFERENCE, *_RECORDING, *_UNUSED)
UPDATE = (
    Param("Muted", "muted", boolean),
    Param("Hold", "hold", boolean),
    Param("HoldUrl", "hold_url", call_url),
    Param("HoldMethod", "hold_method", call_method),
    Param("AnnounceUrl", "announce_url", call_url),
    Param("AnnounceMethod", "announce_method", call_method),
    Param("WaitUrl", "wait_url", _wait_url),
    Param("WaitMethod", "wait_method", call_method),
    Param("BeepOnExit", "beeps_on_exit", boolean),
    Param("EndConferenceOnExit", "ends", boolean),
    Param("Coaching", "coaching", boolean),
    Param("CallSidToCoach", "coaches", sid_of("CA")),
)


def read_participant(form: Form, seal: Seal) -> CreateParticipant:
    """Somebody who is to be called into a conference. Raises ApiError for what is wrong with the conference's part."""
    read_params(form, _UNUSED, creating=True)
    renamed = [(_RENAMED.get(name, name), value) for name, value in form.pairs if name not in _NOT_HERE]
    call = read_create(Form(renamed), seal)
    if isinstance(call.options, CallOptions) and call.options.detect is not None:
        # The conference does not wait for it.
        call = replace(call, options=replace(call.options, detect=replace(call.options.detect, is_async=True)))
    return CreateParticipant(call=call, seat=_seat(form), options=_options(form))


def read_change(form: Form) -> ParticipantChange:
    """What shall change of a participant. Raises ApiError."""
    values = read_params(form, UPDATE, creating=False)
    _check_coaching(values)
    values["hold_source"] = _source(values, "hold", usually="GET")
    values["announcement"] = _source(values, "announce")
    values["wait_source"] = _source(values, "wait")
    return ParticipantChange(**values)


def _check_coaching(values: dict[str, Any]) -> None:
    if values.get("coaching") and not values.get("coaches"):
        raise ApiError(Code.MISSING_PARAMETER, name="CallSidToCoach")


def _source(values: dict[str, Any], what: str, *, usually: str = "POST") -> Source | None:
    """The document that two parameters name, taken out of `values`; `usually` is its method when it is not said."""
    url, method = values.pop(f"{what}_url", None), values.pop(f"{what}_method", usually)
    return Source(url=url or None, method=method) if url is not None else None


def _seat(form: Form) -> Seat:
    values = read_params(form, _SEAT, creating=True)
    _check_coaching(values)
    values["jitter"] = values.get("jitter") or "large"
    if not values.pop("coaching", True):
        values.pop("coaches", None)
    if "wait_url" in values and values["wait_url"] != HOLD_MUSIC:
        values.setdefault("wait_method", "POST")
    else:
        values["wait_method"] = "GET"
    return Seat(**values)


def _options(form: Form) -> ConferenceOptions:
    recording = read_params(form, _RECORDING, creating=True)
    flatten(recording, "status_callback_events")
    recording["trim"] = recording.get("trim") != "do-not-trim"
    values = read_params(form, _CONFERENCE, creating=True)
    values["status_callback_events"] = values.get("status_callback_events") or [_DEFAULT_EVENTS]
    flatten(values, "status_callback_events")
    values["record"] = values.get("record") in ("true", "record-from-start")
    values["region"] = values.get("region") or REGION
    return ConferenceOptions(recording=RecordOptions(**recording), **values)


_DEFAULT_EVENTS = (ConferenceEvent.START, ConferenceEvent.END)
