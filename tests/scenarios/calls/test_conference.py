"""Conferences by ear: who hears whom, told by tones that nobody else makes."""

import asyncio
import wave
from array import array
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from tests.scenarios.calls.place import DOMAIN, Place, Sound, wav
from tests.scenarios.calls.tones import RATE, share
from tests.scenarios.customer import twiml

from hookflash.network.handset_calls import HandsetCall
from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.switch.switch import Switch

#: Hz; none is a multiple of another, nor the sum or difference of two.
TONES = (403, 521, 647, 769, 883, 1009, 1237, 1453, 1709, 2003)
SOFT = 4  #: by how much each is softer, so that nine together are not too loud
ANNOUNCED = 300.0  #: Hz
PATIENCE = 20.0  #: s
ROOM = '<Dial><Conference waitUrl="" beep="false">ten</Conference></Dial>'


@pytest.fixture
def sounds(tmp_path: Path) -> list[protocol.File]:
    """A file for each tone."""
    made = []
    for hz in TONES:
        path = tmp_path / f"{hz}.wav"
        path.write_bytes(wav(hz, ms=2_000, softer=SOFT))
        made.append(protocol.File(path=str(path)))
    return made


@pytest.fixture
async def phone() -> AsyncIterator[Switch]:
    """A SIP phone: a switch of its own."""
    switch = Switch(protocol.SwitchConfig(sip_port=0, tls_port=-1))
    switch.start()
    yield switch
    switch.close()


def handset(here: Place, n: int) -> HandsetCall:
    """The `n`th handset calls the conference."""
    calls = here.api.server.exchange.telephony.handset_calls
    return calls.dial(f"+141555502{n:02}", f"sip:room@{DOMAIN}")


async def hang_up(calls: list[HandsetCall]) -> None:
    await asyncio.gather(*(call.leg.hang_up() for call in calls))


def heard(here: Place, call: HandsetCall, *, seconds: int = 1) -> Sequence[int]:
    """What a handset has heard lately."""
    return array("h", here.api.server.exchange.telephony.switch.native.heard(call.leg.number))[-seconds * RATE :]


def parts(samples: Sequence[int]) -> list[float]:
    """How much of each tone there is."""
    return [share(samples, hz) for hz in TONES]


async def test_all_of_ten_but_oneself_are_heard(here: Place, sounds: list[protocol.File]) -> None:
    """Each hears nine tones, one as loud as the other, and not its own."""
    here.app.answers["/voice"] = [twiml(ROOM)]
    world = here.api.server.exchange.telephony.world
    calls = [handset(here, n) for n in range(len(TONES))]
    assert await world.until(lambda: all(call.leg.is_answered for call in calls) or None, 60_000)
    humming = [asyncio.create_task(call.leg.play([sound], loop=0)) for call, sound in zip(calls, sounds, strict=True)]
    await world.until(lambda: None, 5_000)
    for own, call in enumerate(calls):
        found = parts(heard(here, call))
        others = [part for n, part in enumerate(found) if n != own]
        assert min(others) > 0.08, (own, found)
        assert max(others) < 0.15, (own, found)
        assert found[own] < 0.005, (own, found)
    for task in humming:
        task.cancel()
    shown = (await here.api.get("~/Conferences.json")).json["conferences"][0]
    listed = (await here.api.get(f"~/Conferences/{shown['sid']}/Participants.json")).json
    assert len(listed["participants"]) == len(TONES)
    await world.during(hang_up(calls), fly=True)


async def test_a_sip_phone_and_handsets_hear_each_other(
    here: Place, phone: Switch, sounds: list[protocol.File], tmp_path: Path
) -> None:
    """A conference holds both worlds: each hears the two others and not itself, and all what is announced."""
    here.app.answers["/voice"] = [twiml(ROOM)]
    taped = tmp_path / "phone.wav"
    async with asyncio.timeout(PATIENCE):
        called = phone.dial(
            protocol.Dial(
                leg=phone.next_number(),
                uri=f"sip:room@{DOMAIN}",
                from_uri="sip:ann@phone.test",
                next_hop=f"sip:{here.sip}",
            )
        )
        calls = [handset(here, n) for n in range(2)]
        legs: list[Leg] = [called, *(call.leg for call in calls)]
        for leg in legs:
            await leg.answered()
        humming = [asyncio.create_task(leg.play([sound], loop=0)) for leg, sound in zip(legs, sounds[:3], strict=True)]
        await called.record(protocol.Record(leg=0, op=0, path=str(taped), track="inbound", most_ms=2_000))
        ears = [Sound(samples_of(taped).tolist()), *(Sound(list(heard(here, call))) for call in calls)]
        for task in humming:
            task.cancel()
        conference = (await here.api.get("~/Conferences.json")).json["conferences"][0]["sid"]
        told = here.plays("/announce", ANNOUNCED, ms=1_000)
        await here.api.post(f"~/Conferences/{conference}.json", AnnounceUrl=told)
        await called.record(protocol.Record(leg=0, op=0, path=str(taped), track="inbound", most_ms=1_500))
        assert Sound(samples_of(taped).tolist()).has(ANNOUNCED)
        assert all(Sound(list(heard(here, call, seconds=2))).has(ANNOUNCED) for call in calls)
        await called.hang_up()
        await hang_up(calls)
    for own, ear in enumerate(ears):
        for n, hz in enumerate(TONES[:3]):
            most = max(ear.pieces(hz))
            assert most < 0.05 if n == own else most > 0.3, (own, hz, most)


def samples_of(path: Path) -> "array[int]":
    with wave.open(str(path)) as file:
        return array("h", file.readframes(file.getnframes()))
