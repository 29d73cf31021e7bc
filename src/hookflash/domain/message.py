"""A message: what it is, which statuses it passes through, and which moves between them exist."""

from enum import StrEnum


class MessageStatus(StrEnum):
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    CANCELED = "canceled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    READ = "read"
    RECEIVING = "receiving"
    RECEIVED = "received"


_S = MessageStatus

#: From each status, where a message may go; a status without a row is final.
#: "sending" may go straight to delivered or undelivered: a receipt can overtake the answer to the submit.
MESSAGE_MOVES: dict[MessageStatus, frozenset[MessageStatus]] = {
    _S.ACCEPTED: frozenset({_S.QUEUED, _S.FAILED, _S.CANCELED}),
    _S.SCHEDULED: frozenset({_S.QUEUED, _S.FAILED, _S.CANCELED}),
    _S.QUEUED: frozenset({_S.SENDING, _S.FAILED}),
    _S.SENDING: frozenset({_S.SENT, _S.QUEUED, _S.FAILED, _S.DELIVERED, _S.UNDELIVERED}),
    _S.SENT: frozenset({_S.DELIVERED, _S.UNDELIVERED}),
    _S.DELIVERED: frozenset({_S.READ}),
    _S.RECEIVING: frozenset({_S.RECEIVED, _S.FAILED}),
}

#: A message in one of these is done with: it may be redacted or deleted.
FINAL_STATUSES = frozenset(
    {_S.CANCELED, _S.SENT, _S.DELIVERED, _S.UNDELIVERED, _S.FAILED, _S.READ, _S.RECEIVED}
)


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_CALL = "outbound-call"
    OUTBOUND_REPLY = "outbound-reply"


def may_move(current: MessageStatus, to: MessageStatus) -> bool:
    """Whether the table has a move from `current` to `to`."""
    return to in MESSAGE_MOVES.get(current, frozenset())
