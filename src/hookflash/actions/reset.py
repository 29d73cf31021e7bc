"""A development server forgets what happened; accounts, numbers, services and carriers stay."""

import msgspec

from hookflash.store import outbox
from hookflash.store.store import Tx


class _File(msgspec.Struct):
    digest: str


async def reset(tx: Tx, *, now: int) -> None:
    """Delete every message with all that belongs to it, every timeline and alert, handsets, and the outbox."""
    files = await tx.all(_File, "media.files")
    await tx.run("reset.everything")
    for file in files:
        await outbox.add(tx, "unlink", "", account_sid="", due_at=now, payload=file.digest)
