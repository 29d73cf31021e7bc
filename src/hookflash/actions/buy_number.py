"""An account buys a number of the inventory."""

from typing import Any

import msgspec

from hookflash.domain.account import Account, AccountType
from hookflash.domain.countries import NumberKind
from hookflash.domain.inventory import AvailableNumber, Search, find
from hookflash.domain.north_america import places
from hookflash.domain.numbers import Capabilities, IncomingPhoneNumber
from hookflash.domain.phone_numbers import AddressKind, parse_recipient
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx

from .find_numbers import find_numbers, taken
from .first_start import new_number
from .update_number import configure

KINDS = {
    NumberKind.LOCAL: "local",
    NumberKind.TOLL_FREE: "toll-free",
    NumberKind.MOBILE: "mobile",
    NumberKind.NATIONAL: "national",
    NumberKind.VOIP: "voip",
    NumberKind.SHARED_COST: "shared-cost",
}  #: how the rows of numbers name them
TRIAL_COUNTRY = "US"
MAGIC = "+15005550006"  #: the number that test credentials can buy
_MAGIC_INVALID = "+15005550001"
_MAGIC_AREA = "500"


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for: a number as it was written, or any local one of an area code."""

    phone_number: str = ""
    area_code: str = ""
    kind: NumberKind | None = None  #: which kind it has to be
    config: dict[str, Any] = {}  #: fields of the row


async def buy_number(tx: Tx, purchase: Purchase, *, account: Account, now: int) -> IncomingPhoneNumber:
    """The number, bought and configured. Raises ApiError with the code of the first rule that is broken."""
    asked = _asked(purchase)
    if account.type is AccountType.TRIAL:
        await _check_trial(tx, account)
    available = await (_any_in(tx, purchase.area_code) if asked is None else _this(tx, asked))
    if purchase.kind not in (None, available.kind):
        raise ApiError(Code.NUMBER_TYPE_MISMATCH, number=available.phone_number, kind=purchase.kind)
    if account.type is AccountType.TRIAL and available.iso_country != TRIAL_COUNTRY:
        raise ApiError(Code.TRIAL_NUMBERS)
    _check_address(available, purchase.config)
    number = _bought(available, account.sid, now)
    await configure(tx, number, purchase.config)
    await tx.insert("incoming_phone_numbers", number)
    return number


def try_purchase(purchase: Purchase, account_sid: str, now: int) -> IncomingPhoneNumber:
    """What test credentials get: the documented outcome of each magic number; nothing is kept. Raises ApiError."""
    asked = _asked(purchase)
    if asked is None and purchase.area_code != _MAGIC_AREA:
        raise ApiError(Code.NO_NUMBERS_FOUND)
    if asked == _MAGIC_INVALID:
        raise ApiError(Code.INVALID_NUMBER, number=asked)
    if asked not in (None, MAGIC):
        raise ApiError(Code.NUMBER_NOT_AVAILABLE, number=asked)
    number = new_number(account_sid, MAGIC, now=now)
    for field, value in purchase.config.items():
        setattr(number, field, value)
    return number


def _asked(purchase: Purchase) -> str | None:
    """The number that is asked for; None where any of an area code will do."""
    if not purchase.phone_number:
        if not purchase.area_code:
            raise ApiError(Code.INVALID_NUMBER, "A PhoneNumber or AreaCode is required")
        if not (purchase.area_code.isascii() and purchase.area_code.isdigit() and len(purchase.area_code) == 3):
            raise ApiError(Code.INVALID_AREA_CODE, area_code=purchase.area_code[:20])
        return None
    address = parse_recipient(purchase.phone_number)
    if address is None or address.kind is not AddressKind.PHONE:
        raise ApiError(Code.INVALID_NUMBER, number=purchase.phone_number[:40])
    return address.text


async def _check_trial(tx: Tx, account: Account) -> None:
    if not account.is_parent:
        raise ApiError(Code.TRIAL_SUBACCOUNT)
    if await tx.value("inventory.count", account_sid=account.sid):
        raise ApiError(Code.TRIAL_NUMBERS)


async def _any_in(tx: Tx, area_code: str) -> AvailableNumber:
    home = next(places(area_code), None)
    query = Search(area_code=area_code, limit=1)
    found = await find_numbers(tx, home.country, NumberKind.LOCAL, query) if home else []
    if not found:
        raise ApiError(Code.NO_NUMBERS_FOUND)
    return found[0]


async def _this(tx: Tx, e164: str) -> AvailableNumber:
    available = find(e164)
    if available is None or await taken(tx, [e164]):
        raise ApiError(Code.NUMBER_NOT_AVAILABLE, number=e164)
    return available


def _check_address(available: AvailableNumber, config: dict[str, Any]) -> None:
    if available.address_requirements == "none" or config.get("address_sid") or config.get("bundle_sid"):
        return
    is_local = available.address_requirements == "local"
    raise ApiError(Code.LOCAL_ADDRESS_REQUIRED if is_local else Code.ADDRESS_REQUIRED, number=available.phone_number)


def _bought(available: AvailableNumber, account_sid: str, now: int) -> IncomingPhoneNumber:
    number = new_number(account_sid, available.phone_number, now=now, kind=KINDS[available.kind])
    can = available.capabilities
    number.capabilities = Capabilities(voice=can.voice, sms=can.sms, mms=can.mms, fax=can.fax)
    number.iso_country = available.iso_country
    number.address_requirements = available.address_requirements
    number.beta = available.beta
    if not can.sms:
        number.sms_url = None
    return number
