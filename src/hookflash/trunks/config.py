"""What an operator says about one SIP trunk."""

import re
from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated

import msgspec

from hookflash.domain.clock import SECOND

EVERYWHERE = "*"  #: in `countries`
CODECS = ("PCMU", "PCMA", "G722", "opus")
#: A gateway that answers so has not tried the callee: RFC 3263 §4.3 names 503 and silence, and by custom 408 and the
#: other 5xx of a failing server count as well. 480 and 404 are about the callee: another gateway would say the same.
FAILOVER = (408, 500, 502, 503, 504)

_ADDRESS = re.compile(
    r"(?:sip:)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:;transport=(?P<transport>udp|tcp|tls))?"
)
_COUNTRY = re.compile(r"[A-Z]{2}")
_DIGITS = re.compile(r"[0-9*#]{0,16}")


class NumberFormat(StrEnum):
    """How a number is written on the way out."""

    E164 = "e164"  #: +14155550100
    PLAIN = "plain"  #: 14155550100
    NATIONAL = "national"  #: as dialled inside `country`; others with `international_prefix` in front


class CallerHeader(StrEnum):
    """Where the caller's number stands."""

    FROM = "from"
    ASSERTED = "p-asserted-identity"  #: RFC 3325; From then names the user of the trunk, if it has one
    REMOTE_PARTY = "remote-party-id"  #: the older header for the same


class Srtp(StrEnum):
    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class GatewayConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One address of a trunk. Raises ValueError for one that cannot be used."""

    address: str  #: host, host:port, or sip:host:port;transport=tls (udp, tcp, tls)
    priority: int = 0  #: lower first
    weight: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 1  #: the share among gateways of one priority
    health: bool = True  #: ask it by OPTIONS whether it lives, and pass it over while it does not

    def __post_init__(self) -> None:
        sip_address(self.address)

    @property
    def uri(self) -> str:
        """`sip:host:port;transport=…`"""
        return sip_address(self.address)


class TrunkConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A peer's addresses and habits. Raises ValueError for what cannot be used."""

    gateways: tuple[GatewayConfig, ...] = ()  #: where calls go: a list of tables, see below
    networks: tuple[str, ...] = ()  #: CIDRs that its calls come from, besides the addresses of gateways
    registrar: str = ""  #: where we register as `username`, such as sip.example.net; empty: we do not
    expires: Annotated[int, msgspec.Meta(ge=60, le=86_400)] = 3_600  #: s of a registration
    username: str = ""  #: for a peer that asks for a password
    password: str = ""  #: kept sealed
    domain: str = ""  #: host of the SIP addresses that we call and call from; the gateway's and our own when empty

    countries: tuple[str, ...] = ()  #: ISO codes that may be dialled, `*` for all; without any, nobody is dialled
    emergency: bool = False  #: whether emergency numbers may be dialled, as they are
    format: NumberFormat = NumberFormat.E164  #: of numbers that we send
    prefix: str = ""  #: digits in front of each number that we dial, such as a carrier's access code
    country: str = ""  #: ISO code: whose numbers those without + are; when empty, they are taken as international
    international_prefix: str = "00"  #: that stands for the + in numbers that come, and in `national` ones that go
    caller_id: CallerHeader = CallerHeader.FROM  #: which header has the caller's number

    channels: Annotated[int, msgspec.Meta(ge=0)] = 0  #: most calls at once, both ways; 0: no limit
    calls_per_second: Annotated[float, msgspec.Meta(ge=0)] = 0.0  #: most that we dial; 0: no limit
    incoming_per_second: Annotated[float, msgspec.Meta(ge=0)] = 0.0  #: most that it may send; 0: no limit
    codecs: tuple[str, ...] = CODECS  #: offered in this order
    srtp: Srtp = Srtp.OFF  #: encrypted audio, keys in the SDP: use it with transport=tls
    failover: tuple[int, ...] = FAILOVER  #: statuses after which the next gateway is tried, while nobody was reached
    silence: Annotated[int, msgspec.Meta(ge=500, le=32_000)] = 4_000  #: ms without any answer after which it is, too

    def __post_init__(self) -> None:
        if not (self.gateways or self.networks or self.registrar):
            raise ValueError("it has no gateways, no networks and no registrar: no call could come or go")
        if self.registrar:
            sip_address(self.registrar)
            if not (self.username and self.password):
                raise ValueError("to register with a registrar takes username and password")
        for text in self.networks:
            _check_network(text)
        for name in self.countries:
            if name != EVERYWHERE and not _COUNTRY.fullmatch(name):
                raise ValueError(f"countries are ISO codes such as US, or {EVERYWHERE!r} for all: not {name!r}")
        if self.country and not _COUNTRY.fullmatch(self.country):
            raise ValueError(f"country is an ISO code such as US, not {self.country!r}")
        if self.format is NumberFormat.NATIONAL and not self.country:
            raise ValueError("format = 'national' takes the country whose numbers are meant")
        for name in ("prefix", "international_prefix"):
            if not _DIGITS.fullmatch(getattr(self, name)):
                raise ValueError(f"{name} is made of digits, 16 at most")
        unknown = [codec for codec in self.codecs if codec not in CODECS]
        if unknown or not self.codecs:
            raise ValueError(f"codecs are of {', '.join(CODECS)}; not {', '.join(unknown) or 'none at all'}")
        if any(not 300 <= status < 700 for status in self.failover):
            raise ValueError("failover has SIP statuses from 300 to 699")

    def __repr__(self) -> str:
        return f"TrunkConfig({', '.join(gateway.uri for gateway in self.gateways)})"  # never the password

    def may_dial(self, country: str) -> bool:
        """Whether numbers of the ISO country may be dialled."""
        return EVERYWHERE in self.countries or country in self.countries

    @property
    def silence_seconds(self) -> float:
        return self.silence / SECOND


def sip_address(text: str) -> str:
    """`host:port;transport=…` as a SIP URI. Raises ValueError."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or not 0 < int(match["port"] or 1) < 65_536:
        raise ValueError(f"{text[:100]!r} is no address: write host:port, or sip:host:port;transport=tls")
    port = f":{int(match['port'])}" if match["port"] else ""
    transport = f";transport={match['transport']}" if match["transport"] else ""
    return f"sip:{match['host'].lower()}{port}{transport}"


def _check_network(text: str) -> None:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ValueError(f"a network is wrong: {error}; write it as 203.0.113.0/24") from None
    if network.prefixlen == 0:
        raise ValueError(f"the network {text} is the whole internet: everybody could call at this trunk's name")
