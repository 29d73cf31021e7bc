"""A server in the test's own loop, and a client that speaks to it as its users do."""

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import aiohttp

from hookflash.api.auth import Role
from hookflash.app import Server
from hookflash.domain.account import Account
from hookflash.settings import Settings
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal

V2010 = "/2010-04-01"
ACCOUNTS = Table("accounts", Account)
Pairs = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> dict[str, Any]:
        """What an error says, in JSON or in XML; empty for an answer without a body."""
        if not self.text.startswith("<"):
            return dict(self.json) if self.text else {}
        said = {element.tag: element.text or "" for element in ElementTree.fromstring(self.text)[0]}
        whole = {"code": int(said.pop("Code")), "status": int(said.pop("Status"))}
        return {**whole, **{re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower(): text for name, text in said.items()}}

    @property
    def code(self) -> int | None:
        """The code of an error."""
        return self.error.get("code")


@dataclass(frozen=True)
class Api:
    """A client with credentials; `sid` is that of its own account, which paths that begin with `~` are below."""

    server: Server
    session: aiohttp.ClientSession
    user: str
    password: str
    sid: str
    host: str = ""  #: the Host header; the listener's own address when empty

    def signed_in(self, user: str, password: str, sid: str = "") -> "Api":
        return replace(self, user=user, password=password, sid=sid or user)

    @property
    def authorization(self) -> str:
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()

    def at(self, host: str) -> "Api":
        return replace(self, host=host)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Pairs = (),
        form: Pairs | bytes | BytesIO | None = None,
        headers: Mapping[str, str] = {},
    ) -> Reply:
        if path.startswith("~"):
            path = f"{V2010}/Accounts/{self.sid}{path[1:]}"
        sent = dict(headers)
        if self.host:
            sent["Host"] = self.host
        if self.user:
            sent["Authorization"] = self.authorization
        data = form if isinstance(form, bytes | BytesIO | None) else dict(form)
        url = f"{self.server.ready['api']}{path}"
        request = self.session.request(method, url, params=query or None, data=data, headers=sent)
        async with request as answer:
            return Reply(answer.status, answer.headers, await answer.text())

    async def get(self, path: str, **query: str) -> Reply:
        return await self.ask("GET", path, query=query)

    async def post(self, path: str, **form: str) -> Reply:
        return await self.ask("POST", path, form=form)

    async def delete(self, path: str) -> Reply:
        return await self.ask("DELETE", path)

    async def subaccount(self, name: str = "sub") -> "Api":
        """A new subaccount, signed in with its own token."""
        made = (await self.post(f"{V2010}/Accounts.json", FriendlyName=name)).json
        return self.signed_in(made["sid"], made["auth_token"])

    async def key(self, *, role: Role = Role.KEY) -> "Api":
        """A new API key of this account, signed in; a main one if `role` says so."""
        made = (await self.post("~/Keys.json")).json
        if role is Role.MAIN_KEY:
            await self.server.exchange.store.write(_make_main, made["sid"])
        return self.signed_in(made["sid"], made["secret"], self.sid)

    @property
    def test(self) -> "Api":
        """The same account's test credentials."""
        ready = self.server.ready
        return self.signed_in(str(ready["test_account_sid"]), str(ready["test_auth_token"]))

    async def operator_sets(self, sid: str, **changes: Any) -> None:
        """What an operator can do to an account, done to its row."""
        exchange = self.server.exchange
        await exchange.store.write(ACCOUNTS.update, equal(sid=sid), changes)
        exchange.auth.forget()

    async def bought(self, **form: str) -> dict[str, Any]:
        """A number that was just bought."""
        reply = await self.post("~/IncomingPhoneNumbers.json", **(form or {"AreaCode": "415"}))
        assert reply.status == 201, reply.text
        number: dict[str, Any] = reply.json
        return number


async def _make_main(tx: Tx, sid: str) -> None:
    await tx.execute("UPDATE api_keys SET kind = 'main' WHERE sid = ?", (sid,))


@asynccontextmanager
async def serving(data: Path, **settings: Any) -> AsyncIterator[Api]:
    """A running server with a fresh data directory, and its first account's client."""
    server = Server(Settings(data=data, port=0, https_port=0, proxy_port=0, sip_port=0, **settings))
    first = await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Api(server, session, first.account_sid, first.auth_token, first.account_sid)
    finally:
        await server.stop()
