"""A queue of callers, and who waits in it."""

from enum import StrEnum

import msgspec

from .clock import SECOND

LONGEST_NAME = 64  #: characters
LARGEST = 5_000  #: callers that a queue may be made to hold
USUAL_SIZE = 1_000  #: callers that a queue holds which a call has made
REST_SIZE = 100  #: callers that a queue holds which REST has made, unless it says otherwise


class QueueResult(StrEnum):
    """How a wait in a queue ended, as the `action` of `<Enqueue>` learns it."""

    BRIDGED = "bridged"
    BRIDGING = "bridging-in-process"  #: taken elsewhere after its turn had come, before the two were joined
    ERROR = "error"  #: of the document that was to be heard meanwhile
    HANGUP = "hangup"
    LEAVE = "leave"
    REDIRECTED = "redirected"
    REDIRECTED_FROM_BRIDGED = "redirected-from-bridged"
    QUEUE_FULL = "queue-full"
    SYSTEM_ERROR = "system-error"


class Queue(msgspec.Struct, kw_only=True):
    """A row of `queues`."""

    account_sid: str
    sid: str
    friendly_name: str
    max_size: int
    date_created: int
    date_updated: int


class SizedQueue(msgspec.Struct, kw_only=True):
    """A row of `sized_queues`: a queue, and who waits in it just now."""

    account_sid: str
    sid: str
    friendly_name: str
    max_size: int
    date_created: int
    date_updated: int
    current_size: int
    entered_sum: int  #: of the moments at which they came, in ms

    def average_wait(self, now: int) -> int:
        """How long they have waited by now, in seconds."""
        return average_seconds(self.current_size, self.entered_sum, now)


class Member(msgspec.Struct, kw_only=True):
    """A row of `queue_members`: a caller from the moment it enters until it is joined with somebody, or leaves."""

    account_sid: str
    queue_sid: str
    place: int  #: grows with each that enters
    call_sid: str
    entered_at: int
    taken_by: str | None = None  #: the call that it is about to be joined with; nobody else can take it


class WaitingMember(msgspec.Struct, kw_only=True):
    """Who waits in a queue, as REST shows it."""

    account_sid: str
    queue_sid: str
    call_sid: str
    date_enqueued: int
    position: int  #: from 1


class NoSuchMemberError(Exception):
    """Nobody waits there, or somebody else has just taken them."""


def average_seconds(size: int, entered_sum: int, now: int) -> int:
    """How long `size` callers have waited on the average, who came at moments of that sum."""
    return round((now - entered_sum / size) / SECOND) if size else 0
