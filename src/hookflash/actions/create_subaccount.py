"""A parent account gets a subaccount."""

from datetime import UTC, datetime

from hookflash.domain.account import Account, AccountType
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.vault import Vault

from .first_start import new_account

LIMITS = {AccountType.TRIAL: 1, AccountType.FULL: 1_000}  # closed ones do not count


async def create_subaccount(tx: Tx, vault: Vault, parent: Account, name: str, *, now: int) -> Account:
    """An active account owned by `parent`, named after the moment when `name` is empty. Raises ApiError."""
    if not parent.is_parent:
        raise ApiError(Code.SUBACCOUNT_OF_SUBACCOUNT)
    limit = LIMITS[parent.type]
    if await tx.value("subaccounts.open_count", owner_sid=parent.sid) >= limit:
        raise ApiError(Code.TOO_MANY_SUBACCOUNTS, limit=limit)
    account = new_account(vault, name=name or _default_name(now), owner_sid=parent.sid, kind=parent.type, now=now)
    await tx.insert("accounts", account)
    return account


def _default_name(now: int) -> str:
    at = datetime.fromtimestamp(now / 1000, UTC)
    half = "am" if at.hour < 12 else "pm"
    return f"SubAccount Created at {at:%Y-%m-%d} {(at.hour - 1) % 12 + 1:02}:{at:%M} {half}"
