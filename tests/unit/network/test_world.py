"""The clock of simulated calls: when it flies, when it goes, and when it must not jump."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from hookflash.domain.clock import VirtualClock
from hookflash.network.world import STRIDE, World
from hookflash.pending import Pending
from hookflash.switch.switch import Switch


class FakeSwitch:
    """Legs that have something to tell at certain moments of the clock; it is its own native half."""

    def __init__(self) -> None:
        self.native = self
        self.has_real_legs = False
        self.legs = 1
        self.due: list[int] = []  # moments at which something happens
        self.steps: list[int] = []  # how far time came
        self.taken = 0

    def step(self, until: int) -> int:
        happens = [moment for moment in self.due if moment <= until]
        reached = min(happens, default=until)
        self.due = [moment for moment in self.due if moment > reached]
        self.steps.append(reached)
        return reached

    def simulated(self) -> int:
        return self.legs

    def take_now(self) -> None:
        self.taken += 1


def never() -> bool | None:
    """What is waited for, and does not come."""
    return None


@pytest.fixture
def switch() -> FakeSwitch:
    return FakeSwitch()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def pending() -> Pending:
    return Pending()


@pytest.fixture
async def world(switch: FakeSwitch, clock: VirtualClock, pending: Pending) -> AsyncIterator[World]:
    world = World(switch=cast("Switch", switch), clock=clock, pending=pending)
    world.start()
    yield world
    await world.stop()


async def test_time_flies_while_somebody_waits(world: World, switch: FakeSwitch, clock: VirtualClock) -> None:
    """Three minutes are over at once, in strides; every stride takes the events that it brought."""
    began = clock.now()
    assert await world.until(never, 180_000) is None
    assert clock.now() - began >= 180_000
    assert max(later - at for at, later in zip(switch.steps, switch.steps[1:], strict=False)) <= 2 * STRIDE
    assert switch.taken == len(switch.steps)


async def test_time_stops_at_what_was_waited_for(world: World, switch: FakeSwitch, clock: VirtualClock) -> None:
    """What happens is seen at its own moment, not at the end of a stride."""
    moment = clock.now() + 10_000
    switch.due = [moment]
    reached = await world.until(lambda: switch.steps[-1] if moment in switch.steps else None, 60_000)
    assert reached == moment
    assert clock.now() - moment < STRIDE


async def test_time_stands_still_while_something_is_under_way(
    world: World, switch: FakeSwitch, clock: VirtualClock, pending: Pending
) -> None:
    """A webhook takes real time: the clock does not jump until it is answered."""
    switch.legs = 0
    before = clock.offset
    with pending:
        waiting = asyncio.create_task(world.until(never, 5_000))
        for _ in range(100):
            await asyncio.sleep(0)
        assert clock.offset == before
    await waiting
    assert clock.offset > before


async def test_calls_of_real_phones_keep_their_pace(world: World, switch: FakeSwitch, clock: VirtualClock) -> None:
    """With a real leg in the switch nothing flies: its audio does not come faster."""
    switch.has_real_legs = True
    assert await world.until(lambda: True if len(switch.steps) > 2 else None, 60_000)
    assert clock.offset == 0


async def test_for_people_it_goes_with_the_clock(world: World, switch: FakeSwitch, clock: VirtualClock) -> None:
    """`watch` waits in real time and moves nothing."""
    assert await world.watch(lambda: True if len(switch.steps) > 2 else None, 5_000)
    assert await world.watch(never, 30) is None
    assert clock.offset == 0


async def test_what_takes_time_is_flown_through(world: World, switch: FakeSwitch, clock: VirtualClock) -> None:
    """`during` has the result of what waits for legs, and passes on how it failed."""

    async def pressed() -> str:
        await clock.wait_until(clock.now() + 60_000)
        return "pressed"

    async def failed() -> Any:
        raise OSError("no")

    assert await world.during(pressed(), fly=True) == "pressed"
    assert clock.offset >= 59_000
    with pytest.raises(OSError, match="no"):
        await world.during(failed(), fly=True)


async def test_without_calls_nothing_moves(world: World, switch: FakeSwitch) -> None:
    """A server without simulated calls does not wake up fifty times a second."""
    switch.legs = 0
    world.wake()
    for _ in range(20):
        await asyncio.sleep(0)
    before = len(switch.steps)
    await asyncio.sleep(0.06)
    assert len(switch.steps) == before
