"""A message: what it is, which statuses it passes through, and which moves between them exist."""

from enum import StrEnum

import msgspec

DEFAULT_VALIDITY = 36_000  #: seconds for which a carrier may try, when nobody says otherwise


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
FINAL_STATUSES = frozenset({_S.CANCELED, _S.SENT, _S.DELIVERED, _S.UNDELIVERED, _S.FAILED, _S.READ, _S.RECEIVED})


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_CALL = "outbound-call"
    OUTBOUND_REPLY = "outbound-reply"


def may_move(current: MessageStatus, to: MessageStatus) -> bool:
    """Whether the table has a move from `current` to `to`."""
    return to in MESSAGE_MOVES.get(current, frozenset())


class MessageOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What few messages have, kept as JSON beside the row."""

    send_at: int | None = None  #: ms since the epoch
    validity_period: int = DEFAULT_VALIDITY  #: seconds
    provide_feedback: bool = False
    smart_encoded: bool = False
    media_urls: tuple[str, ...] = ()  #: as the application gave them
    discard_body: bool = False  #: keep no body once the message is final
    mms_converter: bool = False  #: where media cannot go, send a text with links to it
    in_reply_to: str | None = None  #: the incoming message that a TwiML reply answers


class Feedback(msgspec.Struct):
    """A row of `feedback`: what an application says became of a message."""

    account_sid: str
    message_sid: str
    outcome: str  #: confirmed or unconfirmed
    date_created: int
    date_updated: int


class Message(msgspec.Struct):
    """A row of `messages`."""

    account_sid: str
    id: str
    kind: str
    direction: Direction
    status: MessageStatus
    sender: str | None
    recipient: str
    body: str
    num_segments: int
    num_media: int
    service_sid: str | None
    status_callback: str | None  #: one URL or several with spaces between, as a TwiML reply may name two
    error_code: int | None
    error_message: str | None
    price: str | None
    price_unit: str | None
    carrier: str | None
    api_version: str
    options: MessageOptions | None
    date_created: int
    date_updated: int
    date_sent: int | None

    @property
    def sid(self) -> str:
        return self.kind + self.id

    @property
    def lane(self) -> str:
        """Messages of one sender to one recipient leave in order."""
        return f"{self.account_sid} {self.sender}>{self.recipient}"
