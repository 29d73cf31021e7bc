"""Handsets: the far end of the simulated network. Any number that no carrier routes is one."""

from enum import StrEnum
from typing import Annotated

import msgspec

from hookflash.switch import protocol

LONGEST_DELAY = 7 * 24 * 3_600_000  #: ms
Delay = Annotated[int, msgspec.Meta(ge=0, le=LONGEST_DELAY)]
ErrorCode = Annotated[int, msgspec.Meta(ge=10_000, le=99_999)]


class Faults(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a handset misbehaves, as the documented errors do."""

    error_code: ErrorCode | None = (
        None  #: every text to it ends undelivered with this code: 30003, 30005, 30006, 30007 …
    )
    delay: Delay | None = None  #: ms until its receipt; the server's setting when None
    duplicate_receipts: bool = False
    receipts_out_of_order: bool = False  #: the final receipt comes before the intermediate one
    no_receipts: bool = False


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a handset answers by itself: the first rule whose `contains` stands in a text (in any case) replies."""

    reply: Annotated[str, msgspec.Meta(min_length=1, max_length=1_600)]
    contains: Annotated[str, msgspec.Meta(max_length=1_600)] = ""
    delay: Delay = 0  #: ms


class How(StrEnum):
    """What a handset does with a call."""

    ANSWER = "answer"
    VOICEMAIL = "voicemail"  #: answer, greet and beep
    BUSY = "busy"
    NO_ANSWER = "no-answer"  #: ring until the caller gives up
    REJECT = "reject"
    MANUAL = "manual"  #: ring until it is told to answer


class Answering(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a handset takes calls, and over what kind of line."""

    how: How = How.ANSWER
    after: Delay = 1_000  #: ms that it rings
    says: Annotated[str, msgspec.Meta(max_length=4_096)] = ""  #: spoken once it has answered
    language: Annotated[str, msgspec.Meta(max_length=20)] = "en-US"
    keys: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-D*#wW]{0,64}$")] = ""  #: pressed after that
    hangs_up_after: Delay | None = None  #: ms after that; None: never by itself
    status: Annotated[int, msgspec.Meta(ge=400, le=699)] = 603  #: SIP status of `reject`
    loss: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0  #: share of packets that are lost
    jitter: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0  #: ms
    latency: Annotated[int, msgspec.Meta(ge=0, le=2_000)] = 0  #: ms, one way

    def link(self) -> protocol.Link:
        """A line of that kind."""
        return protocol.Link(
            leg=0, callee=0, from_="", to="", loss=self.loss, delay_ms=self.latency, jitter_ms=self.jitter
        )


class Handset(msgspec.Struct, kw_only=True):
    """A row of `handsets`: a number that was told how to behave."""

    number: str
    faults: Faults = Faults()
    rules: list[Rule] = []
    answering: Answering = Answering()
    date_created: int
    date_updated: int


class HandsetMessage(msgspec.Struct):
    """A row of `handset_messages`: a text as the handset has it."""

    number: str
    stamp: int
    direction: str  #: "received" or "sent", as the handset sees it
    peer: str
    body: str
    media_urls: list[str]
    message_sid: str


def topic_of(number: str) -> str:
    """The topic of the bus on which news of a handset's texts are published."""
    return f"handset {number}"
