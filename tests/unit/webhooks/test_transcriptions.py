"""What applications are told of live transcriptions."""

import json

import pytest

from hookflash.domain.transcription import LiveOptions, LiveTranscription
from hookflash.webhooks.transcriptions import Content, Event, Failed, Started, Stopped, event_params

AT = 1_700_000_000_123
COMMON = {
    "AccountSid": "AC1",
    "CallSid": "CA1",
    "TranscriptionSid": "GT1",
    "Timestamp": "2023-11-14T22:13:20.123Z",
    "SequenceId": "7",
}


def told(event: Event, **options: object) -> dict[str, str]:
    """What is told of `event`, without what all of them carry."""
    row = LiveTranscription(
        account_sid="AC1",
        sid="GT1",
        call_sid="CA1",
        name="talk",
        sequence=7,
        options=LiveOptions(**options),  # type: ignore[arg-type]
        date_created=0,
        date_updated=0,
    )
    params = event_params(row, event, at=AT)
    assert params.items() >= COMMON.items()
    return {name: value for name, value in params.items() if name not in COMMON}


def test_the_beginning() -> None:
    """Who listens to what, and how; labels only where there are any."""
    params = told(Started(engine="house"), hints=("sales", "billing"), outbound_label="agent", track="inbound_track")
    assert json.loads(params.pop("ProviderConfiguration")) == {
        "profanityFilter": "true",
        "enableAutomaticPunctuation": "true",
        "hints": "sales, billing",
    }
    assert params == {
        "TranscriptionEvent": "transcription-started",
        "TranscriptionEngine": "house",
        "Name": "talk",
        "Track": "inbound_track",
        "OutboundTrackLabel": "agent",
        "PartialResults": "false",
        "LanguageCode": "en-US",
    }


@pytest.mark.parametrize(
    ("content", "more"),
    [
        (Content(track="inbound_track", text="Hi", confidence=0.98765), {"Final": "true"}),
        (
            Content(track="inbound_track", text="Hi", confidence=0.98765, is_final=False, stability=0.5),
            {"Final": "false", "Stability": "0.5"},
        ),
    ],
)
def test_what_was_said(content: Content, more: dict[str, str]) -> None:
    """Its text and confidence as JSON; how stable it is, of what may still change."""
    params = told(content)
    assert json.loads(params.pop("TranscriptionData")) == {"transcript": "Hi", "confidence": 0.9877}
    assert params == {
        "TranscriptionEvent": "transcription-content",
        "Track": "inbound_track",
        "LanguageCode": "en-US",
        **more,
    }


@pytest.mark.parametrize(("wanted", "there"), [(True, True), (False, False)])
def test_what_the_engine_gave_is_for_those_who_ask(wanted: bool, there: bool) -> None:
    """As it came, in JSON."""
    params = told(Content(track="inbound_track", text="Hi", provider_data='{"words":1}'), provider_data=wanted)
    assert (params.get("TranscriptionProviderData") == '{"words":1}') is there


def test_the_end_and_what_went_wrong() -> None:
    """Nothing more is said of the end; of an error, code and sentence."""
    assert told(Stopped()) == {"TranscriptionEvent": "transcription-stopped"}
    assert told(Failed(32651, "No engine")) == {
        "TranscriptionEvent": "transcription-error",
        "TranscriptionErrorCode": "32651",
        "TranscriptionError": "No engine",
    }
