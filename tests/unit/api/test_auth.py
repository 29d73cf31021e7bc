"""Who asks: checked in constant time, remembered, forgotten."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hookflash.actions.first_start import new_account
from hookflash.api import auth
from hookflash.api.auth import Authenticator, Role
from hookflash.domain.account import Account, ApiKey, KeyKind
from hookflash.errors import ApiError, Code
from hookflash.store.bus import LocalBus
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal
from hookflash.store.vault import Vault, hash_secret, same_secret

VAULT = Vault(b"test")
TOKEN = "f" * 32
ACCOUNTS = Table("accounts", Account)


def basic(user: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())


class World:
    """A store with one account and one key of it."""

    def __init__(self, directory: Path) -> None:
        self.store = SqliteStore(directory / "auth.db", LocalBus())
        self.auth = Authenticator(self.store, VAULT)
        self.account = new_account(VAULT, name="test", token=TOKEN, now=0)
        self.key = ApiKey(
            account_sid=self.account.sid,
            sid="SK" + "1" * 32,
            friendly_name="",
            kind=KeyKind.STANDARD,
            secret_hash=hash_secret("secret"),
            date_created=0,
            date_updated=0,
        )

    async def fill(self) -> None:
        async def add(tx: Tx) -> None:
            await tx.insert("accounts", self.account)
            await tx.insert("api_keys", self.key)

        await self.store.write(add)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    await made.fill()
    yield made
    await made.store.close()


async def refusal(world: World, authorization: bytes | None) -> str:
    with pytest.raises(ApiError) as refused:
        await world.auth.principal(authorization)
    assert refused.value.code is Code.UNAUTHENTICATED
    return refused.value.message


async def test_each_credential_has_its_role(world: World) -> None:
    """Account and token, key and secret, test SID and test token; all of one account."""
    test_token = VAULT.open(world.account.test_token or "")
    for user, password, role in (
        (world.account.sid, TOKEN, Role.ACCOUNT),
        (world.key.sid, "secret", Role.KEY),
        (world.account.test_sid or "", test_token, Role.TEST),
    ):
        principal = await world.auth.principal(basic(user, password))
        assert (principal.role, principal.account.sid) == (role, world.account.sid)


@pytest.mark.parametrize("header", [None, b"", b"Bearer x", b"Basic", b"Basic !", b"Basic QQ==", b"Basic /////w=="])
async def test_hostile_headers_are_refused(world: World, header: bytes | None) -> None:
    """Nothing but a refusal comes of them."""
    assert (await refusal(world, header)).startswith("Authentication Error")


async def test_wrong_secrets_are_refused(world: World) -> None:
    """The message tells an unknown name from a wrong secret, as the original does."""
    assert await refusal(world, basic(world.account.sid, TOKEN + "x")) == "Authenticate"
    assert await refusal(world, basic(world.account.sid, "")) == "Authenticate"
    assert await refusal(world, basic(world.account.sid, "é")) == "Authenticate"
    assert await refusal(world, basic(world.key.sid, hash_secret("secret"))) == "Authenticate"
    assert await refusal(world, basic(world.key.sid, TOKEN)) == "Authenticate"
    for unknown in ("AC" + "0" * 32, "SK" + "0" * 32, "admin"):
        assert await refusal(world, basic(unknown, TOKEN)) == "Authentication Error - invalid username"


async def test_every_secret_is_compared_in_constant_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens, primary and secondary alike, and secrets of keys all go through `same_secret`."""
    compared: list[str] = []

    def counting(one: str, other: str) -> bool:
        compared.append(one)
        return same_secret(one, other)

    monkeypatch.setattr(auth, "same_secret", counting)
    await world.store.write(ACCOUNTS.update, equal(sid=world.account.sid), {"secondary_token": VAULT.seal("e" * 32)})
    await world.auth.principal(basic(world.account.sid, TOKEN))
    await world.auth.principal(basic(world.key.sid, "secret"))
    assert compared == [TOKEN, "e" * 32, world.key.secret_hash]


async def test_what_was_checked_is_remembered_until_something_changes(world: World) -> None:
    """A token that was replaced goes on only until `forget`."""
    header = basic(world.account.sid, TOKEN)
    await world.auth.principal(header)
    assert await world.auth.token(world.account.sid) == TOKEN
    await world.store.write(ACCOUNTS.update, equal(sid=world.account.sid), {"auth_token": VAULT.seal("new")})
    await world.auth.principal(header)
    world.auth.forget()
    assert await refusal(world, header) == "Authenticate"
    assert await world.auth.token(world.account.sid) == "new"


async def test_what_was_read_before_a_change_is_not_remembered(world: World) -> None:
    """A look-up that is under way while something changes must not bring the old state back."""
    header = basic(world.account.sid, TOKEN)
    checking = asyncio.create_task(world.auth.principal(header))
    await asyncio.sleep(0)  # to where it waits for the store
    world.auth.forget()
    await checking
    await world.store.write(ACCOUNTS.update, equal(sid=world.account.sid), {"auth_token": VAULT.seal("new")})
    assert await refusal(world, header) == "Authenticate"


async def test_no_more_than_a_limit_is_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it starts anew; failed attempts are not kept at all."""
    monkeypatch.setattr(auth, "REMEMBERED", 2)
    for password in (TOKEN, "wrong", "worse"):
        for user in (world.account.sid, world.key.sid):
            try:
                await world.auth.principal(basic(user, password))
            except ApiError:
                continue
    await world.auth.principal(basic(world.key.sid, "secret"))
    await world.auth.principal(b"basic  " + basic(world.key.sid, "secret")[6:])
    assert len(world.auth._principals) <= 2


async def test_an_unknown_account_signs_nothing(world: World) -> None:
    """A webhook of an account that is not there is a bug of ours."""
    with pytest.raises(KeyError):
        await world.auth.token("AC" + "0" * 32)
