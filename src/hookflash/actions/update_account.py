"""An account is renamed, suspended, opened again or closed."""

from hookflash.domain.account import Account, AccountStatus
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx

from .load_account import load_account


async def update_account(
    tx: Tx, sid: str, *, friendly_name: str | None = None, status: AccountStatus | None = None, now: int
) -> Account:
    """The account `sid` with what is not None changed. Closing it gives its numbers back. Raises ApiError."""
    account = await load_account(tx, sid)
    if status is not None and status is not account.status:
        await _check_move(tx, account, status)
        account.status = status
        if status is AccountStatus.CLOSED:
            await tx.run("subaccounts.leave_pools", account_sid=sid)
            await tx.run("subaccounts.release_numbers", account_sid=sid)
    if friendly_name is not None:
        account.friendly_name = friendly_name
    account.date_updated = now
    await tx.run(
        "subaccounts.update", sid=sid, friendly_name=account.friendly_name, status=account.status.value, now=now
    )
    return account


async def _check_move(tx: Tx, account: Account, status: AccountStatus) -> None:
    if account.is_parent:
        raise ApiError(Code.OWN_STATUS)
    if account.status is AccountStatus.CLOSED:
        raise ApiError(Code.ACCOUNT_CLOSED)
    if account.settings.suspended_by_operator and status is AccountStatus.ACTIVE:
        raise ApiError(Code.SUSPENDED_BY_OPERATOR)
    parent = await load_account(tx, account.owner_sid)
    if parent.status is not AccountStatus.ACTIVE:
        raise ApiError(Code.PARENT_SUSPENDED)
