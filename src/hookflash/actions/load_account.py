"""The row of an account that is known to exist."""

from hookflash.domain.account import Account
from hookflash.store.store import Tx


async def load_account(tx: Tx, sid: str) -> Account:
    """The account `sid`. Accounts are closed, never dropped: raises LookupError where there was none."""
    account = await tx.one(Account, "accounts.by_sid", sid=sid)
    if account is None:
        raise LookupError(sid)
    return account
