"""Ears and speech on SIP legs, whose audio comes over sockets and lives on threads: a switch calls itself."""

import asyncio
from array import array
from collections.abc import AsyncIterator

import pytest

from hookflash.switch import protocol
from hookflash.switch.protocol import SwitchConfig
from hookflash.switch.switch import Switch
from hookflash.switch.switch_leg import SwitchLeg

RATE = 8_000
HERE = protocol.Trunk(name="here", networks=["127.0.0.0/8"])


def voice(ms: int) -> bytes:
    """Something that is speech to whoever goes by its level: 250 Hz, a square."""
    return array("h", ([4_000] * 16 + [-4_000] * 16) * (ms // 4)).tobytes()


@pytest.fixture
async def switch() -> AsyncIterator[Switch]:
    switch = Switch(SwitchConfig(sip_port=0, tls_port=-1, threads=1))
    switch.start()
    switch.tell(protocol.Configure(trunks=[HERE]))
    yield switch
    switch.close()


async def call(switch: Switch) -> tuple[SwitchLeg, SwitchLeg]:
    """Both legs of a call that is up."""
    invited: asyncio.Future[SwitchLeg] = asyncio.get_running_loop().create_future()
    switch.invited = lambda leg, _: invited.set_result(leg)
    uri = f"sip:b@{switch.addresses['udp']}"
    leg = switch.dial(protocol.Dial(leg=switch.next_number(), uri=uri, from_uri="sip:a@127.0.0.1", codecs=("PCMU",)))
    other = await asyncio.wait_for(invited, 5)
    await other.answer()
    assert (await leg.answered()).call_id == (await other.answered()).call_id != ""
    return leg, other


async def test_a_sip_leg_is_heard_and_answers_by_speech(switch: Switch) -> None:
    """What the far end says comes to the ear while it is said; the prompt stops, and silence ends the answer."""
    leg, other = await call(switch)
    feed = switch.stream()
    feed.write(voice(600))
    feed.end()
    heard: list[bytes] = []
    how = protocol.Collect(
        leg=0,
        op=0,
        sources=[protocol.Silence(ms=20_000)],
        speech=protocol.SpeechEnd(end_ms=200),
    )
    async with asyncio.timeout(5), leg.hear() as ear:
        answer = asyncio.create_task(leg.collect(how))
        said = asyncio.create_task(other.play([feed.source]))
        async for pcm in ear:
            heard.append(pcm)
            if answer.done():
                break
        await said
    collected = await answer
    assert collected.spoke
    assert collected.digits == ""
    assert all(len(pcm) >= RATE // 10 * 2 for pcm in heard)
    loud = sum(abs(sample) > 2_000 for sample in array("h", b"".join(heard)))
    assert 0.5 * RATE <= loud <= 0.7 * RATE
