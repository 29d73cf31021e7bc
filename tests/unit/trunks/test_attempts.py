"""A call that is tried on several ways is one leg, whatever happens before it rings."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from hookflash.switch import protocol
from hookflash.switch.leg import HungUp
from hookflash.switch.protocol import AnyEvent
from hookflash.testing.leg import ScriptedLeg
from hookflash.testing.loop import run_jumping
from hookflash.trunks.attempts import Attempts, Way

Script = Callable[[ScriptedLeg], object]
FAILOVER = frozenset({408, 503})


def jumping(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run a test on a loop whose clock jumps."""

    @functools.wraps(test)
    def run() -> None:
        run_jumping(test())

    return run


def trying(leg: ScriptedLeg) -> None:
    """The gateway says that it has the INVITE."""
    leg.signal("100 Trying")


def refusing(status: int) -> Script:
    return lambda leg: leg.at(0.1, lambda: leg.go("failed", status=status))


def ringing(leg: ScriptedLeg) -> None:
    leg.at(0.1, lambda: trying(leg)).at(1, leg.ring_there).at(5, leg.pick_up)


def silent(leg: ScriptedLeg) -> None:
    pass


class Tried:
    """Ways that follow scripts, and the legs that were dialled on them."""

    def __init__(self, *scripts: Script, waits: dict[int, float] | None = None) -> None:
        self.legs: list[ScriptedLeg] = []
        self.names: list[int] = []
        self.ways = [self._way(number, script, (waits or {}).get(number, 0.0)) for number, script in enumerate(scripts)]

    def _way(self, number: int, script: Script, wait: float) -> Way:
        began = asyncio.get_running_loop().time()

        def dial(ring_ms: int) -> ScriptedLeg:
            leg = ScriptedLeg(100 + number)
            leg.at(ring_ms / 1_000, lambda: leg.go("no_answer", status=408) if not leg.is_answered else None)
            script(leg)
            self.legs.append(leg)
            self.names.append(number)
            return leg

        def left() -> float:
            return max(0.0, began + wait - asyncio.get_running_loop().time())

        return Way(name=f"gateway {number}", dial=dial, wait=left, failover=FAILOVER, silence=4.0)


def heard_by(attempts: Attempts) -> list[AnyEvent]:
    heard: list[AnyEvent] = []
    attempts.watch(heard.append)
    return heard


@jumping
async def test_the_next_way_is_tried_when_a_gateway_cannot() -> None:
    """A status of `failover` leads on; watchers see one ring, one answer and no end."""
    tried = Tried(refusing(503), ringing)
    leg = Attempts(tried.ways, ring_ms=60_000)
    heard = heard_by(leg)
    assert isinstance(await leg.early(), protocol.Early)
    await leg.answered()
    assert (tried.names, leg.number, leg.is_answered) == ([0, 1], 101, True)
    assert not any(isinstance(event, protocol.HungUp) for event in heard)


@jumping
async def test_a_refusal_of_the_callee_is_final() -> None:
    """Busy is busy on every gateway."""
    tried = Tried(refusing(486), ringing)
    leg = Attempts(tried.ways, ring_ms=60_000)
    with pytest.raises(HungUp):
        await leg.early()
    assert ((await leg.gone()).status, tried.names) == (486, [0])


@jumping
async def test_silence_leads_on() -> None:
    """A gateway without a sign of life for so long is left; one that said 100 gets its time."""

    def slow(leg: ScriptedLeg) -> None:
        leg.at(0.1, lambda: trying(leg)).at(20, leg.pick_up)

    loop = asyncio.get_running_loop()
    began = loop.time()
    tried = Tried(silent, slow)
    leg = Attempts(tried.ways, ring_ms=60_000)
    await leg.answered()
    assert tried.legs[0].done == ["gone failed"]
    assert loop.time() - began == pytest.approx(24, abs=0.1)


@jumping
async def test_when_all_are_silent_the_end_says_so() -> None:
    """The last way's silence is a failure of the network, not of the callee."""
    leg = Attempts(Tried(silent, silent).ways, ring_ms=60_000)
    end = await leg.gone()
    assert (end.cause, end.status) == ("failed", 504)
    assert "gateway 1" in end.reason


@jumping
async def test_what_has_rung_is_final() -> None:
    """After ringing, a 503 is the end: the phone must not ring twice."""

    def dies(leg: ScriptedLeg) -> None:
        leg.at(0.5, leg.ring_there).at(2, lambda: leg.go("failed", status=503))

    tried = Tried(dies, ringing)
    leg = Attempts(tried.ways, ring_ms=60_000)
    heard = heard_by(leg)
    assert ((await leg.gone()).status, tried.names) == (503, [0])
    assert [type(event).__name__ for event in heard] == ["Early", "HungUp"]


@jumping
async def test_one_time_of_ringing_for_all() -> None:
    """What an attempt took is not given to the next one again."""

    def stalls(leg: ScriptedLeg) -> None:
        leg.at(0.1, lambda: trying(leg)).at(7, lambda: leg.go("failed", status=503))

    loop = asyncio.get_running_loop()
    began = loop.time()

    def rings_for_ever(leg: ScriptedLeg) -> None:
        leg.at(0.1, leg.ring_there)

    leg = Attempts(Tried(stalls, rings_for_ever).ways, ring_ms=10_000)
    assert (await leg.gone()).cause == "no_answer"
    assert loop.time() - began == pytest.approx(10, abs=0.1)


@jumping
async def test_a_hang_up_ends_all() -> None:
    """Whoever gives up meets no further attempt, and hears the cause that was given."""
    tried = Tried(silent, ringing)
    leg = Attempts(tried.ways, ring_ms=60_000)
    await asyncio.sleep(1)
    await leg.hang_up("canceled")
    await asyncio.sleep(30)
    assert ((await leg.gone()).cause, tried.names) == ("canceled", [0])


@jumping
async def test_a_hang_up_before_the_first_turn() -> None:
    """A call that waits for its turn can be given up as well."""
    tried = Tried(ringing, waits={0: 3.0})
    leg = Attempts(tried.ways, ring_ms=60_000)
    await asyncio.sleep(1)
    await leg.hang_up("canceled")
    await asyncio.sleep(10)
    assert ((await leg.gone()).cause, tried.names) == ("canceled", [])


@jumping
async def test_a_way_with_a_long_queue_is_tried_last() -> None:
    """A trunk at its rate lets a call wait a moment; when that is long, another trunk goes first."""
    tried = Tried(ringing, ringing, waits={0: 60.0})
    leg = Attempts(tried.ways, ring_ms=60_000)
    await leg.answered()
    assert tried.names == [1]


@jumping
async def test_a_watcher_who_comes_late_hears_it_all() -> None:
    """What happened before anybody listened is told to the first who does."""
    leg = Attempts(Tried(refusing(503), ringing).ways, ring_ms=60_000)
    await leg.answered()
    assert [type(event).__name__ for event in heard_by(leg)] == ["Signal", "Early", "Answered"]


@jumping
async def test_verbs_reach_the_attempt_that_stands() -> None:
    """Playing, pressing keys and joining are those of the leg."""
    tried = Tried(refusing(503), ringing)
    leg, caller = Attempts(tried.ways, ring_ms=60_000), ScriptedLeg(7, answered=True)
    await leg.answered()
    await leg.play([protocol.Silence(ms=100)])
    await leg.send_keys("1")
    await leg.bridge(caller)
    assert tried.legs[1].done[-3:] == ["hears 100 ms of silence", "gets keys 1", "bridged with 7"]
