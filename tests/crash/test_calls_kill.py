"""The server is killed while phones talk; each call and recording is closed by the next start, and nobody is untold."""

import asyncio
import io
import time
import wave
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from tests.crash.calls import FINAL, Stage, stage
from tests.crash.phone import Phone
from tests.crash.processes import until

ROUNDS = 5
PHONES = 6
LONGEST_LIFE = 2.5  # s from the first call to the kill


async def call_while_it_lasts(made: Phone) -> None:
    with suppress(TimeoutError):  # killed before it answered
        await made.call()


async def a_life(scene: Stage, domain: str, random: Random) -> list[float]:
    """Phones call, the server is killed, and starts again; how long each answered call had lasted, in s."""
    phones = [await scene.phone(domain) for _ in range(PHONES)]
    calls = [asyncio.create_task(call_while_it_lasts(made)) for made in phones]
    await asyncio.sleep(random.uniform(0.2, LONGEST_LIFE))  # the moment is the point of the test
    killed_at = time.time()
    await scene.server.kill()
    for call, made in zip(calls, phones, strict=True):
        call.cancel()
        made.close()
    await asyncio.gather(*calls, return_exceptions=True)
    await scene.server.start()
    return [killed_at - made.answered_at for made in phones if made.answered_at is not None]


async def test_a_kill_closes_calls_and_keeps_recordings(tmp_path: Path) -> None:
    """Every call becomes final and its application hears so; a recording plays as far as it went."""
    async with stage(tmp_path) as scene:
        domain, random = await scene.domain("record"), Random(23)
        ages = [age for _ in range(ROUNDS) for age in await a_life(scene, domain, random)]
        calls = await scene.rows("Calls")
        assert {row["status"] for row in calls} <= FINAL
        sids = {row["sid"] for row in calls}
        assert scene.asked() <= sids
        await until(lambda: sids <= set(scene.told()), 20, "a callback for each call")
        assert scene.told() == {row["sid"]: row["status"] for row in calls}

        recordings = await scene.rows("Recordings")
        assert {row["status"] for row in recordings} <= {"completed", "absent"}
        heard = {row["sid"]: row["status"] for row in recordings}

        def told() -> dict[str, str]:
            return {entry["sid"]: entry["status"] for entry in scene.application.of("recording")}

        await until(lambda: set(heard) <= set(told()), 20, "a callback for each recording")
        assert told() == heard
        lengths = []
        for row in recordings:
            if row["status"] == "completed":
                with wave.open(io.BytesIO(await scene.media(row))) as sound:
                    lengths.append(sound.getnframes() / sound.getframerate())
                    assert any(sound.readframes(sound.getnframes())), "there is sound in it"
                assert lengths[-1] == pytest.approx(float(row["duration"]), abs=1)
        lengths += [0.0] * (len(ages) - len(lengths))
        for age, length in zip(sorted(ages), sorted(lengths), strict=True):
            assert age - 1 <= length <= age + 0.5
        print(f"{len(calls)} calls, {ROUNDS} kills, {len(recordings)} recordings of {sum(lengths):.0f} s")
