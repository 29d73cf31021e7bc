"""An account's token is replaced without a gap: a second one beside it, which then takes its place."""

import secrets

from hookflash.domain.account import Account
from hookflash.store.store import Tx
from hookflash.store.vault import Vault

from .load_account import load_account


async def add_secondary(tx: Tx, vault: Vault, sid: str, *, now: int) -> str:
    """A fresh secondary token of the account `sid`; one that it had is void."""
    token = secrets.token_hex(16)
    account = await load_account(tx, sid)
    await _set(tx, sid, primary=account.auth_token, secondary=vault.seal(token), now=now)
    return token


async def drop_secondary(tx: Tx, sid: str, *, now: int) -> bool:
    """Void the secondary token; False when there is none."""
    account = await load_account(tx, sid)
    if account.secondary_token is None:
        return False
    await _set(tx, sid, primary=account.auth_token, secondary=None, now=now)
    return True


async def promote(tx: Tx, sid: str, *, now: int) -> Account | None:
    """Make the secondary token the only one; None when there is none."""
    account = await load_account(tx, sid)
    if account.secondary_token is None:
        return None
    await _set(tx, sid, primary=account.secondary_token, secondary=None, now=now)
    return await load_account(tx, sid)


async def _set(tx: Tx, sid: str, *, primary: str, secondary: str | None, now: int) -> None:
    await tx.run("accounts.set_tokens", sid=sid, auth_token=primary, secondary_token=secondary, now=now)
