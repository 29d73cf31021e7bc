"""Calls on a loop whose clock jumps: a real store, scripted phones, an application inside the server, and no socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import parse_qsl

import apsw
from tests.scenarios.runner.call_support import START, ScriptedPlaces, scripted_runner
from tests.unit.actions.world import PERSON, World

from hookflash.actions.check_callee import CallRules
from hookflash.store.bus import LocalBus
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Store, StoreError, Tx
from hookflash.store.timeline import Event
from hookflash.switch import protocol
from hookflash.testing.leg import NamedSpeech, ScriptedLeg
from hookflash.testing.loop import JumpingLoop
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.inside import Inside

P = ParamSpec("P")
T = TypeVar("T")

DAY = 86_400  # s
HOST = "inside.example"


class HastyDisk(apsw.VFS):
    """Takes what is written, and waits for nothing: what no power cut can come between need not be safe from one."""

    def __init__(self) -> None:
        super().__init__("hasty", "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _HastyFile("", name, flags)


class _HastyFile(apsw.VFSFile):
    def xSync(self, flags: int) -> None:  # noqa: N802
        """At once."""


class AwaitedStore:
    """A store for which the clock stands still."""

    def __init__(self, store: Store) -> None:
        self.is_broken = False
        self._store = store

    async def write(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        if self.is_broken:
            raise StoreError("the test says so")
        with _working():
            return await self._store.write(action, *args, **kwargs)

    async def read(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        with _working():
            return await self._store.read(action, *args, **kwargs)

    async def close(self) -> None:
        with _working():
            await self._store.close()


class _working:  # noqa: N801 - it is used as a word
    """A thread works for the loop."""

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, JumpingLoop)
        self._loop = loop
        loop.threads += 1

    def __exit__(self, *_: object) -> None:
        self._loop.threads -= 1


class LoopClock:
    """The exchange's clock, which is that of the loop."""

    def now(self) -> int:
        return START + round(asyncio.get_running_loop().time() * 1_000)

    async def wait_until(self, moment: int) -> None:
        await asyncio.sleep((moment - self.now()) / 1_000)


class InsideApp:
    """An application that is answered inside: a document by path; `asked` is what it was asked for by path, and `at`
    which second."""

    def __init__(self) -> None:
        self.documents: dict[str, str] = {}
        self.takes: dict[str, float] = {}  #: s until it answers
        self.asked: dict[str, list[dict[str, str]]] = {}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        path, body = scope["path"], (await receive())["body"]
        params = {**dict(parse_qsl(body.decode())), "at": str(asyncio.get_running_loop().time())}
        self.asked.setdefault(path, []).append(params)
        await asyncio.sleep(self.takes.get(path, 0))
        answer = f"<Response>{self.documents[path]}</Response>".encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/xml")]})
        await send({"type": "http.response.body", "body": answer})


class JumpingWorld:
    """A server's live calls, its application, and what callers do."""

    def __init__(
        self, world: World, store: AwaitedStore, app: InsideApp, client: WebhookClient, directory: Path
    ) -> None:
        self.app = app
        self.store = store
        self._world = world
        self._legs = 0
        self.runner = scripted_runner(
            self.store,
            client,
            directory,
            places=ScriptedPlaces(),
            speech=NamedSpeech(),
            clock=LoopClock(),
            rules=CallRules(calls_per_second=1_000.0, longest_call=DAY),
        )

    async def number(self, number: str, path: str) -> None:
        """A number that runs the document at `path`."""
        await self._world.number(number, voice_url=f"http://{HOST}{path}")

    async def call(self, to: str, *, sender: str = PERSON) -> ScriptedLeg:
        """Somebody calls a number."""
        self._legs += 1
        leg = ScriptedLeg(self._legs)
        await self.runner.invited(leg, protocol.Invited(leg=leg.number, at=0, from_=sender, to=to))
        return leg

    async def over(self) -> None:
        """Until nobody is on the phone."""
        while self.runner.busy:  # noqa: ASYNC110 - the runner says when it is idle by having nothing
            await asyncio.sleep(30)

    async def all(self, row: type[T], query: str, **values: Any) -> list[T]:
        """Every row of a named query."""

        async def read(tx: Tx) -> list[T]:
            return await tx.all(row, query, **values)

        return await self.store.read(read)

    async def count(self, table: str) -> int:
        """How many rows there are."""

        async def read(tx: Tx) -> int:
            ((found,),) = await tx.select(f"SELECT count(*) FROM {table}")
            return int(found)

        return await self.store.read(read)

    async def timeline(self, sid: str) -> list[Event]:
        return await self.all(Event, "timeline.of_subject", subject=sid)


@asynccontextmanager
async def jumping_world(directory: Path) -> AsyncIterator[JumpingWorld]:
    world, app, _disk = World(), InsideApp(), HastyDisk()
    store = AwaitedStore(SqliteStore(directory / "hookflash.db", LocalBus(), vfs="hasty"))
    world.store = store  # type: ignore[assignment]  # it does what is asked of it here
    await world.insert("accounts", world.account)
    inside = Inside(app, is_inside=lambda name: name == HOST)
    async with WebhookClient(egress=EgressPolicy(allow_private=True), clock=LoopClock(), inside=inside) as client:
        yield JumpingWorld(world, store, app, client, directory)
    await store.close()
