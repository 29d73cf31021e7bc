"""Who asks: account SID and token, API key and secret, test credentials; checked in constant time, then remembered."""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from hookflash.domain.account import Account, AccountStatus, ApiKey, KeyKind
from hookflash.errors import ApiError, Code
from hookflash.store.store import Store, Tx
from hookflash.store.vault import Vault, hash_secret, same_secret

REMEMBERED = 10_000  #: checked headers kept

K = TypeVar("K")
V = TypeVar("V")

NO_CREDENTIALS = "Authentication Error - No credentials provided"
UNKNOWN_USER = "Authentication Error - invalid username"


class Role(Enum):
    ACCOUNT = "account"  #: an account's own token: everything
    KEY = "key"  #: a standard API key: all but accounts and keys
    MAIN_KEY = "main-key"
    TEST = "test"  #: test credentials: three operations that keep nothing


@dataclass(frozen=True)
class Principal:
    """Who asks, and in which role."""

    account: Account
    role: Role


class Authenticator:
    """Checks credentials against the store, and remembers what it checked until an account or key changes.

    `forget` is called whenever one did. Headers are remembered by a keyed hash, so that no secret stays in memory and
    the time of a look-up says nothing about one.
    """

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._salt = secrets.token_bytes(32)
        self._principals: dict[bytes, Principal] = {}
        self._accounts: dict[str, Account] = {}
        self._tokens: dict[str, str] = {}
        self._generation = 0

    def forget(self) -> None:
        """Something about accounts or keys changed: check everything anew, also what is being looked up right now."""
        self._generation += 1
        self._principals.clear()
        self._accounts.clear()
        self._tokens.clear()

    async def principal(self, authorization: bytes | None) -> Principal:
        """Who sent that Authorization header. Raises ApiError (401)."""
        if not authorization:
            raise ApiError(Code.UNAUTHENTICATED, NO_CREDENTIALS)
        mark = hashlib.blake2b(authorization, key=self._salt, digest_size=16).digest()
        known = self._principals.get(mark)
        if known is None:
            generation = self._generation
            known = await self._check(*_basic(authorization))
            self._remember(self._principals, mark, known, generation)
        return known

    async def account(self, sid: str) -> Account | None:
        """The account `sid`, from memory if it was seen before."""
        known = self._accounts.get(sid)
        if known is None:
            generation = self._generation
            known = await self._store.read(_account, sid)
            if known is not None:
                self._remember(self._accounts, sid, known, generation)
        return known

    async def token(self, account_sid: str) -> str:
        """The primary token of an account: the key that signs its webhooks. Raises KeyError when there is none."""
        known = self._tokens.get(account_sid)
        if known is None:
            generation = self._generation
            account = await self.account(account_sid)
            if account is None:
                raise KeyError(account_sid)
            known = self._vault.open(account.auth_token)
            self._remember(self._tokens, account_sid, known, generation)
        return known

    def _remember(self, memory: dict[K, V], key: K, value: V, generation: int) -> None:
        """Keep `value`, unless something changed while it was being looked up."""
        if generation != self._generation:
            return
        if len(memory) >= REMEMBERED:
            memory.clear()
        memory[key] = value

    async def test_token(self, account_sid: str) -> str:
        """The token of an account's test credentials. Raises KeyError when there is none."""
        account = await self.account(account_sid)
        if account is None or account.test_token is None:
            raise KeyError(account_sid)
        return self._vault.open(account.test_token)

    async def _check(self, user: str, password: str) -> Principal:
        if user.startswith("SK"):
            return await self._check_key(user, password)
        account = await self._store.read(_account, user)
        if account is not None:
            tokens = [account.auth_token, account.secondary_token]
            role = Role.ACCOUNT
        else:
            account = await self._store.read(_test_account, user)
            if account is None:
                raise ApiError(Code.UNAUTHENTICATED, UNKNOWN_USER)
            tokens, role = [account.test_token], Role.TEST
        matches = [same_secret(self._vault.open(token), password) for token in tokens if token]
        if not any(matches):
            raise ApiError(Code.UNAUTHENTICATED)
        return Principal(account, role)

    async def _check_key(self, sid: str, secret: str) -> Principal:
        key, account = await self._store.read(_key, sid)
        if key is None or account is None:
            raise ApiError(Code.UNAUTHENTICATED, UNKNOWN_USER)
        if not same_secret(key.secret_hash, hash_secret(secret)):
            raise ApiError(Code.UNAUTHENTICATED)
        return Principal(account, Role.MAIN_KEY if key.kind is KeyKind.MAIN else Role.KEY)


def check_active(account: Account) -> None:
    """Raises ApiError (20005) when `account` is suspended or closed."""
    if account.status is not AccountStatus.ACTIVE:
        raise ApiError(Code.SUSPENDED_ACCOUNT)


def _basic(authorization: bytes) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        raise ApiError(Code.UNAUTHENTICATED, NO_CREDENTIALS)
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError(Code.UNAUTHENTICATED, UNKNOWN_USER) from None
    if not colon:
        raise ApiError(Code.UNAUTHENTICATED, UNKNOWN_USER)
    return user, password


async def _account(tx: Tx, sid: str) -> Account | None:
    return await tx.one(Account, "accounts.by_sid", sid=sid)


async def _test_account(tx: Tx, sid: str) -> Account | None:
    return await tx.one(Account, "accounts.by_test_sid", sid=sid)


async def _key(tx: Tx, sid: str) -> tuple[ApiKey | None, Account | None]:
    key = await tx.one(ApiKey, "accounts.key", sid=sid)
    return key, await _account(tx, key.account_sid) if key else None
