"""Ears on simulated legs: what they hear is what was said, to the sample."""

import asyncio
import math
from array import array
from collections.abc import AsyncIterator

import pytest

from hookflash.switch import protocol
from hookflash.switch.leg import Ear
from hookflash.switch.protocol import SwitchConfig
from hookflash.switch.switch import Switch
from hookflash.switch.switch_leg import SwitchLeg

RATE = 8_000


class Stage:
    """A switch with simulated legs, whose time flies."""

    def __init__(self) -> None:
        self.switch = Switch(SwitchConfig(sip_port=0, tls_port=-1, threads=1))
        self.switch.start()
        self.now = self.switch.native.step(1_000_000)

    async def call(self) -> tuple[SwitchLeg, SwitchLeg]:
        """A call that is up: the handset and the leg of the platform."""
        invited: list[SwitchLeg] = []
        self.switch.invited = lambda leg, _: invited.append(leg)
        caller, callee = self.switch.next_number(simulated=True), self.switch.next_number(simulated=True)
        handset = self.switch.link(protocol.Link(leg=caller, callee=callee, from_="+1", to="+2"))
        self.switch.take_now()
        self.switch.tell(protocol.Answer(leg=callee))
        await self.fly(200)
        return handset, invited[0]

    async def fly(self, ms: int) -> None:
        """Let time fly as far as each step goes; everybody gets a turn in between."""
        until = self.now + ms
        while self.now < until:
            self.now = self.switch.native.step(until)
            self.switch.take_now()
            for _ in range(5):
                await asyncio.sleep(0)

    def says(self, leg: SwitchLeg, pcm: bytes) -> None:
        feed = self.switch.stream()
        feed.write(pcm)
        feed.end()
        leg.tell(protocol.Play(leg=leg.number, op=1_000, sources=[feed.source]))


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    stage.switch.close()


def ramp(seconds: int) -> bytes:
    """A sound of which no 20 ms are like any others, so that what is missing shows."""
    wave = (round(8_000 * math.sin(n * n / 40_000_000)) for n in range(seconds * RATE))
    return array("h", wave).tobytes()


async def listen(ear: Ear, into: list[bytes]) -> None:
    async for pcm in ear:
        into.append(pcm)  # noqa: PERF401 - cancelled, it keeps what came


def level(pcm: bytes) -> float:
    samples = array("h", pcm)
    return math.sqrt(sum(sample * sample for sample in samples) / max(len(samples), 1))


async def test_no_sample_is_lost_while_time_flies(stage: Stage) -> None:
    """20 s, flown through, reach an ear in pieces of 100 ms, in order, as what the leg played to the sample."""
    said = ramp(20)
    heard: list[bytes] = []
    _, leg = await stage.call()
    async with leg.hear("outbound") as ear:
        task = asyncio.create_task(listen(ear, heard))
        stage.says(leg, said)
        await stage.fly(21_000)
        task.cancel()
    assert {len(pcm) for pcm in heard} == {1_600}
    assert len(heard) == 210
    assert b"".join(heard)[: len(said)] == said
    assert stage.switch.stats()["audio_unheard_ms"] == 0


async def test_several_ears_hear_their_side_each(stage: Stage) -> None:
    """Both sides at once, one of them twice, to the end of the leg; silence is heard as silence."""
    handset, leg = await stage.call()
    stage.says(handset, ramp(5))
    async with leg.hear() as one, leg.hear() as two, leg.hear("outbound") as other:
        pieces: list[list[bytes]] = [[], [], []]
        tasks = [asyncio.create_task(listen(ear, heard)) for ear, heard in zip([one, two, other], pieces, strict=True)]
        await stage.fly(4_000)
        leg.tell(protocol.HangUp(leg=leg.number))
        await stage.fly(500)
        await asyncio.gather(*tasks)
    first, second, heard = (b"".join(piece) for piece in pieces)
    assert first == second
    assert len(first) == len(heard) == 2 * 4 * RATE
    assert level(first[RATE:]) > 4_000
    assert level(heard) == 0


async def test_a_bridge_is_heard_by_both_and_by_an_ear(stage: Stage) -> None:
    """What one phone says reaches the other, and the ear on the other's leg."""
    one, first = await stage.call()
    two, second = await stage.call()
    two.tell(protocol.Listen(leg=two.number))
    await first.bridge(second)
    heard: list[bytes] = []
    async with second.hear("outbound") as ear:
        task = asyncio.create_task(listen(ear, heard))
        stage.says(one, ramp(3))
        await stage.fly(2_000)
        task.cancel()
    for pcm in (b"".join(heard), stage.switch.native.heard(two.number)):
        assert level(pcm[RATE:]) > 4_000


async def test_what_nobody_takes_is_lost_and_counted(stage: Stage) -> None:
    """An ear holds half a minute; the oldest goes, and the switch says how much that was."""
    _, leg = await stage.call()
    async with leg.hear() as ear:
        await stage.fly(40_000)
        pcm = await anext(ear)
    assert len(pcm) == 2 * 30 * RATE
    assert stage.switch.stats()["audio_unheard_ms"] == 10_000
