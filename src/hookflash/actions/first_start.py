"""The first start of a data directory: an account with its test credentials, and two US numbers."""

import secrets

import msgspec

from hookflash.domain.account import Account, AccountSettings, AccountStatus, AccountType
from hookflash.domain.numbers import IncomingPhoneNumber
from hookflash.domain.phone_numbers import national_format, region_of
from hookflash.domain.sids import make_sid
from hookflash.store.store import Tx
from hookflash.store.vault import Vault

FIRST_NUMBERS = ("+14155550100", "+14155550101")
DEMO_VOICE = "https://demo.twilio.com/welcome/voice/"
DEMO_SMS = "https://demo.twilio.com/welcome/sms/reply"


class FirstAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The account of a data directory, with its secrets in clear, for the ready file."""

    account_sid: str
    auth_token: str
    test_account_sid: str
    test_auth_token: str
    numbers: list[str]
    is_new: bool


async def first_start(tx: Tx, vault: Vault, *, account_sid: str, auth_token: str, now: int) -> FirstAccount:
    """The first account; made when there is none, with that SID and token if they are given."""
    account = await tx.one(Account, "accounts.by_sid", sid=account_sid) if account_sid else None
    account = account or (await tx.one(Account, "accounts.first") if not account_sid else None)
    is_new = account is None
    if account is None:
        account = new_account(vault, sid=account_sid, token=auth_token, name="My first account", now=now)
        await tx.insert("accounts", account)
        for number in FIRST_NUMBERS:
            if not await tx.value("numbers.is_ours", number=number):
                await tx.insert("incoming_phone_numbers", new_number(account.sid, number, now=now))
    elif auth_token and vault.open(account.auth_token) != auth_token:
        account.auth_token = vault.seal(auth_token)
        await tx.run(
            "accounts.set_tokens", sid=account.sid, auth_token=account.auth_token, secondary_token=None, now=now
        )
    numbers = await tx.all(_Number, "numbers.first_numbers", account_sid=account.sid)
    return FirstAccount(
        account_sid=account.sid,
        auth_token=vault.open(account.auth_token),
        test_account_sid=account.test_sid or "",
        test_auth_token=vault.open(account.test_token) if account.test_token else "",
        numbers=[number.phone_number for number in numbers],
        is_new=is_new,
    )


class _Number(msgspec.Struct):
    phone_number: str


def new_account(
    vault: Vault,
    *,
    name: str,
    now: int,
    sid: str = "",
    token: str = "",
    owner_sid: str = "",
    kind: AccountType = AccountType.FULL,
) -> Account:
    """An account with fresh secrets where none are given; a parent, with test credentials, when it has no owner."""
    sid = sid or make_sid("AC", now)
    return Account(
        sid=sid,
        owner_sid=owner_sid or sid,
        friendly_name=name,
        status=AccountStatus.ACTIVE,
        type=kind,
        auth_token=vault.seal(token or secrets.token_hex(16)),
        secondary_token=None,
        test_sid=None if owner_sid else make_sid("AC", now),
        test_token=None if owner_sid else vault.seal(secrets.token_hex(16)),
        settings=AccountSettings(),
        date_created=now,
        date_updated=now,
    )


def new_number(account_sid: str, number: str, *, now: int, kind: str = "local") -> IncomingPhoneNumber:
    """A number of the platform, answered by the demonstration pages until it is configured."""
    return IncomingPhoneNumber(
        account_sid=account_sid,
        sid=make_sid("PN", now),
        phone_number=number,
        friendly_name=national_format(number),
        kind=kind,
        iso_country=region_of(number) or "US",
        voice_url=DEMO_VOICE,
        sms_url=DEMO_SMS,
        date_created=now,
        date_updated=now,
    )
