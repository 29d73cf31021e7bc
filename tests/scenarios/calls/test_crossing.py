"""A simulated leg and a SIP leg that are joined hear each other, though they live on different clocks."""

import asyncio
import wave
from array import array
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from hookflash.domain.clock import VirtualClock
from hookflash.network.world import World
from hookflash.pending import Pending
from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.switch.switch import Switch

from .tones import share

CONFIG = protocol.SwitchConfig(sip_port=0, tls_port=-1)
HERE = protocol.Domain(name="127.0.0.1", networks=["127.0.0.1/32"])
LENGTH = 1_500  #: ms of tones
PATIENCE = 20.0  #: s


@pytest.fixture
async def platform() -> AsyncIterator[tuple[Switch, World]]:
    """A switch with a simulated network, at the pace of the clock."""
    switch = Switch(CONFIG)
    world = World(switch=switch, clock=VirtualClock(), pending=Pending())
    switch.start()
    world.start()
    yield switch, world
    switch.close()
    await world.stop()


@pytest.fixture
async def phone() -> AsyncIterator[Switch]:
    """A SIP phone: a switch of its own, whose calls come to whoever sets `invited`."""
    switch = Switch(CONFIG)
    switch.start()
    switch.tell(protocol.Configure(domains=[HERE]))
    yield switch
    switch.close()


async def simulated_call(switch: Switch, world: World) -> tuple[Leg, Leg]:
    """A handset, and the leg at which the platform has answered it."""
    came: asyncio.Future[Leg] = asyncio.get_running_loop().create_future()
    switch.invited = lambda leg, event: came.set_result(leg)
    world.wake()
    numbers = [switch.next_number(simulated=True) for _ in range(2)]
    handset = switch.link(protocol.Link(leg=numbers[0], callee=numbers[1], from_="+14155550101", to="+14155550102"))
    ours = await came
    await ours.answer()
    switch.tell(protocol.Listen(leg=handset.number))
    return handset, ours


def hum_and_record(phone: Switch, path: Path) -> list[asyncio.Task[None]]:
    """Let the phone answer with the dial tone, record what it hears meanwhile, and hang up; the tasks that do so."""

    async def behave(leg: Leg) -> None:
        await leg.answer()
        tape = protocol.Record(leg=0, op=0, path=str(path), track="inbound", most_ms=LENGTH)
        await asyncio.gather(leg.record(tape), leg.play([protocol.Tone(name="dial.us", ms=LENGTH)]))
        await leg.hang_up()

    tasks: list[asyncio.Task[None]] = []
    phone.invited = lambda leg, event: tasks.append(asyncio.create_task(behave(leg)))
    return tasks


async def test_both_hear_the_other(platform: tuple[Switch, World], phone: Switch, tmp_path: Path) -> None:
    """What one side plays arrives at the other, as that tone."""
    switch, world = platform
    taped = tmp_path / "phone.wav"
    tasks = hum_and_record(phone, taped)
    async with asyncio.timeout(PATIENCE):
        handset, ours = await simulated_call(switch, world)
        uri = f"sip:phone@{phone.addresses['udp']}"
        called = switch.dial(protocol.Dial(leg=switch.next_number(), uri=uri, from_uri="sip:platform@127.0.0.1"))
        await called.answered()
        await ours.bridge(called)
        humming = asyncio.create_task(handset.play([protocol.Tone(name="busy.us", ms=60_000)]))
        await called.gone()
        await asyncio.gather(*tasks)
        humming.cancel()

    heard = array("h", switch.native.heard(handset.number))
    with wave.open(str(taped)) as file:
        told = array("h", file.readframes(file.getnframes()))
    assert clearest(heard, 440) > 0.3  # of the dial tone: 350 and 440 Hz
    assert clearest(told, 480) > 0.3  # of the busy tone: 480 and 620 Hz


async def test_a_room_of_both_worlds(platform: tuple[Switch, World], phone: Switch, tmp_path: Path) -> None:
    """In one room, handsets and SIP phones hear all others and nobody hears themselves, until one world is left."""
    switch, world = platform
    taped = tmp_path / "phone.wav"
    tasks = hum_and_record(phone, taped)
    async with asyncio.timeout(PATIENCE):
        calls = [await simulated_call(switch, world) for _ in range(2)]
        uri = f"sip:phone@{phone.addresses['udp']}"
        called = switch.dial(protocol.Dial(leg=switch.next_number(), uri=uri, from_uri="sip:platform@127.0.0.1"))
        await called.answered()
        for leg in (calls[0][1], called, calls[1][1]):
            await leg.join("room")
        humming = [
            asyncio.create_task(handset.play([protocol.Tone(name=name, ms=60_000)]))
            for (handset, _), name in zip(calls, ("busy.us", "beep"), strict=True)
        ]
        await called.gone()
        await asyncio.gather(*tasks)
        for task in humming:
            task.cancel()
        for _, leg in calls:
            await leg.leave()
        assert switch.native.simulated() == 2 * len(calls)

    with wave.open(str(taped)) as file:
        at_phone = array("h", file.readframes(file.getnframes()))
    at_first, at_second = (array("h", switch.native.heard(handset.number)) for handset, _ in calls)
    heard = [
        {hz: clearest(samples, hz) > 0.2 for hz in (440, 480, 1_000)} for samples in (at_phone, at_first, at_second)
    ]
    assert heard == [
        {440: False, 480: True, 1_000: True},
        {440: True, 480: False, 1_000: True},
        {440: True, 480: True, 1_000: False},
    ]


def clearest(samples: Sequence[int], hz: float) -> float:
    """The greatest share of `hz` in a tenth of a second: a slip between the two clocks breaks the phase."""
    return max((share(samples[at : at + 800], hz) for at in range(0, len(samples) - 800, 400)), default=0.0)
