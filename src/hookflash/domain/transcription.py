"""Transcriptions: the text of a recording, and the live text of a call. Two kinds of row that share a name."""

from enum import StrEnum

import msgspec

SHORTEST, LONGEST = 2_000, 120_000  #: ms of a recording that is transcribed; <Record> of the documentation says so


# --- Of a recording -------------------------------------------------------------------------------------------------


class TranscriptionStatus(StrEnum):
    """How far the text of a recording is."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"


class Transcription(msgspec.Struct, kw_only=True):
    """A row of `transcriptions`: the text of a recording, made once it is complete."""

    account_sid: str
    sid: str  #: TR…
    recording_sid: str
    status: TranscriptionStatus = TranscriptionStatus.IN_PROGRESS
    length: int  #: ms, of the recording
    text: str | None = None  #: once it is completed
    error_code: int | None = None  #: why there is none
    api_version: str = "2010-04-01"
    date_created: int
    date_updated: int

    @property
    def seconds(self) -> int:
        """The length of its recording as the API says it."""
        return round(self.length / 1000)

    @property
    def path(self) -> str:
        """Its path in the API, without suffix."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Transcriptions/{self.sid}"


# --- Of a call, while it goes on ------------------------------------------------------------------------------------

TRACKS = {"inbound_track": "inbound", "outbound_track": "outbound"}  #: names of the API, and sides of a leg


class LiveStatus(StrEnum):
    """Whether a call is still being transcribed; one that is stopped never goes on."""

    IN_PROGRESS = "in-progress"
    STOPPED = "stopped"


class LiveOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a call is transcribed, and who is told."""

    track: str = "both_tracks"  #: inbound_track (what the leg says), outbound_track (what it hears), both_tracks
    inbound_label: str = ""
    outbound_label: str = ""
    language: str = "en-US"
    engine: str = ""  #: as the document named it; empty: any
    model: str = ""
    hints: tuple[str, ...] = ()
    partials: bool = False
    profanity_filter: bool = True
    punctuation: bool = True
    provider_data: bool = False  #: tell what the engine gave, too
    status_callback: str | None = None
    status_callback_method: str = "POST"

    @property
    def tracks(self) -> list[str]:
        """The tracks that are listened to, by their names of the API."""
        return [name for name in TRACKS if self.track in (name, "both_tracks")]


class LiveTranscription(msgspec.Struct, kw_only=True):
    """A row of `live_transcriptions`."""

    account_sid: str
    sid: str  #: GT…
    call_sid: str
    name: str | None = None
    status: LiveStatus = LiveStatus.IN_PROGRESS
    sequence: int = 0  #: of the last event that was told
    options: LiveOptions = LiveOptions()
    date_created: int
    date_updated: int
