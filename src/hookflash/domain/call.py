"""A call: what it is, which statuses it passes through, and which moves between them exist."""

from enum import StrEnum

import msgspec

from hookflash.domain.conference import Admission
from hookflash.domain.recording import RecordOptions

RING_SECONDS = 60  #: for which an unanswered call rings, when nobody says otherwise
LONGEST_RING = 600  #: s
LONGEST_CALL = 86_400  #: s from answer to the end, whatever is asked for
USUAL_LONGEST = 14_400  #: s that a platform lets calls last, unless its settings say otherwise


class CallStatus(StrEnum):
    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"
    FAILED = "failed"


_S = CallStatus
_UNANSWERED = frozenset({_S.BUSY, _S.NO_ANSWER, _S.CANCELED, _S.FAILED})

#: From each status, where a call may go; a status without a row is final. A far end need not ring before it answers
#: or refuses (RFC 3261 §13.2.2), so that "queued" leads wherever "ringing" does.
CALL_MOVES: dict[CallStatus, frozenset[CallStatus]] = {
    _S.QUEUED: frozenset({_S.RINGING, _S.IN_PROGRESS}) | _UNANSWERED,
    _S.RINGING: frozenset({_S.IN_PROGRESS}) | _UNANSWERED,
    _S.IN_PROGRESS: frozenset({_S.COMPLETED}),
}

FINAL_STATUSES = frozenset(CallStatus) - CALL_MOVES.keys()


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


class CallEvent(StrEnum):
    """What a status callback can be asked for."""

    INITIATED = "initiated"
    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"  #: any end


def may_move(current: CallStatus, to: CallStatus) -> bool:
    """Whether the table has a move from `current` to `to`."""
    return to in CALL_MOVES.get(current, frozenset())


class NoSuchCallError(Exception):
    """This process has no such live call: it has just ended, or never began."""


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a document comes from: a URL to ask, with its fallback, or the document itself."""

    url: str | None = None
    method: str = "POST"
    fallback_url: str | None = None
    fallback_method: str = "POST"
    twiml: str | None = None  #: only where there is no `url`


class DetectOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a person is told from an answering machine. Times are ms."""

    until_end: bool = False  #: wait for the end of a machine's greeting (DetectMessageEnd)
    timeout: int = 30_000
    speech: int = 2_400  #: a greeting that is longer is a machine's
    speech_end: int = 1_200  #: silence that ends a greeting
    silence: int = 5_000  #: silence at the start after which nobody is known
    is_async: bool = False  #: the call goes on meanwhile, and a callback tells the result
    callback: str | None = None
    callback_method: str = "POST"
    if_machine: str | None = None  #: Continue or Hangup, of the API of 2010: says "machine" and no more


class Validation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a call is for that asks whoever has a number for a code: its account may show the number then."""

    code: str  #: six digits
    friendly_name: str
    status_callback: str | None = None
    status_callback_method: str = "POST"
    is_done: bool = False  #: the code was right


class CallOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What not every call has, kept as JSON beside the row."""

    source: Source = Source()  #: what the call begins with once it is answered
    application_sid: str | None = None
    status_callback: str | None = None
    status_callback_method: str = "POST"
    status_callback_events: tuple[CallEvent, ...] = (CallEvent.COMPLETED,)
    send_digits: str | None = None  #: pressed once it is answered
    timeout: int = RING_SECONDS  #: seconds of ringing
    time_limit: int = LONGEST_CALL  #: seconds from answer to the end
    record: RecordOptions | None = None  #: recorded from answer to the end
    detect: DetectOptions | None = None
    caller_id: str | None = None  #: shown instead of the sender
    sip_username: str | None = None
    sip_password: str | None = None  #: sealed; `store/vault.py` opens it
    sip_headers: dict[str, str] = {}  #: of the INVITE that we send
    call_reason: str | None = None
    call_token: str | None = None  #: of the incoming call whose caller is shown
    byoc: str | None = None
    validation: Validation | None = None  #: instead of a document
    conference: Admission | None = None  #: that it goes to once it is answered
    params: dict[str, str] = {}  #: sent with each request for a document besides the usual ones: SipDomain, …


class Call(msgspec.Struct, kw_only=True):
    """A row of `calls`."""

    account_sid: str
    sid: str
    parent_call_sid: str | None = None
    direction: Direction
    status: CallStatus
    sender: str  #: E.164, `client:name`, `sip:user@host`, or a word such as `anonymous`
    recipient: str  #: E.164, `client:name` or `sip:user@host`
    phone_number_sid: str | None = None  #: of our number in it
    caller_name: str | None = None
    forwarded_from: str | None = None
    answered_by: str | None = None
    trunk_sid: str | None = None
    queue_time: int = 0  #: ms that it waited before it was dialled
    initiated_at: int | None = None  #: when it was dialled, or came in; null: it waits for its turn
    start_time: int | None = None  #: when it was answered; of one that never was, when it was dialled
    end_time: int | None = None
    duration: int | None = None  #: seconds from answer to the end; null while it lasts
    error_code: int | None = None
    error_message: str | None = None
    sip_status: int | None = None  #: the SIP status that ended it
    sequence: int = 0  #: of the next status callback
    api_version: str = "2010-04-01"
    options: CallOptions = CallOptions()
    date_created: int
    date_updated: int

    @property
    def is_final(self) -> bool:
        return self.status in FINAL_STATUSES

    @property
    def is_waiting(self) -> bool:
        """Whether it has not been dialled yet."""
        return self.status is CallStatus.QUEUED and self.initiated_at is None
