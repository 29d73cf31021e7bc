"""What an operator can set: one frozen value, read once.

Options of the command line go before `HOOKFLASH_*` variables, those before `hookflash.toml`, that before the defaults.
"""

import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import msgspec

from hookflash.actions.check_callee import CallRules
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.domain.call import LONGEST_CALL, USUAL_LONGEST
from hookflash.domain.clock import DAY

MOST_CALLS_PER_SECOND = 1_000


class SettingsError(Exception):
    """A setting cannot be used; the message says which and why."""


class Mode(StrEnum):
    DEVELOPMENT = "development"  #: a laptop: clock, faults and reset exist, webhooks may go to private addresses
    OPERATOR = "operator"  #: a platform on a network


class RoleName(StrEnum):
    """What this process does of the platform."""

    API = "api"  #: answers requests
    WORKER = "worker"  #: does what the outbox says


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting. Ports may be 0 for a free one."""

    data: Path = Path("~/.local/share/hookflash")
    host: str = "127.0.0.1"
    port: int = 8010
    https_port: int = 8443
    proxy_port: int = 8011
    sip_port: int = 5060  #: UDP and TCP
    sip_tls_port: int | None = None  #: one above `sip_port`, unless set; -1: none
    sip_ws_port: int = -1  #: SIP over WebSocket; -1: none
    sip_digests: tuple[str, ...] = ("MD5",)  #: what phones prove passwords by, best first: MD5, SHA-256
    sip_address: str = ""  #: that SIP peers are told, when it is not `host`
    sip_domains: tuple[str, ...] = ("sip.twilio.com", "localhost")  #: what names of SIP domains may end in
    rtp_ports: str = "20000-29999"
    rtp_address: str = ""  #: that peers are told to send audio to, when it is not `host`
    rtp_timeout: int = 60_000  #: ms without audio after which a call ends
    drain_time: int = 10_000  #: ms that live calls have to end when the server stops; a second signal ends them at once
    media_threads: int = 0  #: 0: one for each core
    sip_allow: tuple[str, ...] = ()  #: CIDRs that SIP addresses may lead to in operator mode, besides public ones
    hep: str = ""  #: host:port of a HEP collector (Homer) that gets a copy of every SIP message
    ready_file: Path | None = None
    mode: Mode = Mode.DEVELOPMENT
    roles: tuple[RoleName, ...] = (RoleName.API, RoleName.WORKER)  #: without `worker` the outbox only fills
    trust_network: tuple[str, ...] = ()  #: CIDRs whose clients are treated as local ones
    public_url: str = ""  #: base of every link handed out; the plain listener when empty
    allowed_hosts: tuple[str, ...] = ()  #: further names that the Host header may have
    tls_cert: Path | None = None
    tls_key: Path | None = None
    secret_key: str = ""  #: seals tokens at rest instead of the key file
    account_sid: str = ""  #: of the first account, for CI
    auth_token: str = ""  #: of the first account; goes with `account_sid`
    concurrent_requests: int = 0  #: per account; 0 is without limit
    sender_rates: SenderRates = SenderRates()
    calls_per_second: float | None = None  #: dialled per account; when not set 1 in operator mode, 30 in development
    voice_countries: tuple[str, ...] | None = None  #: ISO codes to call; when not set US,CA in operator mode, else all
    longest_call: int = USUAL_LONGEST  #: s from answer to the end, at most 86400; callers that wait in queues need more
    receipt_delay: int = 50  #: ms until a handset of the simulated network confirms a text
    webhook_records: int = 7 * DAY  #: ms for which attempts are kept
    webhook_allow: tuple[str, ...] = ()  #: CIDRs that webhooks may reach in operator mode, besides the public internet
    webhook_ca: Path | None = None  #: PEM of authorities that webhooks trust besides the public ones
    validate_certificates: bool = True  #: of the servers that webhooks go to
    log_format: str = "text"  #: text or json
    carriers: dict[str, Any] = {}  #: by name: `[carriers.NAME]` of the file
    routes: list[dict[str, Any]] = []  #: `[[routes]]` of the file
    trunks: dict[str, Any] = {}  #: by name: `[trunks.NAME]` of the file
    call_routes: list[dict[str, Any]] = []  #: `[[call_routes]]` of the file
    speech_engines: list[dict[str, Any]] = []  #: `[[speech_engines]]` of the file
    payment_connectors: dict[str, Any] = {}  #: by name: `[payment_connectors.NAME]` of the file

    @property
    def directory(self) -> Path:
        return self.data.expanduser().absolute()

    @property
    def call_rules(self) -> CallRules:
        """What holds for calls of accounts without settings of their own."""
        usual = _OPEN if self.mode is Mode.DEVELOPMENT else _CAREFUL
        countries = usual.countries if self.voice_countries is None else self.voice_countries
        return CallRules(self.calls_per_second or usual.calls_per_second, countries, self.longest_call)


_OPEN = CallRules(calls_per_second=30.0, countries=None)  # nobody wants to wait on a laptop
_CAREFUL = CallRules(calls_per_second=1.0, countries=("US", "CA"))  # as the original; abroad is where fraud is


def read_settings(options: Mapping[str, Any], env: Mapping[str, str] = os.environ) -> Settings:
    """Put the settings together. `options` are those of the command line that were given. Raises SettingsError."""
    values: dict[str, Any] = {}
    file = Path(env.get("HOOKFLASH_CONFIG", "hookflash.toml"))
    if file.exists():
        values |= _read_file(file)
    fields = {field.name for field in msgspec.structs.fields(Settings)}
    for name in fields - _TABLES:
        text = env.get(f"HOOKFLASH_{name.upper()}")
        if text is not None:
            values[name] = text.split(",") if name in _LISTS else text
    values |= {name: value for name, value in options.items() if value is not None}
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_paths)
    except msgspec.ValidationError as error:
        raise SettingsError(f"a setting is wrong: {error}") from None
    if bool(settings.account_sid) != bool(settings.auth_token):
        raise SettingsError("HOOKFLASH_ACCOUNT_SID and HOOKFLASH_AUTH_TOKEN go together")
    if not 0 < settings.longest_call <= LONGEST_CALL:
        raise SettingsError(f"longest_call must be more than 0 and at most {LONGEST_CALL} seconds")
    if settings.calls_per_second is not None and not 0 < settings.calls_per_second <= MOST_CALLS_PER_SECOND:
        raise SettingsError(f"calls_per_second must be more than 0 and at most {MOST_CALLS_PER_SECOND}")
    _check_reach(settings)
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise SettingsError("--tls-cert and --tls-key go together")
    return settings


#: What only the file can say.
_TABLES = frozenset(
    {"carriers", "routes", "trunks", "call_routes", "payment_connectors", "sender_rates", "speech_engines"}
)
_LISTS = frozenset(
    {
        "roles",
        "trust_network",
        "allowed_hosts",
        "webhook_allow",
        "sip_allow",
        "sip_digests",
        "sip_domains",
        "voice_countries",
    }
)


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: {error}") from None


def _check_reach(settings: Settings) -> None:
    """A laptop's server must not be reachable from a network by accident."""
    try:
        for text in (*settings.trust_network, *settings.webhook_allow, *settings.sip_allow):
            ip_network(text)
    except ValueError as error:
        raise SettingsError(f"a network is wrong: {error}; write it as 172.16.0.0/12") from None
    if settings.mode is Mode.DEVELOPMENT and not settings.trust_network and not _is_loopback(settings.host):
        raise SettingsError(
            f"in development mode anyone who reaches {settings.host} may use this server: take --mode operator, or "
            "name a network of your own with --trust-network"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _paths(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise TypeError(f"{value!r} is no {kind.__name__.lower()}")
