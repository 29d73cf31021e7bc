"""A conference: calls that hear each other. What it is, which statuses it has, and who starts and ends it."""

from enum import StrEnum

import msgspec

from .recording import RecordOptions
from .sids import is_sid
from .waiting import HOLD_MUSIC

MOST_PARTICIPANTS = 250
ENOUGH = 2  #: participants, for a start
LONGEST_NAME = 128  #: characters
LONGEST_LABEL = 128
REGION = "us1"  #: shown where none was asked for


class ConferenceStatus(StrEnum):
    INIT = "init"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


_S = ConferenceStatus

#: From each status, where a conference may go; a status without a row is final.
CONFERENCE_MOVES: dict[ConferenceStatus, frozenset[ConferenceStatus]] = {
    _S.INIT: frozenset({_S.IN_PROGRESS, _S.COMPLETED}),
    _S.IN_PROGRESS: frozenset({_S.COMPLETED}),
}


def may_move(current: ConferenceStatus, to: ConferenceStatus) -> bool:
    """Whether the table has a move from `current` to `to`."""
    return to in CONFERENCE_MOVES.get(current, frozenset())


class EndReason(StrEnum):
    """Why a conference is over."""

    API = "conference-ended-via-api"
    MODERATOR_LEFT = "participant-with-end-conference-on-exit-left"
    MODERATOR_KICKED = "participant-with-end-conference-on-exit-kicked"
    LAST_LEFT = "last-participant-left"
    LAST_KICKED = "last-participant-kicked"


class LeaveReason(StrEnum):
    """Why a participant is not in a conference any more."""

    API = "conference_ended_via_api"
    MODERATOR = "moderator_ended_conference"
    UPDATED = "participant_updated_via_api"
    HUNG_UP = "participant_hung_up"
    NOT_ADDED = "participant_add_failed"


#: Why those who are left leave, where one thing ends it for all.
LEAVE_REASONS = {
    EndReason.API: LeaveReason.API,
    EndReason.MODERATOR_LEFT: LeaveReason.MODERATOR,
    EndReason.MODERATOR_KICKED: LeaveReason.MODERATOR,
}


class ConferenceEvent(StrEnum):
    """What a conference's status callback can be asked for."""

    START = "start"
    END = "end"
    JOIN = "join"
    LEAVE = "leave"
    MUTE = "mute"
    HOLD = "hold"
    MODIFY = "modify"
    SPEAKER = "speaker"
    ANNOUNCEMENT = "announcement"


def is_label(text: str) -> bool:
    """Whether a participant may be called so: REST tells it from the SID of a call."""
    return 1 <= len(text) <= LONGEST_LABEL and "/" not in text and not is_sid(text, "CA")


class ConferenceOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What whoever comes first decides for all."""

    most: int = MOST_PARTICIPANTS
    region: str = REGION
    record: bool = False
    recording: RecordOptions = RecordOptions()
    status_callback: str | None = None
    status_callback_method: str = "POST"
    status_callback_events: tuple[ConferenceEvent, ...] = ()
    event_callback_url: str | None = None  #: told of the recording, as old applications are


class Seat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one takes part."""

    label: str | None = None
    muted: bool = False
    beep: str = "true"  #: or false, onEnter, onExit
    starts: bool = True  #: whether its coming lets the conference start
    ends: bool = False  #: whether its going ends it
    coaches: str | None = None  #: the SID of the call that alone hears it
    wait_url: str = HOLD_MUSIC  #: heard before the start; empty: silence
    wait_method: str = "GET"
    early_media: bool = True  #: whether the others hear it ring
    jitter: str = "large"  #: or off, small, medium: how much its line may keep the others waiting

    @property
    def beeps_on_enter(self) -> bool:
        return self.beep in ("true", "onEnter")

    @property
    def beeps_on_exit(self) -> bool:
        return self.beep in ("true", "onExit")


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """What a call that REST makes for a conference does once it is answered."""

    conference_sid: str
    name: str
    seat: Seat
    options: ConferenceOptions = ConferenceOptions()


class Conference(msgspec.Struct, kw_only=True):
    """A row of `conferences`."""

    account_sid: str
    sid: str
    friendly_name: str
    status: ConferenceStatus = ConferenceStatus.INIT
    region: str = REGION
    reason_conference_ended: EndReason | None = None
    call_sid_ending_conference: str | None = None
    sequence: int = 0  #: of the last callback
    api_version: str = "2010-04-01"
    options: ConferenceOptions = ConferenceOptions()
    date_created: int
    date_updated: int

    @property
    def is_over(self) -> bool:
        return self.status is ConferenceStatus.COMPLETED


class Participant(msgspec.Struct, kw_only=True):
    """A row of `conference_participants`: a call that is in a conference, or on its way there."""

    account_sid: str
    conference_sid: str
    call_sid: str
    label: str | None = None
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    call_sid_to_coach: str | None = None
    start_conference_on_enter: bool = True
    end_conference_on_exit: bool = False
    joined_at: int | None = None  #: null while its phone rings
    date_created: int
    date_updated: int


class ShownParticipant(Participant, kw_only=True):
    """A row of `participants`: with what its call says of it."""

    status: str  #: queued, connecting, ringing, connected, complete, failed
    queue_time: int  #: ms


class NotAdmittedError(Exception):
    """A call cannot take part as it wants to: the code for the debugger, and a sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(f"{code}: {sentence}")


class NoSuchParticipantError(Exception):
    """It is not in that conference, or the conference is not live in this process."""


# --- Who starts and ends it -------------------------------------------------------------------------------------------


class Roster:
    """Who is in a conference, and what follows when somebody comes or goes.

    It starts with two of whom one may start it. It ends when the last leaves, or one who ends it.
    """

    def __init__(self, *, most: int = MOST_PARTICIPANTS, has_started: bool = False) -> None:
        self._most = most
        self._seats: dict[str, Seat] = {}  # by call
        self.has_started = has_started

    def __len__(self) -> int:
        return len(self._seats)

    @property
    def is_full(self) -> bool:
        return len(self._seats) >= self._most

    def enter(self, sid: str, seat: Seat) -> bool:
        """Returns whether the conference starts with this one."""
        self._seats[sid] = seat
        if self.has_started or len(self._seats) < ENOUGH or not any(each.starts for each in self._seats.values()):
            return False
        self.has_started = True
        return True

    def change(self, sid: str, seat: Seat) -> None:
        """It takes part in another way from now on."""
        self._seats[sid] = seat

    def leave(self, sid: str, *, kicked: bool = False) -> EndReason | None:
        """Why the conference ends with this one's going; None when it goes on."""
        if self._seats.pop(sid).ends:
            return EndReason.MODERATOR_KICKED if kicked else EndReason.MODERATOR_LEFT
        if not self._seats:
            return EndReason.LAST_KICKED if kicked else EndReason.LAST_LEFT
        return None
