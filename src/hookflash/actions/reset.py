"""A development server forgets what happened; accounts, numbers, services and carriers stay."""

from hookflash.store.store import Tx


async def reset(tx: Tx) -> None:
    """Delete every message with all that belongs to it, every timeline and alert, handsets, and the outbox."""
    await tx.run("reset.everything")
