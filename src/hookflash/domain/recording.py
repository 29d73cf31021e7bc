"""A recording: the sound of a call, or of a conference, and which statuses it passes through."""

from enum import StrEnum

import msgspec


class RecordingStatus(StrEnum):
    IN_PROGRESS = "in-progress"
    PAUSED = "paused"
    STOPPED = "stopped"
    PROCESSING = "processing"
    COMPLETED = "completed"
    ABSENT = "absent"  #: nothing was heard
    DELETED = "deleted"


_S = RecordingStatus
_ENDS = frozenset({_S.STOPPED, _S.PROCESSING, _S.COMPLETED, _S.ABSENT})

#: From each status, where a recording may go; a status without a row is final.
RECORDING_MOVES: dict[RecordingStatus, frozenset[RecordingStatus]] = {
    _S.IN_PROGRESS: frozenset({_S.PAUSED}) | _ENDS,
    _S.PAUSED: frozenset({_S.IN_PROGRESS}) | _ENDS,
    _S.STOPPED: frozenset({_S.PROCESSING, _S.COMPLETED, _S.ABSENT}),
    _S.PROCESSING: frozenset({_S.COMPLETED, _S.ABSENT}),
    _S.COMPLETED: frozenset({_S.DELETED}),
    _S.ABSENT: frozenset({_S.DELETED}),
}

#: Whose sound is still being written.
LIVE_STATUSES = frozenset({_S.IN_PROGRESS, _S.PAUSED, _S.STOPPED, _S.PROCESSING})


class RecordingSource(StrEnum):
    """What asked for it."""

    RECORD_VERB = "RecordVerb"
    DIAL_VERB = "DialVerb"
    CONFERENCE = "Conference"
    OUTBOUND_API = "OutboundAPI"
    TRUNKING = "Trunking"
    START_CALL_RECORDING_API = "StartCallRecordingAPI"
    START_CONFERENCE_RECORDING_API = "StartConferenceRecordingAPI"


class RecordingEvent(StrEnum):
    """What a recording's status callback can be asked for."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    ABSENT = "absent"


class RecordOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How something is recorded, and who is told."""

    channels: int = 1  #: 2: each side on its own
    track: str = "both"  #: inbound (what the leg says), outbound (what it hears), both
    trim: bool = True  #: cut silence at both ends
    status_callback: str | None = None
    status_callback_method: str = "POST"
    status_callback_events: tuple[RecordingEvent, ...] = (RecordingEvent.COMPLETED,)
    transcribe: bool = False  #: make a text of it, once it is complete
    transcribe_callback: str | None = None


class Recording(msgspec.Struct, kw_only=True):
    """A row of `recordings`."""

    account_sid: str
    sid: str
    call_sid: str | None = None
    conference_sid: str | None = None
    status: RecordingStatus = RecordingStatus.IN_PROGRESS
    source: RecordingSource
    channels: int = 1
    track: str = "both"
    start_time: int | None = None
    length: int | None = None  #: ms, after trimming; null while it is written
    error_code: int | None = None
    api_version: str = "2010-04-01"
    options: RecordOptions = RecordOptions()
    date_created: int
    date_updated: int

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_STATUSES

    @property
    def seconds(self) -> int | None:
        """Its length as the API says it."""
        return None if self.length is None else round(self.length / 1000)

    @property
    def path(self) -> str:
        """Its path in the API, without suffix."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Recordings/{self.sid}"


def may_move(current: RecordingStatus, to: RecordingStatus) -> bool:
    """Whether the table has a move from `current` to `to`."""
    return to in RECORDING_MOVES.get(current, frozenset())
