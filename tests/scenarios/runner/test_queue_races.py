"""Callers, agents and REST at a queue, all at once: nobody is lost, doubled or out of turn, whenever they do it."""

import asyncio
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scenarios.runner.jumping_support import JumpingWorld, jumping_world
from tests.unit.actions.world import PERSON

from hookflash.domain.call import NoSuchCallError, Source
from hookflash.domain.queue import NoSuchMemberError, Queue
from hookflash.store.timeline import Event
from hookflash.testing.loop import run_jumping

CALLER, AGENT = "+14155550111", "+14155550199"
MOST = 4  # in the queue
ALL_AT_ONCE = 12  # s in which whatever happens begins
LAST_AGENT = 40.0  # s: when one comes who takes whoever is left
PATIENCE = "+14155551999"  # the number of those who wait until they are taken
OVER = 300.0  # s
MOST_BUSY = 30.0  # s of an agent with one caller, and those before who were gone
ELSEWHERE = Source(url="http://inside.example/elsewhere")
ENDS = {"bridged", "hangup", "queue-full", "redirected", "bridging-in-process", "redirected-from-bridged"}


@dataclass(frozen=True)
class Stay:
    """Somebody who calls `at` one moment and hangs up at another, in s."""

    at: float
    until: float


def moments(most: float) -> st.SearchStrategy[float]:
    return st.integers(0, int(most * 4)).map(lambda quarters: quarters / 4)


IMPATIENT = st.tuples(moments(ALL_AT_ONCE), moments(15)).map(lambda each: Stay(each[0], each[0] + 0.5 + each[1]))
PATIENT = moments(ALL_AT_ONCE).map(lambda at: Stay(at, OVER))
ORDER = st.tuples(moments(ALL_AT_ONCE * 2), st.integers(-1, 9))  # -1: whoever waits longest; else one of the callers


@given(
    callers=st.lists(st.one_of(PATIENT, IMPATIENT), min_size=2, max_size=10),
    agents=st.lists(IMPATIENT, max_size=5),
    orders=st.lists(ORDER, max_size=4),
)
@settings(max_examples=15, deadline=None)
def test_whoever_comes_and_goes(callers: list[Stay], agents: list[Stay], orders: list[tuple[float, int]]) -> None:
    """Each caller has one end, and who is patient is not left waiting; of two, who came first is offered first; the
    queue never holds more than its size, and no agent is kept from others by one who is gone."""

    async def live(directory: Path) -> None:
        async with jumping_world(directory) as here:
            await stage(here)
            async with asyncio.TaskGroup() as group:
                for caller in callers:
                    group.create_task(phone(here, CALLER, caller))
                for agent in [*agents, Stay(LAST_AGENT, OVER)]:
                    group.create_task(phone(here, AGENT, agent))
                for moment, which in orders:
                    group.create_task(take_front(here, moment) if which < 0 else send_elsewhere(here, moment, which))
                group.create_task(watch(here))
                await asyncio.sleep(OVER + 10)
            await here.over()
            await judge(here, callers)

    with tempfile.TemporaryDirectory() as directory:
        run_jumping(live(Path(directory)))


async def stage(here: JumpingWorld) -> None:
    again = "<Dial action='/agent' timeLimit='3' timeout='5'><Queue url='/whisper'>support</Queue></Dial>"
    here.app.documents = {
        "/voice": f"<Enqueue waitUrl='/wait' maxQueueSize='{MOST}' action='/after'>support</Enqueue>",
        "/wait": "<Pause length='2'/>",
        "/whisper": "<Pause length='4'/>",
        "/agent": f"<Pause/>{again}",
        "/after": "",
        "/elsewhere": "<Pause length='3'/>",
    }
    here.app.takes = {"/wait": 0.25, "/whisper": 0.5, "/after": 0.25}
    await here.number(CALLER, "/voice")
    await here.number(AGENT, "/agent")


async def phone(here: JumpingWorld, to: str, stay: Stay) -> None:
    await asyncio.sleep(stay.at)
    leg = await here.call(to, sender=PATIENCE if stay.until == OVER else PERSON)
    leg.at(stay.until - stay.at, leg.go)


async def take_front(here: JumpingWorld, moment: float) -> None:
    """REST takes who waits longest."""
    await asyncio.sleep(moment)
    for queue in await here.all(Queue, "queues.by_name", account_sid=account(here), friendly_name="support"):
        try:
            waiting, position = here.runner.queues.take_out(queue.sid, None)
        except NoSuchMemberError:
            continue
        assert position == 1
        await here.runner.redirect(waiting.member.call_sid, ELSEWHERE)


async def send_elsewhere(here: JumpingWorld, moment: float, which: int) -> None:
    """REST has a call leave whatever it does."""
    await asyncio.sleep(moment)
    sids = [params["CallSid"] for params in here.app.asked.get("/voice", ())]
    if which < len(sids):
        with suppress(NoSuchCallError):
            await here.runner.redirect(sids[which], ELSEWHERE)


async def watch(here: JumpingWorld) -> None:
    for _ in range(int(LAST_AGENT)):
        assert await here.count("queue_members") <= MOST
        await asyncio.sleep(1)


def account(here: JumpingWorld) -> str:
    return next((asked["AccountSid"] for each in here.app.asked.values() for asked in each), "")


async def judge(here: JumpingWorld, callers: list[Stay]) -> None:
    asked = here.app.asked
    entered = [params["CallSid"] for params in asked["/voice"]]
    ends = {params["CallSid"]: params["QueueResult"] for params in asked["/after"]}
    assert len(entered) == len(callers)
    assert Counter(params["CallSid"] for params in asked.get("/after", ())) == dict.fromkeys(ends, 1)
    assert set(ends.values()) <= ENDS
    elsewhere = {params["CallSid"] for params in asked.get("/elsewhere", ())}
    assert {*entered} - {*ends} <= elsewhere  # before they entered
    # Who finds the queue full, or parts from an agent, may be sent on while the action is requested.
    assert {ends[sid] for sid in elsewhere & {*ends}} <= ENDS - {"hangup"}

    joined = [params["DialCallSid"] for params in asked.get("/agent", ()) if params.get("DialBridged") == "true"]
    assert Counter(joined) == dict.fromkeys((sid for sid in ends if "bridged" in ends[sid]), 1)

    patient = {params["CallSid"] for params in asked["/voice"] if params["From"] == PATIENCE}
    assert not {sid for sid in patient if ends.get(sid) == "hangup"}
    for sid in {params["CallSid"] for params in asked["/agent"]}:
        moments = [float(params["at"]) for params in asked["/agent"] if params["CallSid"] == sid]
        assert all(later - sooner < MOST_BUSY for sooner, later in pairwise(moments))

    turns = [first_turn(await here.timeline(sid)) for sid in await in_order(here, entered)]
    taken = [turn for turn in turns if turn is not None]
    assert taken == sorted(taken)
    assert await here.count("queue_members") == 0


async def in_order(here: JumpingWorld, sids: list[str]) -> list[str]:
    """The calls in the order in which they entered the queue; those that did not are left out."""
    entries = {}
    for sid in sids:
        for event in await here.timeline(sid):
            if "Waits in the queue" in event.sentence:
                entries[sid] = event.stamp
    return sorted(entries, key=lambda sid: entries[sid])


def first_turn(timeline: list[Event]) -> int | None:
    return next((event.at for event in timeline if event.sentence.startswith("Its turn has come")), None)


def test_a_store_that_fails(tmp_path: Path) -> None:
    """`system-error` after ten seconds, of no queue; and once the store is back, nobody is found waiting."""

    async def wait() -> None:
        async with jumping_world(tmp_path) as here:
            await stage(here)
            here.app.takes["/voice"] = 2
            leg = await here.call(CALLER)
            await asyncio.sleep(1)
            here.store.is_broken = True
            await asyncio.sleep(20)
            here.store.is_broken = False
            await here.over()
            (after,) = here.app.asked["/after"]
            assert (after["QueueResult"], "QueueSid" in after) == ("system-error", False)
            assert leg.done[-1] == "gone local"
            assert await here.count("queue_members") == 0

    run_jumping(wait())
