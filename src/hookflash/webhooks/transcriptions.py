"""What an application is told of the live text of its call: four kinds of event, and their parameters.

A row and an event in, a `dict` of text out, as in `voice.py`.
"""

from datetime import UTC, datetime
from typing import TypeAlias

import msgspec

from hookflash.domain.clock import SECOND
from hookflash.domain.transcription import LiveTranscription

from .status import given


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """It listens."""

    engine: str  #: the provider's name


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Something was said."""

    track: str  #: inbound_track, outbound_track
    text: str
    confidence: float | None = None  #: from 0 to 1
    is_final: bool = True
    stability: float | None = None  #: from 0 to 1, of what may still change
    provider_data: str = ""  #: JSON as the engine gave it


class Stopped(msgspec.Struct, frozen=True):
    """It listens no more."""


class Failed(msgspec.Struct, frozen=True):
    """It cannot go on: a number of the public error dictionary, and a sentence."""

    code: int
    sentence: str


Event: TypeAlias = Started | Content | Stopped | Failed

_NAMES = {
    Started: "transcription-started",
    Content: "transcription-content",
    Stopped: "transcription-stopped",
    Failed: "transcription-error",
}


def event_params(row: LiveTranscription, event: Event, *, at: int) -> dict[str, str]:
    """The callback about `event`, which came at the moment `at` (ms) and has the number `row.sequence`."""
    common = given(
        ("AccountSid", row.account_sid),
        ("CallSid", row.call_sid),
        ("TranscriptionSid", row.sid),
        ("Timestamp", _iso_8601(at)),
        ("SequenceId", str(row.sequence)),
        ("TranscriptionEvent", _NAMES[type(event)]),
    )
    return common | _own_params(row, event)


def _own_params(row: LiveTranscription, event: Event) -> dict[str, str]:
    match event:
        case Started():
            return _started(row, event)
        case Content():
            return _content(row, event)
        case Failed(code=code, sentence=sentence):
            return {"TranscriptionErrorCode": str(code), "TranscriptionError": sentence}
        case Stopped():
            return {}


def _started(row: LiveTranscription, event: Started) -> dict[str, str]:
    options = row.options
    configuration = given(
        ("profanityFilter", _word(options.profanity_filter)),
        ("speechModel", options.model or None),
        ("enableAutomaticPunctuation", _word(options.punctuation)),
        ("hints", ", ".join(options.hints) or None),
    )
    return given(
        ("ProviderConfiguration", msgspec.json.encode(configuration).decode()),
        ("TranscriptionEngine", event.engine),
        ("Name", row.name),
        ("Track", options.track),
        ("InboundTrackLabel", options.inbound_label or None),
        ("OutboundTrackLabel", options.outbound_label or None),
        ("PartialResults", _word(options.partials)),
        ("LanguageCode", options.language),
    )


def _content(row: LiveTranscription, event: Content) -> dict[str, str]:
    data: dict[str, object] = {"transcript": event.text}
    if event.confidence is not None:
        data["confidence"] = round(event.confidence, 4)
    return given(
        ("TranscriptionData", msgspec.json.encode(data).decode()),
        ("Track", event.track),
        ("LanguageCode", row.options.language),
        ("Final", _word(event.is_final)),
        ("Stability", None if event.is_final or event.stability is None else f"{event.stability:.4g}"),
        ("TranscriptionProviderData", event.provider_data or None if row.options.provider_data else None),
    )


def _word(value: bool) -> str:
    return "true" if value else "false"


def _iso_8601(at: int) -> str:
    moment = datetime.fromtimestamp(at / SECOND, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
