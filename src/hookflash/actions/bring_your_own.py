"""The operator gives accounts what they have elsewhere: SIDs and tokens, numbers, short codes, verified numbers.

Nothing here comes out of the inventory: any E.164 number will do, as long as nobody else here has it.
"""

import msgspec

from hookflash.domain.account import Account, AccountType
from hookflash.domain.numbers import IncomingPhoneNumber, OutgoingCallerId, ShortCode
from hookflash.domain.phone_numbers import NumberType, national_format, number_type
from hookflash.domain.sids import is_sid, make_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.vault import Vault

from .first_start import new_account, new_number

_KINDS = {NumberType.TOLL_FREE: "toll-free", NumberType.MOBILE: "mobile"}


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """An account with its secrets in clear, shown once."""

    account_sid: str
    auth_token: str
    test_account_sid: str
    test_auth_token: str
    friendly_name: str
    type: AccountType


async def add_account(
    tx: Tx, vault: Vault, *, name: str, sid: str, auth_token: str, trial: bool, now: int
) -> Credentials:
    """A parent account, with the SID and token given or new ones. Raises ApiError."""
    if sid and not is_sid(sid, "AC"):
        raise ApiError(Code.INVALID_PARAMETER, name="sid", why="an account SID is AC and 32 hexadecimal digits")
    if sid and await tx.one(Account, "accounts.by_sid", sid=sid) is not None:
        raise ApiError(Code.CONFLICT, why=f"There is an account {sid} already.")
    kind = AccountType.TRIAL if trial else AccountType.FULL
    account = new_account(vault, name=name or "Account", sid=sid, token=auth_token, kind=kind, now=now)
    await tx.insert("accounts", account)
    return Credentials(
        account_sid=account.sid,
        auth_token=vault.open(account.auth_token),
        test_account_sid=account.test_sid or "",
        test_auth_token=vault.open(account.test_token) if account.test_token else "",
        friendly_name=account.friendly_name,
        type=account.type,
    )


async def the_account(tx: Tx, sid: str) -> Account:
    """The account `sid`, or the first one when it is empty. Raises ApiError (404)."""
    account = await (tx.one(Account, "accounts.by_sid", sid=sid) if sid else tx.one(Account, "accounts.first"))
    if account is None:
        raise ApiError(Code.NOT_FOUND, f"There is no account {sid[:40]}.")
    return account


async def add_number(tx: Tx, e164: str, *, account_sid: str, now: int) -> IncomingPhoneNumber:
    """Give the account a number. Raises ApiError (404, 409)."""
    account = await the_account(tx, account_sid)
    if await tx.value("numbers.is_ours", number=e164):
        raise ApiError(Code.CONFLICT, why=f"An account of this server has {e164} already.")
    number = new_number(account.sid, e164, now=now, kind=_KINDS.get(number_type(e164), "local"))
    number.origin = "hosted"
    await tx.insert("incoming_phone_numbers", number)
    return number


async def add_short_code(tx: Tx, code: ShortCode) -> ShortCode:
    """Give an account a short code; its `account_sid` may be empty for the first. Raises ApiError (404, 409)."""
    code.account_sid = (await the_account(tx, code.account_sid)).sid
    if await tx.value("numbers.is_ours", number=code.short_code):
        raise ApiError(Code.CONFLICT, why=f"An account of this server has the short code {code.short_code} already.")
    await tx.insert("short_codes", code)
    return code


async def verify_number(tx: Tx, e164: str, *, account_sid: str, name: str, now: int) -> OutgoingCallerId:
    """Take a number for verified: a trial account may text it. Raises ApiError (404, 409)."""
    account = await the_account(tx, account_sid)
    if await tx.value("numbers.verified", account_sid=account.sid, number=e164):
        raise ApiError(Code.CONFLICT, why=f"{e164} is verified already.")
    caller = OutgoingCallerId(
        account_sid=account.sid,
        sid=make_sid("PN", now),
        phone_number=e164,
        friendly_name=name or national_format(e164),
        date_created=now,
        date_updated=now,
    )
    await tx.insert("outgoing_caller_ids", caller)
    return caller
