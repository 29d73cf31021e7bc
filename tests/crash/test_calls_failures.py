"""What can go wrong around calls that live: each ends cleanly, says why, and disturbs no other."""

import asyncio
import random
import struct
import time
from itertools import pairwise
from pathlib import Path

from tests.crash.calls import Stage, live_calls, stage
from tests.crash.phone import Phone
from tests.crash.processes import callee, free_port, until

from hookflash.twiml.problems import TwimlCode

APOLOGY = 1.0  # s of speech, at least
GAP = 60  # ms that conceals itself; a machine that is busy with other things too may cost as much


async def told(scene: Stage, sid: str) -> str:
    """How a call ended, once the application has been told."""
    await until(lambda: sid in scene.told(), 10, "the callback of the end")
    return scene.told()[sid]


def spoken(made: Phone) -> float:
    """Seconds of sound that the phone has heard."""
    return sum(packet.is_sound for packet in made.heard) * 0.02


async def test_garbage_for_twiml_is_apologised_for(tmp_path: Path) -> None:
    """The caller hears a sentence and then a BYE; the debugger says that the document is no XML."""
    async with stage(tmp_path) as scene:
        made = await scene.in_call(await scene.domain("garbage"))
        await made.says("BYE ")
        assert spoken(made) > APOLOGY
        (row,) = await scene.rows("Calls")
        assert await told(scene, row["sid"]) == "completed"
        assert await scene.codes() == [12100]


async def test_a_hung_webhook_is_apologised_for(tmp_path: Path) -> None:
    """An application that never answers is given up, the caller hears so, and other calls do not wait for it."""
    async with stage(tmp_path) as scene:
        hung = await scene.phone(await scene.domain("hang", "rt=3000&ct=3000&rc=0"))
        call = asyncio.create_task(hung.call())
        await hung.says("SIP/2.0 180")
        await scene.in_call(await scene.domain("wait"))
        assert hung.answered_at is None
        await call
        await hung.says("BYE ")
        assert spoken(hung) > APOLOGY
        assert await scene.codes() == [11200]


async def test_a_peer_that_vanishes_ends_its_call(tmp_path: Path) -> None:
    """No audio and no answer to BYE: the RTP time-out ends the call, the row is final, and no leg is left."""
    async with stage(tmp_path, "rtp_timeout = 1000\n") as scene:
        made = await scene.in_call(await scene.domain("wait"))
        (row,) = await live_calls(scene, 1)
        made.answers_bye = False
        made.be_silent()
        assert await told(scene, row["sid"]) == "completed"
        assert "No audio came any more" in await scene.timeline(row["sid"])
        await until_quiet(scene)


async def test_a_recording_without_room_fails_alone(tmp_path: Path) -> None:
    """The disk is full while a call is recorded: the call goes on, what had room is kept, and the debugger knows."""
    async with stage(tmp_path, file_limit=100_000_000) as scene:
        domain = await scene.domain("wait")
        live = await scene.in_call(domain)
        (row,) = await live_calls(scene, 1)
        told_of = {"RecordingStatusCallback": f"{scene.app}/recording", "RecordingStatusCallbackEvent": "completed"}
        await scene.post(f"Calls/{row['sid']}/Recordings", **told_of)
        scene.server.limit_files(20_000)
        await asyncio.sleep(2.5)  # of sound: more than there is room for
        assert not live.is_over
        await live.hang_up()
        scene.server.lift_file_limit()
        assert await told(scene, row["sid"]) == "completed"
        await until(lambda: bool(scene.application.of("recording")), 10, "the callback of the recording")
        (recording,) = await scene.rows("Recordings")
        assert (recording["status"], recording["duration"]) == ("completed", "1")
        assert await scene.codes() == [int(TwimlCode.INTERNAL)]


async def until_quiet(scene: Stage) -> None:
    """Until the switch has no leg any more."""
    async with asyncio.timeout(20):
        while 'hookflash_legs{kind="sip"} 0.0' not in await scene.metrics():
            pass


async def test_a_phone_that_comes_and_goes(tmp_path: Path) -> None:
    """Calls to a phone that is away end as unanswered, within their time-out; each time it is back it is reached."""
    port = free_port()
    async with stage(tmp_path) as scene:
        for _ in range(2):
            away = await scene.dial(port, Timeout="1")
            assert await told(scene, away) == "no-answer"
            async with callee(port):
                assert await told(scene, await scene.dial(port)) == "completed"
        await until_quiet(scene)


async def test_hostile_callers_disturb_nobody(tmp_path: Path) -> None:
    """Floods of SIP, RTP and keys from one caller: the sound that another hears has no gap."""
    async with stage(tmp_path) as scene:
        good = await scene.in_call(await scene.domain("play"))
        bad = await scene.in_call(await scene.domain("wait"))
        await until(lambda: spoken(good) > 0.1, 10, "the sound begins")
        begun = len(good.heard)
        await flood(bad, seconds=3.0)
        heard = good.heard[begun:]
        assert not good.is_over
        assert len(heard) > 100
        assert good.lost == 0
        assert all(packet.is_sound for packet in heard)
        steps = [after.timestamp - before.timestamp for before, after in pairwise(heard)]
        assert max(steps) <= GAP * 8, "no gap that a phone would not hide"
        assert steps.count(160) >= 0.98 * len(steps), "each packet is 20 ms after the one before"
        await good.hang_up()


async def flood(bad: Phone, *, seconds: float) -> None:
    source, end, number = random.Random(5), time.monotonic() + seconds, 100
    assert bad.rtp_to is not None
    while time.monotonic() < end:
        for _ in range(40):
            number += 1
            bad.rtp.sendto(source.randbytes(source.randrange(1, 200)), bad.rtp_to)
            event = struct.pack(
                "!BBHIIBBH", 0x80, 101, number & 0xFFFF, number * 160, 7, source.randrange(256), 0x8A, 160
            )
            bad.rtp.sendto(event, bad.rtp_to)
            bad.send("INFO", number, "Signal=5\r\nDuration=100\r\n")
            bad.send("OPTIONS", number)
            bad.send_bytes(b"INVITE sip:x SIP/2.0\r\n" + source.randbytes(300))
        await asyncio.sleep(0.01)
