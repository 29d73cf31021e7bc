"""A caller who waits for a day, on a loop whose clock jumps: the application is inside the server, without a socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import parse_qsl

from tests.scenarios.runner.call_support import START, ScriptedPlaces, scripted_runner
from tests.unit.actions.world import PERSON, World

from hookflash.actions.check_callee import CallRules
from hookflash.domain.call import Call, CallStatus
from hookflash.domain.queue import Member
from hookflash.store.bus import LocalBus
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Store, Tx
from hookflash.store.timeline import Event
from hookflash.switch import protocol
from hookflash.testing.leg import NamedSpeech, ScriptedLeg
from hookflash.testing.loop import JumpingLoop, run_jumping
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.inside import Inside

P = ParamSpec("P")
T = TypeVar("T")

DAY = 86_400  # s
ROUND = 30  # s of a document for those who wait
AGENT = "+14155550199"
MOST_ROWS = 300  # of a timeline


class AwaitedStore:
    """A store for which the clock stands still."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
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


class Inhouse:
    """An application that is answered inside; `asked` is what it was asked for, by path."""

    def __init__(self) -> None:
        self.asked: dict[str, list[dict[str, str]]] = {}
        self.documents = {
            "/voice": "<Enqueue waitUrl='/wait' action='/after'>support</Enqueue>",
            "/wait": f"<Say>You wait</Say><Pause length='{ROUND - 1}'/><Unknown/>",
            "/agent": "<Dial timeLimit='60'><Queue>support</Queue></Dial>",
            "/after": "",
        }

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        path, body = scope["path"], (await receive())["body"]
        self.asked.setdefault(path, []).append(dict(parse_qsl(body.decode())))
        answer = f"<Response>{self.documents[path]}</Response>".encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/xml")]})
        await send({"type": "http.response.body", "body": answer})


class Day:
    """A platform, its application, and what callers do."""

    def __init__(self, store: Store, client: WebhookClient, app: Inhouse, directory: Path) -> None:
        self.app = app
        self.store = store
        self.runner = scripted_runner(
            store,
            client,
            directory,
            places=ScriptedPlaces(),
            speech=NamedSpeech(),
            clock=LoopClock(),
            rules=CallRules(calls_per_second=1_000.0, longest_call=DAY),
        )

    async def call(self, number: int, to: str) -> ScriptedLeg:
        leg = ScriptedLeg(number)
        await self.runner.invited(leg, protocol.Invited(leg=number, at=0, from_=PERSON, to=to))
        return leg

    async def over(self) -> None:
        """Until nobody is on the phone."""
        while self.runner.busy:  # noqa: ASYNC110 - the runner says when it is idle by having nothing
            await asyncio.sleep(30)

    async def all(self, row: type[T], query: str, **values: Any) -> list[T]:
        async def read(tx: Tx) -> list[T]:
            return await tx.all(row, query, **values)

        return await self.store.read(read)


@asynccontextmanager
async def day(directory: Path) -> AsyncIterator[Day]:
    world = World()
    store = AwaitedStore(SqliteStore(directory / "hookflash.db", LocalBus()))
    world.store = store  # type: ignore[assignment]  # it does what is asked of it here
    await world.insert("accounts", world.account)
    app = Inhouse()
    await world.number("+14155550111", voice_url="http://inside.example/voice")
    await world.number(AGENT, voice_url="http://inside.example/agent")
    inside = Inside(app, is_inside=lambda name: name == "inside.example")
    async with WebhookClient(egress=EgressPolicy(allow_private=True), clock=LoopClock(), inside=inside) as client:
        yield Day(store, client, app, directory)
    await store.close()


def test_a_wait_of_a_day(tmp_path: Path) -> None:
    """Thousands of documents later the caller is still the first, is joined, and has left few rows."""

    async def wait() -> None:
        async with day(tmp_path) as here:
            caller = await here.call(1, "+14155550111")
            await asyncio.sleep(DAY - 120)
            assert len(await here.all(Member, "queues.waiting", **await waiting_where(here))) == 1
            agent = await here.call(2, AGENT)
            await here.over()
            assert "bridged with 2" in caller.done
            assert "bridged with 1" in agent.done
            asked = here.app.asked["/wait"]
            assert len(asked) in range(DAY // ROUND - 8, DAY // ROUND + 1)
            waited = [int(params["QueueTime"]) for params in asked]
            assert waited == sorted(waited)
            assert {(params["QueuePosition"], params["CurrentQueueSize"]) for params in asked} == {("1", "1")}
            (after,) = here.app.asked["/after"]
            assert (after["QueueResult"], int(after["QueueTime"])) == ("bridged", DAY - 120)
            rows = await here.all(Event, "timeline.of_subject", subject=after["CallSid"])
            assert len(rows) < MOST_ROWS
            assert [row.sentence for row in rows if "heard its documents" in row.sentence] == [
                f"Was in the queue for {DAY - 120} s, and heard its documents {len(asked)} times"
            ]
            assert len(await alerts(here)) in range(1, 25)

    run_jumping(wait())


def test_no_call_is_longer_than_the_platform_lets_it_be(tmp_path: Path) -> None:
    """`longest_call` ends the wait of who is never taken."""

    async def wait() -> None:
        async with day(tmp_path) as here:
            here.app.documents["/voice"] = "<Enqueue waitUrl=''>support</Enqueue>"
            caller = await here.call(1, "+14155550111")
            await here.over()
            ended, how = caller.diary[-1]
            assert how == "gone limit"
            assert DAY <= ended < DAY + 5
            (call,) = await calls(here)
            assert (call.status, call.duration) == (CallStatus.COMPLETED, DAY)

    run_jumping(wait())


async def waiting_where(here: Day) -> dict[str, str]:
    (params, *_) = here.app.asked["/wait"]
    return {"account_sid": params["AccountSid"], "queue_sid": params["QueueSid"]}


async def calls(here: Day) -> list[Call]:
    async def read(tx: Tx) -> list[Call]:
        (params, *_) = here.app.asked["/voice"]
        return await tx.all(Call, "calls.by_sid", account_sid=params["AccountSid"], sid=params["CallSid"])

    return await here.store.read(read)


async def alerts(here: Day) -> list[tuple[Any, ...]]:
    async def read(tx: Tx) -> list[tuple[Any, ...]]:
        return await tx.select("SELECT sid FROM alerts")

    return await here.store.read(read)
