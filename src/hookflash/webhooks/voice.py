"""The parameters of each webhook about calls and recordings.

A row in, a `dict` of text out: what is None or unknown is left out. URLs of recordings are paths here: whoever sends
the webhook makes absolute links of those that LINKS names, at that moment.
"""

from collections.abc import Iterable

from hookflash.domain.call import Call, CallEvent, CallStatus
from hookflash.domain.geography import home_of
from hookflash.domain.recording import Recording
from hookflash.domain.transcription import Transcription

from .status import PLACE_KEYS, given, rfc_2822_of

LINKS = frozenset({"RecordingUrl", "TranscriptionUrl"})  #: parameters whose values are paths until they are sent

#: What a status callback says in `CallStatus`; the end is told by the status itself.
_SAID = {
    CallEvent.INITIATED: "initiated",
    CallEvent.RINGING: CallStatus.RINGING.value,
    CallEvent.ANSWERED: CallStatus.IN_PROGRESS.value,
}


def voice_params(call: Call, *, status: str | None = None) -> dict[str, str]:
    """What every request for a document of a call carries; `status` when it is not that of the row."""
    detect = call.options.detect
    params = given(
        ("AccountSid", call.account_sid),
        ("ApiVersion", call.api_version),
        ("CallSid", call.sid),
        ("CallStatus", status or call.status.value),
        ("Direction", call.direction.value),
        ("From", call.sender),
        ("Caller", call.sender),
        ("To", call.recipient),
        ("Called", call.recipient),
        ("ForwardedFrom", call.forwarded_from),
        ("CallerName", call.caller_name),
        ("ParentCallSid", call.parent_call_sid),
        ("ApplicationSid", call.options.application_sid),
        ("AnsweredBy", None if detect and detect.is_async else call.answered_by),
    )
    for address, sides in ((call.sender, ("From", "Caller")), (call.recipient, ("To", "Called"))):
        if address.startswith("+"):
            home = home_of(address)
            values = (home.city, home.state, home.zip, home.country)
            for side in sides:
                params |= {f"{side}{key}": value for key, value in zip(PLACE_KEYS, values, strict=True)}
    return params | call.options.params


def call_status_params(
    call: Call, event: CallEvent, *, at: int, recorded: Iterable[Recording] = (), stir_status: str | None = None
) -> dict[str, str]:
    """A status callback about `event`, at the moment `at` (ms), with the next number of its sequence.

    `recorded` are the recordings that REST asked for with the call, `stir_status` is how its network vouches for the
    caller's number.
    """
    params = voice_params(call, status=_SAID.get(event))
    if call.answered_by:
        params["AnsweredBy"] = call.answered_by
    if event is CallEvent.COMPLETED:
        seconds = call.duration or 0
        params["CallDuration"] = str(seconds)
        if call.status is CallStatus.COMPLETED:
            params["Duration"] = str(-(-seconds // 60))
        for recording in recorded:
            params["RecordingUrl"] = recording.path
            params["RecordingSid"] = recording.sid
            params["RecordingDuration"] = str(recording.seconds or 0)
    return params | given(
        ("SipResponseCode", _sip_response(call)),
        ("ErrorCode", str(call.error_code) if call.error_code else None),
        ("ErrorMessage", call.error_message if call.error_code else None),
        ("StirStatus", stir_status if event in (CallEvent.RINGING, CallEvent.ANSWERED) else None),
        ("Timestamp", rfc_2822_of(at)),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", str(call.sequence)),
    )


def _sip_response(call: Call) -> str | None:
    """What the INVITE was answered with, once the call is over: 200 for one that was answered, whoever ended it."""
    if call.status is CallStatus.COMPLETED:
        return "200"
    return str(call.sip_status) if call.sip_status else None


def recording_status_params(recording: Recording) -> dict[str, str]:
    """A status callback about a recording as it is now."""
    start = recording.start_time
    return given(
        ("AccountSid", recording.account_sid),
        ("CallSid", recording.call_sid if recording.conference_sid is None else None),
        ("ConferenceSid", recording.conference_sid),
        ("RecordingSid", recording.sid),
        ("RecordingUrl", recording.path),
        ("RecordingStatus", recording.status.value),
        ("RecordingDuration", None if recording.seconds is None else str(recording.seconds)),
        ("RecordingChannels", str(recording.channels)),
        ("RecordingStartTime", None if start is None else rfc_2822_of(start)),
        ("RecordingSource", recording.source.value),
        ("RecordingTrack", recording.track),
        ("ErrorCode", str(recording.error_code) if recording.error_code else None),
    )


def validation_params(call: Call, *, caller_id_sid: str | None) -> dict[str, str]:
    """Whether the number that the call asked about is verified now."""
    return voice_params(call) | given(
        ("VerificationStatus", "success" if caller_id_sid else "failed"),
        ("OutgoingCallerIdSid", caller_id_sid),
    )


def transcription_params(row: Transcription, recording: Recording, call: Call) -> dict[str, str]:
    """The one callback about the text of a recording of `call`."""
    return given(
        ("AccountSid", row.account_sid),
        ("ApiVersion", row.api_version),
        ("CallSid", call.sid),
        ("CallStatus", call.status.value),
        ("Direction", call.direction.value),
        ("From", call.sender),
        ("To", call.recipient),
        ("ForwardedFrom", call.forwarded_from),
        ("RecordingSid", recording.sid),
        ("RecordingUrl", recording.path),
        ("TranscriptionSid", row.sid),
        ("TranscriptionUrl", row.path),
        ("TranscriptionType", "fast"),
        ("TranscriptionStatus", row.status.value),
        ("TranscriptionText", row.text),
        ("ErrorCode", str(row.error_code) if row.error_code else None),
    )


def detection_params(call: Call, *, ms: int) -> dict[str, str]:
    """What machine detection found, after `ms`, where the call did not wait for it."""
    return given(
        ("CallSid", call.sid),
        ("AccountSid", call.account_sid),
        ("AnsweredBy", call.answered_by),
        ("MachineDetectionDuration", str(ms)),
    )
