"""Rooms and legs without a far end, as verbs have them: over the switch, on a clock that is stepped by hand."""

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hookflash.switch import protocol
from hookflash.switch.protocol import AnyEvent, SwitchConfig
from hookflash.switch.switch import Switch
from hookflash.switch.switch_leg import SwitchLeg

STRIDE = 100  #: ms
PATIENCE = 10.0  #: s


class Stage:
    """A switch, and the calls on it."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        self.now = switch.native.step(1_000_000)
        self.events: list[AnyEvent] = []
        switch.watch(self.events.append)

    async def run(self, ms: int) -> None:
        until = self.now + ms
        while self.now < until:
            self.now = self.switch.native.step(min(until, self.now + STRIDE))
            self.switch.take_now()
            await asyncio.sleep(0)

    async def call(self) -> tuple[SwitchLeg, SwitchLeg]:
        """A handset that listens, and the platform's leg of its call."""
        came: asyncio.Future[SwitchLeg] = asyncio.get_running_loop().create_future()
        self.switch.invited = lambda leg, event: came.set_result(leg)
        numbers = [self.switch.next_number(simulated=True) for _ in range(2)]
        handset = self.switch.link(protocol.Link(leg=numbers[0], callee=numbers[1], from_="+1", to="+2"))
        self.switch.take_now()
        leg = await came
        answering = asyncio.create_task(leg.answer())
        await self.run(STRIDE)
        await answering
        self.switch.tell(protocol.Listen(leg=handset.number))
        return handset, leg


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    switch = Switch(SwitchConfig(sip_port=0, tls_port=-1, threads=1))
    switch.start()
    yield Stage(switch)
    switch.close()


async def test_an_open_leg_lives_until_it_is_hung_up(stage: Stage) -> None:
    """It is answered at once; its operations end before it, and its last event is HungUp."""
    leg = stage.switch.open(simulated=True)
    stage.switch.take_now()
    await leg.answered()
    waiting = asyncio.create_task(leg.wait(60_000))
    await asyncio.sleep(0)
    hanging_up = asyncio.create_task(leg.hang_up())
    await asyncio.sleep(0)
    await stage.run(STRIDE)
    await hanging_up
    await asyncio.gather(waiting, return_exceptions=True)
    mine = [type(event) for event in stage.events if event.leg == leg.number]
    assert mine == [protocol.Answered, protocol.Done, protocol.HungUp]
    assert stage.switch.legs == 0
    assert stage.switch.native.simulated() == 0


async def test_an_open_leg_may_be_real(stage: Stage, tmp_path: Path) -> None:
    """Without the bit it lives on a media thread, on wall time, and keeps time from flying; it can be limited."""
    path = tmp_path / "room.wav"
    async with asyncio.timeout(PATIENCE):
        leg = stage.switch.open(simulated=False)
        await leg.answered()
        assert stage.switch.has_real_legs
        await leg.join("room")
        tape = protocol.Record(leg=0, op=0, path=str(path), track="inbound", most_ms=200)
        recorded, _ = await asyncio.gather(leg.record(tape), leg.play([protocol.Tone(name="beep", ms=200)]))
        assert not recorded.silent
        await leg.limit(100)
        assert (await leg.gone()).cause == "limit"
    assert stage.switch.legs == 0
    with wave.open(str(path)) as file:
        assert file.getnframes() == 1_600


async def test_an_open_leg_announces(stage: Stage) -> None:
    """What it plays is heard by all in its room; what a member is played, by that member's far end alone."""
    (one, leg), (other, second) = await stage.call(), await stage.call()
    announcer = stage.switch.open(simulated=True)
    for member in (leg, second, announcer):
        await member.join("room")
    busy, beep = protocol.Tone(name="busy.us", ms=400), protocol.Tone(name="beep", ms=400)
    tasks = [asyncio.create_task(announcer.play([busy])), asyncio.create_task(leg.play([beep]))]
    await asyncio.sleep(0)
    await stage.run(1_000)
    await asyncio.gather(*tasks)

    def energy(handset: SwitchLeg) -> int:
        heard = memoryview(stage.switch.native.heard(handset.number)).cast("h")
        return sum(abs(sample) for sample in heard)

    assert energy(one) > energy(other) > 0


async def test_turns_are_told(stage: Stage) -> None:
    """Whoever watches a leg hears when it begins to speak in its room, and when it stops."""
    handset, leg = await stage.call()
    told: list[bool] = []
    leg.watch(lambda event: told.append(event.on) if isinstance(event, protocol.Speaking) else None)
    await leg.join("room", speaking=True)
    talking = asyncio.create_task(handset.play([protocol.Tone(name="dial.us", ms=500)]))
    await asyncio.sleep(0)
    await stage.run(2_000)
    await talking
    assert told == [True, False]
    await leg.leave()
