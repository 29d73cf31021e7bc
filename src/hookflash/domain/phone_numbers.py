"""Addresses: whom a message goes to and whom it comes from, in the many ways people write them.

A number is refused only when its country has no numbers of that length, not when the number is not assigned today: apps
are tried with fictional numbers such as +1 202 555 0143, and the magic +1 500 555 000x must pass too. A number spelled
with letters is the exception: so that not every word counts as one, it has to be an assigned one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

LONGEST_ADDRESS = 255  # characters; the identifiers of channels are shorter, and nothing longer is looked at
_KEPT = 16_384  # addresses remembered, some 5 MB; parsing one anew costs 20 us

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{9}")  # no area code begins with 0 or 1
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")
_WRITTEN = re.compile(r"\+?[0-9A-Z]{3,20}")
_LETTER = re.compile(r"[A-Z]")
_IDENTIFIER = re.compile(r"[!-~]{1,200}")

_SEPARATORS = str.maketrans("", "", " \t\u00a0().-/\u00b7\u2010\u2011\u2012\u2013")
#: The digit that a capital letter is on, for `str.translate`.
KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")


class AddressKind(StrEnum):
    PHONE = "phone"
    SHORT_CODE = "short-code"
    ALPHANUMERIC = "alphanumeric"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes to or comes from, as the API shows it."""

    kind: AddressKind
    text: str  #: E.164 for a phone; digits for a short code; `channel:identifier` for a channel

    @property
    def channel(self) -> str:
        """The channel such as `whatsapp`; empty for texts."""
        return self.text.partition(":")[0] if self.kind is AddressKind.CHANNEL else ""


class NumberType(StrEnum):
    FIXED = "fixed"
    MOBILE = "mobile"
    FIXED_OR_MOBILE = "fixed-or-mobile"
    TOLL_FREE = "toll-free"
    PREMIUM = "premium"
    SHARED_COST = "shared-cost"
    VOIP = "voip"
    PERSONAL = "personal"
    PAGER = "pager"
    UNIVERSAL = "universal"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"  #: of a possible length, but in no range that is assigned


_TYPES = {
    PhoneNumberType.FIXED_LINE: NumberType.FIXED,
    PhoneNumberType.MOBILE: NumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberType.FIXED_OR_MOBILE,
    PhoneNumberType.TOLL_FREE: NumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: NumberType.PREMIUM,
    PhoneNumberType.SHARED_COST: NumberType.SHARED_COST,
    PhoneNumberType.VOIP: NumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: NumberType.PERSONAL,
    PhoneNumberType.PAGER: NumberType.PAGER,
    PhoneNumberType.UAN: NumberType.UNIVERSAL,
    PhoneNumberType.VOICEMAIL: NumberType.VOICEMAIL,
}


def parse_recipient(text: str, region: str = "US") -> Address | None:
    """The address a message is sent to: a phone or a channel address; None when `text` is neither.

    A number without `+` is first read as one of the ISO country `region`, then as an international number. Three to
    eight bare digits are no recipient: see `parse_short_code`.
    """
    return _recipient(text, region) if len(text) <= LONGEST_ADDRESS else None


def parse_sender(text: str) -> Address | None:
    """The address a message comes from: phone, short code, alphanumeric name or channel address, or else None.

    What has a letter and no more than 11 characters is a name, even if a keypad would make a number of it.
    """
    return _sender(text) if len(text) <= LONGEST_ADDRESS else None


def parse_short_code(text: str) -> Address | None:
    """A short code, 3 to 8 digits; None when `text` is not one."""
    digits = text.strip()
    return Address(AddressKind.SHORT_CODE, digits) if _SHORT_CODE.fullmatch(digits) else None


def is_valid_e164(text: str) -> bool:
    """Whether `text` is a phone number written exactly as the API shows it: `+`, country, number, nothing else."""
    address = parse_recipient(text)
    return address is not None and address.text == text and address.kind is AddressKind.PHONE


@lru_cache(_KEPT)
def region_of(e164: str) -> str:
    """The ISO country of a number (`US`); that of its country code when the range is not assigned; "" when unknown."""
    number = phonenumbers.parse(e164)
    region = phonenumbers.region_code_for_number(number)
    region = region or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return region if region.isalpha() and region != phonenumbers.UNKNOWN_REGION else ""


@lru_cache(_KEPT)
def number_type(e164: str) -> NumberType:
    """What kind of line a number belongs to, by its range; in North America land-line and mobile share theirs."""
    return _TYPES.get(phonenumbers.number_type(phonenumbers.parse(e164)), NumberType.UNKNOWN)


@lru_cache(_KEPT)
def national_format(e164: str) -> str:
    """A number as people of its country write it: `(415) 555-2345`."""
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.NATIONAL)


@lru_cache(_KEPT)
def _recipient(text: str, region: str) -> Address | None:
    channel, colon, identifier = text.strip().partition(":")
    if colon:
        return _channel(channel.lower(), identifier)
    if _SHORT_CODE.fullmatch(channel):
        return None
    number = _phone(channel, region)
    return Address(AddressKind.PHONE, number) if number else None


@lru_cache(_KEPT)
def _sender(text: str) -> Address | None:
    text = text.strip()
    if _ALPHANUMERIC.fullmatch(text):
        return Address(AddressKind.ALPHANUMERIC, text)
    return parse_short_code(text) or _recipient(text, "US")


def _phone(text: str, region: str) -> str | None:
    if _NORTH_AMERICAN.fullmatch(text):
        return text
    written = text.translate(_SEPARATORS).upper()
    if not _WRITTEN.fullmatch(written):
        return None
    digits = written.translate(KEYPAD)
    readings = [digits] if digits[0] == "+" else [_national(digits, region), "+" + digits]
    number = next(filter(None, (_possible(reading) for reading in readings if reading)), None)
    if number and _LETTER.search(written) and not phonenumbers.is_valid_number(phonenumbers.parse(number)):
        return None
    return number


def _national(digits: str, region: str) -> str | None:
    """`digits` dialled inside `region`, as an international number; None when nobody dials so there."""
    if region in ("US", "CA"):  # eleven digits with a 1 in front need no help
        return "+1" + digits if len(digits) == 10 else None
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _possible(e164: str) -> str | None:
    """`e164` without a national prefix that strayed into it; None when its country has no number of that length."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    plan = _NORTH_AMERICAN if number.country_code == 1 else _E164
    return written if plan.fullmatch(written) else None


def _channel(channel: str, identifier: str) -> Address | None:
    read = _CHANNELS.get(channel)
    address = read(identifier) if read else None
    return Address(AddressKind.CHANNEL, f"{channel}:{address}") if address else None


def _identifier(text: str) -> str | None:
    return text if _IDENTIFIER.fullmatch(text) else None


def _phone_or_identifier(text: str) -> str | None:
    return _possible(text) if text.startswith("+") else _identifier(text)


#: How the part after the colon is read, per channel.
_CHANNELS = {
    "whatsapp": lambda text: _phone(text, "US"),
    "viber": _phone_or_identifier,
    "rcs": _phone_or_identifier,
    "messenger": _identifier,
    "client": _identifier,
    "sim": _identifier,
}
