"""The server is killed while phones talk; each call and recording is closed by the next start, and nobody is untold."""

import asyncio
import io
import time
import wave
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.crash.calls import FINAL, Stage, stage
from tests.crash.phone import Phone
from tests.crash.processes import callee, free_port, until

ROUNDS = 4
PHONES = 5  # that call
DIALLED = 3  # calls that the application asks for
LONGEST_LIFE = 2.5  # s from the first call to the kill


async def call_while_it_lasts(made: Phone) -> None:
    with suppress(TimeoutError):  # killed before it answered
        await made.call()


async def a_life(scene: Stage, domain: str, port: int, random: Random) -> list[float]:
    """Phones call and are called, the server is killed, and starts again.

    Returns how long each answered call of those that called had lasted, in s.
    """
    phones = [await scene.phone(domain) for _ in range(PHONES)]
    calls = [asyncio.create_task(call_while_it_lasts(made)) for made in phones]
    recording = {"Record": "true", "RecordingStatusCallback": f"{scene.app}/recording"}
    await asyncio.gather(*(scene.dial(port, **recording) for _ in range(DIALLED)))
    await asyncio.sleep(random.uniform(0, LONGEST_LIFE))  # the moment is the point of the test
    killed_at = time.time()
    await scene.server.kill()
    for call, made in zip(calls, phones, strict=True):
        call.cancel()
        made.close()
    await asyncio.gather(*calls, return_exceptions=True)
    await scene.server.start()
    return [killed_at - made.answered_at for made in phones if made.answered_at is not None]


async def all_over(scene: Stage) -> list[dict[str, Any]]:
    """The rows of all calls, once each is final and the application knows of it."""
    sids = {row["sid"] for row in await scene.rows("Calls")}
    # Those that were still in the queue are dialled now.
    await until(lambda: sids <= set(scene.told()), 40, "a callback for each call")
    return await scene.rows("Calls")


async def recordings_told(scene: Stage) -> list[dict[str, Any]]:
    """The rows of all recordings, once the application knows of each."""
    recordings = await scene.rows("Recordings")
    final = {row["sid"]: row["status"] for row in recordings}
    assert set(final.values()) <= {"completed", "absent"}

    def told() -> dict[str, str]:
        return {entry["sid"]: entry["status"] for entry in scene.application.of("recording")}

    known = {sid for sid, status in final.items() if status == "completed"}
    await until(lambda: known <= set(told()), 20, "a callback for each recording")
    assert told().items() <= final.items()
    return recordings


async def length_of(scene: Stage, recording: dict[str, Any]) -> float:
    """Seconds of a recording that plays; 0 for one that is absent."""
    if recording["status"] == "absent":
        return 0.0
    with wave.open(io.BytesIO(await scene.media(recording))) as sound:
        length: float = sound.getnframes() / sound.getframerate()
        if recording["source"] == "RecordVerb":
            assert any(sound.readframes(sound.getnframes())), "there is sound in it"
    assert length == pytest.approx(float(recording["duration"]), abs=1)
    return length


async def test_a_kill_closes_calls_and_keeps_recordings(tmp_path: Path) -> None:
    """Every call becomes final and its application hears so; a recording plays as far as it went."""
    port = free_port()
    async with stage(tmp_path) as scene, callee(port):
        domain, random = await scene.domain("record"), Random(23)
        ages = [age for _ in range(ROUNDS) for age in await a_life(scene, domain, port, random)]
        calls = await all_over(scene)
        assert {row["status"] for row in calls} <= FINAL
        assert scene.asked() <= {row["sid"] for row in calls}
        assert scene.told() == {row["sid"]: row["status"] for row in calls}
        assert len([row for row in calls if row["direction"] == "outbound-api"]) == ROUNDS * DIALLED

        recordings = await recordings_told(scene)
        lengths = [await length_of(scene, row) for row in recordings if row["source"] == "RecordVerb"]
        lengths += [0.0] * (len(ages) - len(lengths))
        for age, length in zip(sorted(ages), sorted(lengths), strict=True):
            assert age - 1 <= length <= age + 0.5
        assert all([await length_of(scene, row) < 5 for row in recordings])
        print(f"{len(calls)} calls, {ROUNDS} kills, {len(recordings)} recordings")


async def test_a_kill_ends_conferences(tmp_path: Path) -> None:
    """Nobody stays in one: all have left and it is over, the application hears so in order, and the recording plays."""
    async with stage(tmp_path) as scene:
        domain = await scene.domain("conference")
        phones = [await scene.in_call(domain) for _ in range(3)]
        await asyncio.sleep(2)  # of sound, of which the last second may be lost
        await scene.server.kill()
        for made in phones:
            made.close()
        await scene.server.start()
        (row,) = await scene.rows("Conferences")
        assert (row["status"], row["reason_conference_ended"]) == ("completed", "last-participant-left")
        assert await scene.rows(f"Conferences/{row['sid']}/Participants") == []

        def events() -> list[tuple[str, str]]:
            return [(told["number"], told["event"]) for told in scene.application.of("conference")]

        await until(lambda: ("8", "conference-end") in events(), 20, "the callback of the end")
        joined = ["participant-join", "participant-join", "conference-start", "participant-join"]
        names = [*joined, *["participant-leave"] * 3, "conference-end"]
        assert list(dict.fromkeys(events())) == [(str(number), name) for number, name in enumerate(names, 1)]
        (recording,) = await recordings_told(scene)
        assert recording["source"] == "Conference"
        assert await length_of(scene, recording) >= 1


async def test_a_kill_empties_queues(tmp_path: Path) -> None:
    """Nobody waits in one that nobody is on the phone for; the queue itself stays, and takes the next caller."""
    async with stage(tmp_path) as scene:
        domain = await scene.domain("queue")
        phones = [await scene.in_call(domain) for _ in range(3)]

        async def sizes() -> list[int]:
            return [row["current_size"] for row in await scene.rows("Queues")]

        async def is_of(size: int) -> None:
            async with asyncio.timeout(10):
                while await sizes() != [size]:  # noqa: ASYNC110 - another process tells nobody
                    await asyncio.sleep(0.05)

        await is_of(3)
        await scene.server.kill()
        for made in phones:
            made.close()
        await scene.server.start()
        assert await sizes() == [0]
        await all_over(scene)
        again = await scene.in_call(domain)
        await is_of(1)
        again.close()
