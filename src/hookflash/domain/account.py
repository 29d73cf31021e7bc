"""Accounts, their keys, and what an operator may set for one."""

from enum import StrEnum

import msgspec


class AccountStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class AccountType(StrEnum):
    FULL = "Full"
    TRIAL = "Trial"


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is set for one account."""

    sms_countries: tuple[str, ...] | None = None  #: ISO codes that may be texted; None allows all
    voice_countries: tuple[str, ...] | None = None  #: ISO codes that may be called; None: as the server is set
    calls_per_second: float | None = None  #: dialled for REST; None: as the server is set
    suspended_by_operator: bool = False
    debugger_url: str | None = None  #: where debugger events are posted


class Account(msgspec.Struct):
    """A row of `accounts`. Tokens are sealed; `store/vault.py` opens them."""

    sid: str
    owner_sid: str
    friendly_name: str
    status: AccountStatus
    type: AccountType
    auth_token: str
    secondary_token: str | None
    test_sid: str | None
    test_token: str | None
    settings: AccountSettings
    date_created: int
    date_updated: int

    @property
    def is_parent(self) -> bool:
        return self.owner_sid == self.sid


class KeyKind(StrEnum):
    STANDARD = "standard"
    MAIN = "main"
    RESTRICTED = "restricted"


class ApiKey(msgspec.Struct):
    """A row of `api_keys`."""

    account_sid: str
    sid: str
    friendly_name: str
    kind: KeyKind
    secret_hash: str
    date_created: int
    date_updated: int
