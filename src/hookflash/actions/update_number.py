"""A number is configured, or moves between a parent account and its subaccounts."""

from typing import Any

from hookflash.domain.account import Account, AccountStatus
from hookflash.domain.numbers import Application, IncomingPhoneNumber
from hookflash.domain.sids import is_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal

NUMBERS = Table("incoming_phone_numbers", IncomingPhoneNumber)


async def configure(tx: Tx, number: IncomingPhoneNumber, changes: dict[str, Any]) -> None:
    """Set the fields of `changes`, and see that they go together. Raises ApiError."""
    for field, value in changes.items():
        setattr(number, field, value)
    for field in ("voice_application_sid", "sms_application_sid"):
        sid = changes.get(field)
        if sid and await tx.one(Application, "numbers.application", account_sid=number.account_sid, sid=sid) is None:
            raise ApiError(Code.INVALID_APPLICATION, sid=sid)
    if changes.get("voice_fallback_url") and not number.voice_url:
        raise ApiError(Code.VOICE_FALLBACK_WITHOUT_URL)
    if (changes.get("sms_url") or changes.get("sms_application_sid")) and not number.capabilities.sms:
        raise ApiError(Code.NOT_SMS_CAPABLE, number=number.phone_number)
    if changes.get("sms_fallback_url") and not number.sms_url:
        raise ApiError(Code.SMS_FALLBACK_WITHOUT_URL)


async def update_number(tx: Tx, number: IncomingPhoneNumber, changes: dict[str, Any], *, now: int) -> None:
    """Configure a number of the store. Raises ApiError."""
    await configure(tx, number, changes)
    await _save(tx, number, number.account_sid, {**changes, "date_updated": now})


async def transfer_number(tx: Tx, number: IncomingPhoneNumber, to: str, *, caller: Account, now: int) -> None:
    """Hand a number over to the account `to`, out of the pools and away from the applications of its own.

    Only the parent `caller` may, among itself and its subaccounts. Raises ApiError (21470 to 21474).
    """
    if not is_sid(to, "AC"):
        raise ApiError(Code.TRANSFER_INVALID_ACCOUNT, sid=to[:40])
    if to == number.account_sid:
        return
    if not caller.is_parent:
        raise ApiError(Code.TRANSFER_NOT_PARENT)
    target = await tx.one(Account, "accounts.by_sid", sid=to)
    if target is None:
        raise ApiError(Code.TRANSFER_MISSING_ACCOUNT, sid=to)
    if target.owner_sid != caller.sid:
        raise ApiError(Code.TRANSFER_UNRELATED_ACCOUNT, sid=to)
    if target.status is not AccountStatus.ACTIVE:
        raise ApiError(Code.TRANSFER_INACTIVE_ACCOUNT, sid=to)
    owner = number.account_sid
    await tx.run("inventory.leave_pools", account_sid=owner, sid=number.sid)
    number.account_sid, number.date_updated = to, now
    number.voice_application_sid = number.sms_application_sid = None
    changed = ("account_sid", "voice_application_sid", "sms_application_sid", "date_updated")
    await _save(tx, number, owner, {field: getattr(number, field) for field in changed})


async def release_number(tx: Tx, account_sid: str, sid: str) -> bool:
    """Give a number back to the inventory; False when the account does not have it."""
    await tx.run("inventory.leave_pools", account_sid=account_sid, sid=sid)
    return bool(await NUMBERS.delete(tx, equal(account_sid=account_sid, sid=sid)))


async def _save(tx: Tx, number: IncomingPhoneNumber, owner: str, changes: dict[str, Any]) -> None:
    await NUMBERS.update(tx, equal(account_sid=owner, sid=number.sid), changes)
    number.date_updated = changes["date_updated"]
