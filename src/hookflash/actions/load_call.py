"""A call, read anew in each transaction: it may have changed, or gone, since it was last looked at."""

from hookflash.domain.call import Call
from hookflash.store.store import Tx


async def load_call(tx: Tx, account_sid: str, sid: str) -> Call | None:
    """The call `sid` of an account; None when there is none."""
    return await tx.one(Call, "calls.by_sid", account_sid=account_sid, sid=sid)
