"""The parameters of each webhook about conferences. As in `voice.py`, URLs of recordings are paths here."""

from hookflash.domain.conference import Conference, Participant
from hookflash.domain.recording import Recording

from .status import given, rfc_2822_of


def conference_params(conference: Conference, event: str, *, sequence: int, at: int) -> dict[str, str]:
    """What every status callback carries; `event` such as `participant-join`, at the moment `at` (ms)."""
    return {
        "AccountSid": conference.account_sid,
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.friendly_name,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(sequence),
        "Timestamp": rfc_2822_of(at),
    }


def participant_params(participant: Participant) -> dict[str, str]:
    """Who it is about, as it takes part now."""
    return given(
        ("CallSid", participant.call_sid),
        ("ParticipantLabel", participant.label),
        ("Muted", _truth(participant.muted)),
        ("Hold", _truth(participant.hold)),
        ("Coaching", _truth(participant.coaching)),
        ("CallSidToCoach", participant.call_sid_to_coach),
        ("StartConferenceOnEnter", _truth(participant.start_conference_on_enter)),
        ("EndConferenceOnExit", _truth(participant.end_conference_on_exit)),
    )


def end_params(conference: Conference, *, label: str | None) -> dict[str, str]:
    """Why it is over, and whose going ended it, who is called `label`."""
    reason = conference.reason_conference_ended
    return given(
        ("ReasonConferenceEnded", reason.value if reason is not None else None),
        ("Reason", reason.value.replace("-", " ").capitalize() if reason is not None else None),
        ("CallSidEndingConference", conference.call_sid_ending_conference),
        ("ParticipantLabelEndingConference", label),
    )


def record_end_params(recording: Recording, *, size: int, at: int) -> dict[str, str]:
    """What the old `eventCallbackUrl` is told of a recording that is complete; `size` in bytes."""
    return given(
        ("EventName", "conference-record-end"),
        ("ConferenceSid", recording.conference_sid),
        ("RecordingUrl", recording.path),
        ("Duration", str(recording.seconds or 0)),
        ("RecordingFileSize", str(size)),
        ("Timestamp", rfc_2822_of(at)),
    )


def _truth(value: bool) -> str:
    return "true" if value else "false"
