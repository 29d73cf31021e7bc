"""What a carrier of messages is: a small protocol that the simulated network, SMPP, and any later kind keep.

A carrier takes an `OutboundMessage` and says what became of it by returning or raising; what it hears later (receipts
and incoming texts) it gives to the `CarrierSink`, and answers its own peer only after the sink has returned, because
the sink returns once the thing is committed to disk.
"""

from typing import Protocol

import msgspec


class OutboundMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way out."""

    sid: str  #: SM… or MM…; a carrier that can deduplicate uses it as its key
    account_sid: str
    sender: str  #: E.164, short code (3-8 digits) or alphanumeric (1-11 characters)
    recipient: str  #: E.164
    body: str
    media_urls: tuple[str, ...] = ()  #: our own links to the stored media
    validity: int = 36_000  #: seconds for which the carrier may try


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """The carrier has accepted the message."""

    ids: tuple[str, ...]  #: the carrier's id of each part, as receipts will name them; empty when no receipt will come
    detail: str = ""  #: for the timeline, such as "submit_sm seq 17 on bind 2, 1 part"


class CarrierRefusedError(Exception):
    """The carrier did not take the message, and will not take it if asked again."""

    def __init__(self, reason: str, *, error_code: int = 30008) -> None:
        super().__init__(reason)
        self.error_code = error_code  #: what the message's `error_code` becomes, such as 30006


class CarrierBusyError(Exception):
    """The carrier cannot take the message now (not bound, throttled, window full, no answer); another route may."""

    def __init__(self, reason: str, *, retry_after: int, maybe_sent: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after  #: ms
        self.maybe_sent = maybe_sent  #: the request left, no answer came: another try may send it twice


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery receipt (DLR) for one part of a message."""

    carrier: str  #: name of the carrier it came from
    carrier_id: str  #: the id that `Submitted.ids` named
    status: str  #: "delivered", "undelivered", "failed", or "sent" for an intermediate notification
    error_code: int | None = None  #: ours, such as 30003
    done_at: str = ""  #: YYMMDDhhmm as the carrier said it
    detail: str = ""  #: the receipt as it came, for the timeline


class InboundMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A text that a carrier brought. With `total` > 1 it is one part of a concatenated message."""

    carrier: str
    sender: str
    recipient: str
    body: str
    media_urls: tuple[str, ...] = ()
    reference: int = 0  #: the concatenation reference, when `total` > 1
    total: int = 1
    part: int = 1  #: from 1
    dedupe: str = ""  #: when not empty, a second message with the same key is the same message
    detail: str = ""
    sid: str = ""  #: what the message is to be called, where the sender is a handset of ours; a new SID when empty


class CarrierSink(Protocol):
    """Where a carrier brings what it hears. Both calls return once the thing is durable; if they raise, it is not."""

    async def receipt(self, receipt: Receipt) -> None: ...

    async def incoming(self, message: InboundMessage) -> None: ...


class MessageCarrier(Protocol):
    """Something that takes messages away and brings others."""

    name: str
    carries_media: bool  #: whether it takes media whole; a text with links to them is sent otherwise

    async def start(self) -> None:
        """Begin to connect; returns at once and reconnects by itself for ever after."""
        ...

    async def submit(self, message: OutboundMessage) -> Submitted:
        """Hand the message over. Raises CarrierRefusedError or CarrierBusyError."""
        ...

    def state(self) -> dict[str, object]:
        """What `hookflash doctor`, the metrics and `/hookflash/v1/carriers` show of it."""
        ...

    async def close(self, grace: int) -> None:
        """Stop taking messages, wait up to `grace` ms for answers that are due, unbind and disconnect."""
        ...
