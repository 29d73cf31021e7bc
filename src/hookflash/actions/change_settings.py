"""What an operator sets for one account."""

import msgspec

from hookflash.domain.account import Account, AccountSettings
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal

from .bring_your_own import the_account

_ACCOUNTS = Table("accounts", Account)


async def change_settings(
    tx: Tx, sid: str, *, sms_countries: tuple[str, ...] | None, debugger_url: str | None, now: int
) -> AccountSettings:
    """Set which countries (ISO; None: all) account `sid` may text, and where its debugger events go.

    Raises ApiError (404).
    """
    account = await the_account(tx, sid)
    settings = msgspec.structs.replace(account.settings, sms_countries=sms_countries, debugger_url=debugger_url)
    await _ACCOUNTS.update(tx, equal(sid=account.sid), {"settings": settings, "date_updated": now})
    return settings
