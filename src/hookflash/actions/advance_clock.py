"""The clock of a development server is moved forwards; work that is leased stays leased for as long as it was."""

from hookflash.domain.clock import VirtualClock
from hookflash.store.store import Tx


async def is_settled(tx: Tx, *, now: int) -> bool:
    """Whether nothing is due and nothing is under way."""
    return not await tx.value("outbox.unsettled", now=now)


async def advance_clock(tx: Tx, clock: VirtualClock, span: int) -> None:
    """Move `clock` by `span` ms. Leases are taken on this thread too: none is made between the two statements."""
    await tx.run("outbox.extend_leases", span=span)
    clock.offset += span
