"""Whom a call goes to and whom it comes from: numbers, SIP addresses, clients."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl

import phonenumbers

from hookflash.domain.phone_numbers import AddressKind, NumberType, number_type, parse_recipient

LONGEST_SIP = 1_024  # characters of an address without headers
LONGEST_HEADERS = 1_024  # characters of the part after "?"

_CHARACTERS = r"A-Za-z0-9_.!~*'()&=+$,;/%#:-"  # of RFC 3261 §25.1, and the # that people do not escape
_SIP = re.compile(
    rf"(sips?):((?:[{_CHARACTERS}]{{1,255}}@)?[A-Za-z0-9\[][A-Za-z0-9.:_\[\]-]{{0,254}}(?:;[{_CHARACTERS}]{{0,255}})?)",
    re.I,
)
_SIP_HOST = re.compile(r"sips?:(?:[^@]*@)?(\[[^\]]*\]|[^:;]*)")
#: Which headers an application may set: its own, and the few that carry a caller's data (RFC 7433, RFC 3325).
_HEADER = re.compile(r"[Xx]-[A-Za-z0-9!%*_+'`.~-]{1,254}|User-to-User|Remote-Party-ID|P-[A-Za-z-]{1,60}|Diversion")
_NAME = re.compile(r"[A-Za-z0-9_.+-]{1,255}")
_CLIENT = re.compile(r"client:[^\s@:;?<>\"]{1,256}")
_APPLICATION = re.compile(r"app:AP[0-9a-fA-F]{32}")
_DIGITS = re.compile(r"\+?[0-9]{2,6}")


class CalleeKind(StrEnum):
    PHONE = "phone"
    SIP = "sip"
    CLIENT = "client"
    SIM = "sim"
    APPLICATION = "application"  #: of the account: a `<Dial>` or a conference calls one


class HeaderProblem(StrEnum):
    """What is wrong with the headers of a SIP address."""

    TOO_LONG = "too-long"
    NAME = "name"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Callee:
    """Whom a call goes to."""

    kind: CalleeKind
    text: str  #: E.164, a short emergency number, `sip:user@host`, `client:name`, `sim:DE…`, `app:AP…`
    headers: dict[str, str] = field(default_factory=dict)  #: of a SIP address, for the INVITE
    problem: HeaderProblem | None = None  #: with the headers, when they cannot be used

    @property
    def sip_host(self) -> str:
        """That of a SIP address, without its port; empty for others."""
        match = _SIP_HOST.match(self.text)
        return match[1] if match is not None else ""


def parse_callee(text: str) -> Callee | None:
    """Whom `text` names, or None when it names nobody who could be called."""
    text = text.strip()
    scheme = text.partition(":")[0].lower() if ":" in text else ""
    if scheme in ("sip", "sips"):
        return _sip(text)
    if scheme == "client":
        return _client(text)
    if scheme == "app":
        return _application(text)
    if scheme == "sim":
        return Callee(CalleeKind.SIM, text)
    if is_emergency(text):
        return Callee(CalleeKind.PHONE, _emergency_digits(text))
    address = parse_recipient(text)
    if address is None or address.kind is not AddressKind.PHONE:
        return None
    return Callee(CalleeKind.PHONE, address.text)


def parse_caller(text: str, *, names: bool) -> str | None:
    """Who calls: E.164, and where `names` are allowed `client:name`, a SIP address or a bare name. None if nobody."""
    text = text.strip()
    address = parse_recipient(text)
    if address is not None and address.kind is AddressKind.PHONE:
        return address.text
    if not names:
        return None
    return text if _CLIENT.fullmatch(text) or _SIP.fullmatch(text) or _NAME.fullmatch(text) else None


def is_emergency(text: str) -> bool:
    """Whether `text` is a number of the emergency services somewhere that our numbers are from: 911, 112, 999, …"""
    if not _DIGITS.fullmatch(text.strip()):
        return False
    digits = _emergency_digits(text)
    return any(phonenumbers.is_emergency_number(digits, region) for region in ("US", "CA", "GB", "DE", "AU"))


def _emergency_digits(text: str) -> str:
    return text.strip().removeprefix("+1").removeprefix("+")


def is_premium(e164: str) -> bool:
    """Whether whoever is called earns by it."""
    return number_type(e164) is NumberType.PREMIUM or (e164.startswith("+1900") and len(e164) == 12)


def _sip(text: str) -> Callee | None:
    address, question, query = text.partition("?")
    match = _SIP.fullmatch(address) if len(address) <= LONGEST_SIP else None
    if match is None:
        return None
    address = f"{match[1].lower()}:{match[2]}"
    if not question:
        return Callee(CalleeKind.SIP, address)
    headers = dict(parse_qsl(query, keep_blank_values=True))
    return Callee(CalleeKind.SIP, address, headers, _problem(query, headers))


def _client(text: str) -> Callee | None:
    """`client:name`, and after a `?` what the phone gets in headers of its own."""
    address, _, query = text.partition("?")
    if not _CLIENT.fullmatch(address):
        return None
    params = {custom_header(name): value for name, value in parse_qsl(query, keep_blank_values=True)}
    return Callee(CalleeKind.CLIENT, address, params, _problem(query, params))


def _application(text: str) -> Callee | None:
    """`app:AP…`, and after a `?` what comes with the requests of the application."""
    address, _, query = text.partition("?")
    if not _APPLICATION.fullmatch(address):
        return None
    params = dict(parse_qsl(query, keep_blank_values=True))
    return Callee(
        CalleeKind.APPLICATION, address, params, HeaderProblem.TOO_LONG if len(query) > LONGEST_HEADERS else None
    )


def custom_header(name: str) -> str:
    """The header that carries a parameter of the application to a phone."""
    return name if name[:2].lower() == "x-" else f"X-{name}"


def _problem(query: str, headers: dict[str, str]) -> HeaderProblem | None:
    if len(query) > LONGEST_HEADERS:
        return HeaderProblem.TOO_LONG
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            return HeaderProblem.NAME
        if not value.isprintable():
            return HeaderProblem.VALUE
    return None
