"""What scenarios of SIP calls share: a platform with a SIP domain, a customer's application, and SIPp beside it."""

import asyncio
import wave
from array import array
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from aiohttp import web
from tests.scenarios.calls.sipp import Sipp, sipp
from tests.scenarios.calls.tones import RATE, loudness, share, tone
from tests.scenarios.customer import WAIT, Customer, customer
from tests.scenarios.rest_support import Api, serving

from hookflash._switch import read_sound

PIECE = RATE // 10  # samples in which a tone is looked for
DOMAIN = "acme.localhost"
PASSWORD = "Correct-horse-1"


@dataclass(frozen=True)
class Sound:
    """What was recorded on one channel: 16-bit samples at 8 kHz."""

    samples: list[int] = field(repr=False)

    @property
    def ms(self) -> int:
        return len(self.samples) * 1_000 // RATE

    def is_mostly(self, hz: float) -> bool:
        """Whether nearly all that is loud in it is this tone."""
        return sum(self.pieces(hz)) > 0.8 * sum(loudness(piece) > 100 for piece in self._cut())

    def has(self, hz: float) -> bool:
        """Whether some of it is this tone."""
        return any(piece > 0.8 for piece in self.pieces(hz))

    def pieces(self, hz: float) -> list[float]:
        """How much of each piece of 100 ms is this tone, from 0 to 1."""
        return [round(share(piece, hz), 2) for piece in self._cut()]

    def _cut(self) -> list[list[int]]:
        return [self.samples[start : start + PIECE] for start in range(0, len(self.samples) - PIECE + 1, PIECE)]


@dataclass
class Place:
    """A running platform (`api`), its customer's application (`app`), and a directory for what peers write."""

    api: Api
    app: Customer
    directory: Path

    @property
    def sip(self) -> str:
        """Where SIP is spoken, as host:port, over UDP and TCP."""
        return self.addresses["udp"]

    @property
    def addresses(self) -> dict[str, str]:
        return self.api.server.exchange.telephony.switch.addresses

    @property
    def number(self) -> str:
        return str(self.api.server.ready["numbers"][0])  # type: ignore[index]

    def url(self, path: str) -> str:
        return self.app.url(path)

    def phone(
        self, scenario: str, *, to: str = f"sip:shop@{DOMAIN}", caller: str = "ann@phone.test", tcp: bool = False
    ) -> AbstractAsyncContextManager[Sipp]:
        """A phone that goes through `scenario`; callers call `to`."""
        target = self.addresses["tcp"] if tcp else self.sip
        return sipp(scenario, target, self.directory, caller=caller, callee=to, tcp=tcp)

    async def domain(self, name: str = DOMAIN, **settings: str) -> str:
        """A SIP domain that everybody on this machine may call; returns its SID."""
        settings = {"VoiceUrl": self.url("/voice"), "VoiceStatusCallbackUrl": self.url("/status"), **settings}
        sid = await self._made("~/SIP/Domains.json", DomainName=name, **settings)
        allowed = await self._made("~/SIP/IpAccessControlLists.json", FriendlyName="here")
        addresses = f"~/SIP/IpAccessControlLists/{allowed}/IpAddresses.json"
        await self._made(addresses, FriendlyName="loopback", IpAddress="127.0.0.1")
        await self._made(
            f"~/SIP/Domains/{sid}/Auth/Calls/IpAccessControlListMappings.json", IpAccessControlListSid=allowed
        )
        return sid

    async def users(self, domain: str, *names: str, calls: bool = False) -> None:
        """Let `names` register with a domain, all with `PASSWORD`; with `calls`, only they may call it."""
        listed = await self._made("~/SIP/CredentialLists.json", FriendlyName="phones")
        for name in names:
            await self._made(f"~/SIP/CredentialLists/{listed}/Credentials.json", Username=name, Password=PASSWORD)
        path = f"~/SIP/Domains/{domain}/Auth"
        await self._made(f"{path}/Registrations/CredentialListMappings.json", CredentialListSid=listed)
        if calls:
            await self._made(f"{path}/Calls/CredentialListMappings.json", CredentialListSid=listed)
        reply = await self.api.post(f"~/SIP/Domains/{domain}.json", SipRegistration="true")
        assert reply.status == 200, reply.text

    def plays(self, path: str, hz: float, *, ms: int = 60_000) -> str:
        """Let the application have a sound of one tone; returns its URL."""
        self.app.answers[path] = [web.Response(body=wav(hz, ms=ms), content_type="audio/wav")]
        return self.url(path)

    async def call(self, **form: str) -> dict[str, Any]:
        """POST Calls; the new call."""
        reply = await self.api.post("~/Calls.json", **{"From": self.number, **form})
        assert reply.status == 201, reply.text
        made: dict[str, Any] = reply.json
        return made

    async def recording(self, sid: str, suffix: str = ".wav") -> list["Sound"]:
        """The channels of a recording, once it is complete."""
        shown = await self.until(f"~/Recordings/{sid}.json", status="completed")
        url = f"{self.api.server.ready['api']}{shown['uri'].removesuffix('.json')}{suffix}"
        headers = {"Authorization": self.api.authorization}
        async with self.api.session.get(url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            data = await answer.read()
        if suffix == ".mp3":
            file = self.directory / f"{sid}.mp3"
            file.write_bytes(data)
            return [Sound(memoryview(read_sound(str(file))).cast("h").tolist())]
        with wave.open(BytesIO(data)) as sound:
            assert sound.getframerate() == RATE
            samples = memoryview(sound.readframes(sound.getnframes())).cast("h").tolist()
            return [Sound(samples[first :: sound.getnchannels()]) for first in range(sound.getnchannels())]

    async def until(self, path: str, **members: Any) -> dict[str, Any]:
        """What is at `path` once it has `members`: asked again until then, for what has no event of its own."""
        found: dict[str, Any] = {}
        try:
            async with asyncio.timeout(WAIT):
                while True:
                    found = (await self.api.get(path)).json
                    if all(found.get(name) == value for name, value in members.items()):
                        return found
        except TimeoutError:
            raise AssertionError(f"{path} is {found}, not {members}") from None

    async def _made(self, path: str, **form: str) -> str:
        reply = await self.api.post(path, **form)
        assert reply.status == 201, reply.text
        return str(reply.json["sid"])


def wav(hz: float, *, ms: int, softer: int = 1) -> bytes:
    """A tone as a sound file, `softer` times softer than others."""
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(array("h", [sample // softer for sample in tone(hz, ms=ms)]).tobytes())
    return file.getvalue()


@asynccontextmanager
async def place(directory: Path, **settings: Any) -> AsyncIterator[Place]:
    async with customer() as app, serving(directory / "data", **settings) as api:
        yield Place(api, app, directory)
