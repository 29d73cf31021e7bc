"""The timeline: what happened to a message, one row an event, under its SID."""

from typing import Any

import msgspec

from hookflash.domain.sids import SIDS

from .store import Tx


class Event(msgspec.Struct):
    """A row of `timeline`."""

    subject: str
    stamp: int
    account_sid: str
    kind: str  #: move, carrier, webhook or note
    sentence: str
    data: str | None  #: JSON

    @property
    def at(self) -> int:
        """When, in ms since the epoch."""
        return self.stamp >> 16


async def record(
    tx: Tx, subject: str, kind: str, sentence: str, *, account_sid: str, now: int, data: Any = None
) -> None:
    """Add an event at the moment `now` (ms since the epoch); `data` is anything msgspec can encode.

    An empty sentence is not worth a row.
    """
    if not sentence:
        return
    await tx.run(
        "timeline.add",
        subject=subject,
        stamp=SIDS.stamp(now),
        account_sid=account_sid,
        kind=kind,
        sentence=sentence,
        data=None if data is None else msgspec.json.encode(data).decode(),
    )
