"""What the crash tests of calls share: a server with an open SIP domain, an application, and phones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from tests.crash.ledger import LedgerReader
from tests.crash.phone import Phone, phone
from tests.crash.processes import Serving, free_port, peer, serving

FINAL = {"completed", "busy", "failed", "no-answer", "canceled"}


class Stage:
    """A server, an application of calls, and what the application has heard."""

    def __init__(self, server: Serving, session: aiohttp.ClientSession, application: LedgerReader, app: str) -> None:
        self.server = server
        self.application = application
        self.app = app  #: base URL of the application
        self._session = session
        self._stack = AsyncExitStack()

    async def domain(self, kind: str, override: str = "") -> str:
        """A SIP domain whose calls the application answers with its document `kind`.

        `override` is what stands behind the # of its URL.
        """
        name = f"{kind}.sip.twilio.com"
        status = {"VoiceStatusCallbackUrl": f"{self.app}/status"}
        row = await self.post("SIP/Domains", DomainName=name, VoiceUrl=f"{self.app}/{kind}#{override}", **status)
        access = await self.post("SIP/IpAccessControlLists", FriendlyName=kind)
        addresses = f"SIP/IpAccessControlLists/{access['sid']}/IpAddresses"
        await self.post(addresses, FriendlyName="here", IpAddress="127.0.0.1")
        mappings = f"SIP/Domains/{row['sid']}/Auth/Calls/IpAccessControlListMappings"
        await self.post(mappings, IpAccessControlListSid=access["sid"])
        return name

    async def phone(self, domain: str) -> Phone:
        return await self._stack.enter_async_context(phone(self.server.ready["sip"], domain))

    async def in_call(self, domain: str) -> Phone:
        """A phone whose call is up."""
        made = await self.phone(domain)
        await made.call()
        return made

    async def dial(self, port: int, **form: Any) -> str:
        """The SID of a call to a SIP phone at `port`, which the application lets end after two seconds."""
        wanted = {"To": f"sip:callee@127.0.0.1:{port}", "From": "+14155550100", "Url": f"{self.app}/short"}
        row = await self.post("Calls", StatusCallback=f"{self.app}/status", **wanted, **form)
        return str(row["sid"])

    async def post(self, path: str, **form: Any) -> dict[str, Any]:
        url = f"{self.server.account}/{path}.json"
        async with self._session.post(url, data=form, headers=self.server.login) as answer:
            content: dict[str, Any] = await answer.json()
            assert answer.status in (200, 201), content
            return content

    async def rows(self, path: str) -> list[dict[str, Any]]:
        """All rows of a list."""
        url = f"{self.server.account}/{path}.json?PageSize=1000"
        async with self._session.get(url, headers=self.server.login) as answer:
            rows: list[dict[str, Any]] = (await answer.json())[path.rpartition("/")[2].lower()]
            return rows

    async def media(self, recording: dict[str, Any]) -> bytes:
        url = f"{self.server.account}/Recordings/{recording['sid']}.wav"
        async with self._session.get(url, headers=self.server.login) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()

    async def metrics(self) -> str:
        async with self._session.get(f"{self.server.api}/metrics") as answer:
            return await answer.text()

    async def codes(self) -> list[int]:
        """Error codes of the alerts in the debugger, by notification."""
        return sorted(int(row["error_code"]) for row in await self.rows("Notifications"))

    async def timeline(self, sid: str) -> list[str]:
        """The sentences of a call's timeline."""
        url = f"{self.server.api}/hookflash/v1/timeline/{sid}"
        headers = {"Authorization": f"Bearer {self.server.ready['operator_token']}"}
        async with self._session.get(url, headers=headers) as answer:
            return [entry["sentence"] for entry in (await answer.json())["events"]]

    def told(self) -> dict[str, str]:
        """Final status by call, as the application was told; each once."""
        found: dict[str, str] = {}
        for entry in self.application.of("callback"):
            if entry["status"] in FINAL:
                assert found.setdefault(entry["sid"], entry["status"]) == entry["status"]
        return found

    def asked(self) -> set[str]:
        """Calls whose document the application was asked for."""
        return {entry["sid"] for entry in self.application.of("asked")}

    async def close(self) -> None:
        await self._stack.aclose()


@asynccontextmanager
async def stage(directory: Path, config: str = "", **options: Any) -> AsyncIterator[Stage]:
    port, file = free_port(), directory / "voice.ledger"
    async with (
        peer("tests.crash.voice_app", port, file),
        serving(directory, config, **options) as server,
        aiohttp.ClientSession() as session,
    ):
        made = Stage(server, session, LedgerReader(file), f"http://127.0.0.1:{port}")
        try:
            yield made
        finally:
            await made.close()


async def live_calls(stage: Stage, count: int) -> list[dict[str, Any]]:
    """The rows of calls that are up, once there are so many."""
    async with asyncio.timeout(10):
        while True:
            rows = [row for row in await stage.rows("Calls") if row["status"] == "in-progress"]
            if len(rows) >= count:
                return rows
