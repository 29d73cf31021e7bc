"""Calls from end to end without a switch: a real store, a real application on the loopback, scripted phones."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from tests.scenarios.runner.recognition import ScriptedRecognition
from tests.unit.actions.world import NUMBER, PERSON, World
from tests.unit.store.store_support import opened

from hookflash.actions.check_callee import CallRules
from hookflash.actions.create_call import CreateCall, create_call
from hookflash.actions.queue_for_carrier import UNLIMITED
from hookflash.actions.receive_call import Answerer, IncomingCall
from hookflash.actions.status_callback import StatusCallback
from hookflash.api.auth import Authenticator
from hookflash.domain.call import Call, CallOptions, CallStatus, Source
from hookflash.domain.clock import Clock
from hookflash.domain.media_links import MediaLinks
from hookflash.domain.recording import Recording
from hookflash.domain.transcription import LiveTranscription
from hookflash.pending import Pending
from hookflash.runtime.call_runner import CallRunner
from hookflash.runtime.calls.parts import NoWayError
from hookflash.runtime.paying.connectors import Connectors
from hookflash.speech.recogniser import Recognition
from hookflash.store.recording_files import RecordingFiles
from hookflash.store.rows import decoder
from hookflash.store.store import Store, Tx
from hookflash.store.timeline import Event
from hookflash.store.vault import Vault
from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.switch.protocol import File
from hookflash.testing.leg import NamedSpeech, ScriptedLeg
from hookflash.twiml.voice import SoundError
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.outcome import Attempt, Outcome

__all__ = ["NUMBER", "PERSON", "CallWorld", "call_world", "twiml"]

START = 1_700_000_000_000
BEGAN = time.monotonic()
PACE = 500  #: seconds of a call in one of the machine
RULES = CallRules(calls_per_second=1_000.0)
OTHER = "+14155550111"
THIRD = "+14155550222"

Script = Callable[[ScriptedLeg], object]


def twiml(verbs: str, **options: Any) -> web.Response:
    return web.Response(text=f"<Response>{verbs}</Response>", content_type="text/xml", **options)


class FastClock:
    """The exchange's clock, as fast as the phones'."""

    def now(self) -> int:
        return START + round((time.monotonic() - BEGAN) * PACE * 1_000)

    async def wait_until(self, moment: int) -> None:
        await asyncio.sleep((moment - self.now()) / 1_000 / PACE)


class ScriptedSounds:
    """Files named as their URLs; what is `broken` cannot be fetched."""

    async def fetch(
        self, url: str, *, account_sid: str, call_sid: str, jar: Jar | None, told: Callable[[tuple[Attempt, ...]], None]
    ) -> File:
        if "broken" in url:
            raise SoundError(13420, "that is no sound")
        return File(path=url)

    async def keep(self, outcome: Outcome) -> File:
        return File(path=outcome.body.decode())


class ScriptedPlaces:
    """Phones by address; one that nobody has prepared does not exist."""

    def __init__(self) -> None:
        self.phones: dict[str, Script] = {}
        self.legs: dict[str, ScriptedLeg] = {}
        self.dialled: list[Call] = []
        self.ring_ms = 0  #: of the last
        self.answerer: Answerer | None = None

    async def arrived(self, event: protocol.Invited) -> tuple[IncomingCall, Answerer | None]:
        return IncomingCall(sender=event.from_, recipient=event.to, carrier="simulated"), self.answerer

    async def open_line(self, call: Call, *, ring_ms: int) -> tuple[Leg, Leg]:
        raise NotImplementedError("calls to applications need a switch: tests/scenarios/twiml has them")

    async def dial(self, call: Call, *, ring_ms: int, beside: Leg | None) -> Leg:
        self.dialled.append(call)
        self.ring_ms = ring_ms
        script = self.phones.get(call.recipient)
        if script is None:
            raise NoWayError("There is no route to this number", status=404)
        leg = self.legs[call.recipient] = ScriptedLeg(100 + len(self.legs), pace=PACE)
        leg.at(ring_ms / 1_000, lambda: None if leg.is_answered else leg.go("no_answer", status=487))
        script(leg)
        return leg


def scripted_runner(
    store: Store,
    client: WebhookClient,
    directory: Path,
    *,
    places: ScriptedPlaces,
    speech: NamedSpeech,
    recognition: Recognition | None = None,
    clock: Clock | None = None,
    rules: CallRules = RULES,
    gateway: str = "http://127.0.0.1:1/charge",
    pending: Pending | None = None,
) -> CallRunner:
    """The live calls of a server without a switch."""
    return CallRunner(
        store=store,
        clock=clock or FastClock(),
        webhooks=client,
        auth=Authenticator(store, Vault(b"test")),
        vault=Vault(b"test"),
        links=MediaLinks(base=lambda: "https://here.example", key=None),
        recordings=RecordingFiles(directory),
        speech=speech,
        recognition=recognition or ScriptedRecognition(),
        sounds=ScriptedSounds(),
        places=places,
        connectors=Connectors({"Gateway": {"url": gateway}}, with_loopback=True),
        rules=rules,
        rates=UNLIMITED,
        validate_certificates=True,
        pending=pending or Pending(),
        open_leg=lambda *, simulated: ScriptedLeg(answered=True, pace=PACE),
    )


class CallWorld:
    """A server's calls, and what an application and people do."""

    def __init__(self, world: World, base: str, client: WebhookClient, directory: Path) -> None:
        self.world = world
        self.base = base
        self.pages: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]] | web.Response | str] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []  #: path and parameters, in order
        self.requests: list[web.Request] = []
        self.speech = NamedSpeech()
        self.recognition = ScriptedRecognition()
        self.places = ScriptedPlaces()
        self.pending = Pending()
        self.runner = scripted_runner(
            world.store,
            client,
            directory,
            places=self.places,
            speech=self.speech,
            recognition=self.recognition,
            gateway=f"{base}/charge",
            pending=self.pending,
        )

    # -- the application --

    async def answer(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        params = {name: str(value) for name, value in (form or request.query).items()}
        self.asked.append((request.path, params))
        self.requests.append(request)
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=404, text="no such page", content_type="text/plain")
        if isinstance(page, str):
            return twiml(page)
        if isinstance(page, web.Response):
            return page
        return await page(request)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def params(self, path: str) -> dict[str, str]:
        """Of the last request for `path`."""
        return next(params for asked, params in reversed(self.asked) if asked == path)

    # -- calls --

    async def number(self, **settings: Any) -> None:
        """The account's number, answered by the page `/voice`."""
        settings = {"voice_url": f"{self.base}/voice", "status_callback": "https://app.example/status", **settings}
        await self.world.number(OTHER, **settings)

    async def start(self, script: Script = lambda leg: None, *, to: str = OTHER) -> tuple[ScriptedLeg, str]:
        """A call comes in; returns its leg and SID."""
        leg = ScriptedLeg(1, pace=PACE)
        script(leg)
        known = {row.sid for row in await self.calls()}
        await self.runner.invited(leg, protocol.Invited(leg=1, at=0, from_=PERSON, to=to))
        new = [row.sid for row in await self.calls() if row.sid not in known and row.parent_call_sid is None]
        return leg, new[0] if new else ""

    async def come_in(self, document: str | None = None, script: Script = lambda leg: None) -> ScriptedLeg:
        """A call comes in and lives to its end."""
        if document is not None:
            self.pages["/voice"] = document
        leg, _ = await self.start(script)
        await self.over()
        return leg

    async def place(self, script: Script, *, to: str = PERSON, **options: Any) -> ScriptedLeg:
        """REST asks for a call, which lives to its end; returns the leg of who was called."""
        await self.begin_placing(script, to=to, **options)
        await self.over()
        return self.places.legs[to]

    async def begin_placing(self, script: Script | None, *, to: str = PERSON, **options: Any) -> str:
        """REST asks for a call, which is dialled; returns its SID. Without a script there is no such phone."""
        if script is not None:
            self.places.phones[to] = script
        url = f"{self.base}/voice"
        options = {"source": Source(url=url), **options}
        request = CreateCall(to=to, sender=NUMBER, url=url, options=CallOptions(**options))
        rules = CallRules(calls_per_second=1_000.0)
        now = FastClock().now()
        call = await self.world.do(create_call, request, account=self.world.account, now=now, rules=rules)
        await self.dial()
        return call.sid

    async def dial(self) -> None:
        """The calls whose turn it is are dialled."""
        self.world.now = FastClock().now() + 1_000
        jobs = await self.world.lease("dial")
        for dialling in await self.world.do(self.runner.begin, jobs):
            await self.runner.perform(dialling)

    async def over(self) -> None:
        """Until no call lives."""
        async with asyncio.timeout(10):
            while self.runner.busy:  # noqa: ASYNC110 - the runner says when it is idle by having nothing
                await asyncio.sleep(0.001)

    # -- what came of it --

    async def calls(self) -> list[Call]:
        """Every call, oldest first."""
        return await self._all(Call, "SELECT * FROM calls ORDER BY sid")

    async def call(self) -> Call:
        """The call that nobody's document dialled."""
        (row,) = [row for row in await self.calls() if row.parent_call_sid is None]
        return row

    async def recordings(self) -> list[Recording]:
        return await self._all(Recording, "SELECT * FROM recordings ORDER BY sid")

    async def transcriptions(self) -> list[LiveTranscription]:
        return await self._all(LiveTranscription, "SELECT * FROM live_transcriptions ORDER BY sid")

    async def status(self) -> CallStatus:
        return (await self.call()).status

    async def alerts(self) -> list[int]:
        return await self.world.alerts()

    async def told(self) -> list[tuple[str, dict[str, str]]]:
        """URL and parameters of the callbacks that wait to be sent, in their order."""
        self.world.now = FastClock().now() + 1_000
        jobs = await self.world.lease("callback")
        callbacks = [msgspec.json.decode(job.payload, type=StatusCallback) for job in jobs]
        return [(callback.url, callback.params) for callback in callbacks]

    async def waiting_callbacks(self) -> list[dict[str, str]]:
        """The parameters of all callbacks, those included that wait for another of their lane."""

        async def read(tx: Tx) -> list[dict[str, str]]:
            rows = await tx.select("SELECT payload FROM outbox WHERE queue = 'callback' ORDER BY id")
            return [msgspec.json.decode(payload, type=StatusCallback).params for (payload,) in rows]

        return await self.world.store.read(read)

    async def told_statuses(self) -> list[str]:
        return [params["CallStatus"] for _, params in await self.told() if "CallStatus" in params]

    async def timeline(self, sid: str) -> list[str]:
        async def read(tx: Tx) -> list[Event]:
            return await tx.all(Event, "timeline.of_subject", subject=sid)

        return [event.sentence for event in await self.world.store.read(read)]

    async def _all(self, row: Any, sql: str) -> list[Any]:
        async def read(tx: Tx) -> list[Any]:
            return [decoder(row)(values) for values in await tx.select(sql)]

        return await self.world.store.read(read)


@asynccontextmanager
async def call_world(directory: Path) -> AsyncIterator[CallWorld]:
    async with AsyncExitStack() as stack:
        world = World()
        world.store = await stack.enter_async_context(opened(directory))
        await world.insert("accounts", world.account)
        await world.number(NUMBER)
        client = await stack.enter_async_context(
            WebhookClient(egress=EgressPolicy(allow_private=True), clock=FastClock())
        )
        app = web.Application()
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        made: list[CallWorld] = []

        async def answer(request: web.Request) -> web.StreamResponse:
            return await made[0].answer(request)

        app.router.add_route("*", "/{path:.*}", answer)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        made.append(CallWorld(world, f"http://{host}:{port}", client, directory))
        await made[0].number()
        yield made[0]
        await made[0].runner.stop(0)
