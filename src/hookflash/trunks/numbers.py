"""How a trunk writes numbers: E.164 inside the platform, its own way on the wire."""

import re

import phonenumbers

from hookflash.domain.phone_numbers import AddressKind, parse_recipient

from .config import CallerHeader, NumberFormat, TrunkConfig

_USER = re.compile(r"(?:sips?|tel):([^@;>\s]+)", re.I)
_HEADERS = {CallerHeader.ASSERTED: "P-Asserted-Identity", CallerHeader.REMOTE_PARTY: "Remote-Party-ID"}


def written(e164: str, config: TrunkConfig) -> str:
    """A number as the trunk wants it, without its `prefix`. What is no E.164 number, such as 911, stays as it is."""
    if not e164.startswith("+") or config.format is NumberFormat.E164:
        return e164
    plain = e164.removeprefix("+")
    if config.format is NumberFormat.PLAIN:
        return plain
    number = phonenumbers.parse(e164)
    if number.country_code != phonenumbers.country_code_for_region(config.country):
        return config.international_prefix + plain
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(char for char in national if char.isdigit())


def dialled(number: str, config: TrunkConfig) -> str:
    """A callee's number as the trunk wants it dialled."""
    return number if not number.startswith("+") else config.prefix + written(number, config)


def read(text: str, config: TrunkConfig) -> str | None:
    """A number that the trunk wrote, in E.164; None when it is none, such as the word anonymous."""
    digits = text.partition(";")[0]
    if config.international_prefix and digits.startswith(config.international_prefix):
        digits = "+" + digits.removeprefix(config.international_prefix)
    elif not digits.startswith("+") and not config.country:
        digits = "+" + digits
    address = parse_recipient(digits, config.country or "US")
    return address.text if address is not None and address.kind is AddressKind.PHONE else None


def caller_of(sender: str, headers: dict[str, str], config: TrunkConfig) -> str:
    """Who calls: by the header that the trunk says it in, or else by From, whose user is `sender`."""
    return _user_in(_HEADERS.get(config.caller_id, ""), headers) or sender


def forwarded_by(headers: dict[str, str], config: TrunkConfig) -> str | None:
    """The number, in E.164, of the phone that sent the call on (RFC 5806); None when none did, or it hides itself."""
    return read(_user_in("Diversion", headers) or "", config)


def caller_headers(number: str, config: TrunkConfig, host: str) -> dict[str, str]:
    """The header that tells the caller's number (already `written`), when that is not From."""
    name = _HEADERS.get(config.caller_id)
    return {name: f"<sip:{number}@{host}>"} if name else {}


def _user_in(name: str, headers: dict[str, str]) -> str | None:
    """Whom the address in a header names; None without one."""
    values = (value for header, value in headers.items() if header.lower() == name.lower())
    match = _USER.search(next(values, ""))
    return match[1] if match else None
