"""What an operator sets for one account."""

import msgspec

from hookflash.domain.account import Account, AccountSettings
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal

from .bring_your_own import the_account

_ACCOUNTS = Table("accounts", Account)


async def change_settings(
    tx: Tx,
    sid: str,
    *,
    sms_countries: tuple[str, ...] | None,
    voice_countries: tuple[str, ...] | None,
    calls_per_second: float | None,
    debugger_url: str | None,
    now: int,
) -> AccountSettings:
    """Set which countries (ISO) account `sid` may text and call, how fast it dials, and where its debugger events go.

    None is what holds for all. Raises ApiError (404).
    """
    account = await the_account(tx, sid)
    settings = msgspec.structs.replace(
        account.settings,
        sms_countries=sms_countries,
        voice_countries=voice_countries,
        calls_per_second=calls_per_second,
        debugger_url=debugger_url,
    )
    await _ACCOUNTS.update(tx, equal(sid=account.sid), {"settings": settings, "date_updated": now})
    return settings
