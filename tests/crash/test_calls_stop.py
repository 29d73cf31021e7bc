"""SIGTERM while phones talk: no new call, live ones have their time, and whoever asked hears how each ended."""

import asyncio
import time
from pathlib import Path

from tests.crash.calls import Stage, live_calls, stage

LONG = "drain_time = 30000\n"


async def refused(scene: Stage, domain: str) -> str:
    """What a new call is answered, once calls are refused."""
    async with asyncio.timeout(10):
        while True:
            late = await scene.phone(domain)
            late.invite()
            answer = await late.says("SIP/2.0 ")
            if not answer.startswith("SIP/2.0 1"):
                return answer
            late.send("CANCEL", 1)


async def test_a_stop_lets_calls_end(tmp_path: Path) -> None:
    """New calls get 503 with Retry-After at once; a call that is up ends by its document, and its callback goes out."""
    async with stage(tmp_path, LONG) as scene:
        domain = await scene.domain("short")
        live = await scene.in_call(domain)
        (row,) = await live_calls(scene, 1)
        scene.server.terminate()
        answer = await refused(scene, domain)
        assert answer.startswith("SIP/2.0 503")
        assert "\r\nRetry-After: " in answer
        assert await scene.server.exit() == 0
        await live.says("BYE ")
        assert live.answered_at is not None
        assert time.time() - live.answered_at >= 2, "it was not cut short"
        assert scene.told()[row["sid"]] == "completed"


async def test_calls_that_do_not_end_are_ended(tmp_path: Path) -> None:
    """After `drain_time` the rest is hung up, recordings are whole, and all callbacks are out before the server is."""
    async with stage(tmp_path, "drain_time = 500\n") as scene:
        phones = [await scene.in_call(domain) for domain in (await scene.domain("wait"), await scene.domain("record"))]
        rows = await live_calls(scene, 2)
        assert await scene.server.stop() == 0
        for made in phones:
            await made.says("BYE ")
        assert scene.told() == {row["sid"]: "completed" for row in rows}
        assert [entry["status"] for entry in scene.application.of("recording")] == ["completed"]


async def test_a_second_signal_ends_calls_at_once(tmp_path: Path) -> None:
    """Whoever asks twice does not wait for `drain_time`; phones still get their BYE, and rows are final."""
    async with stage(tmp_path, LONG) as scene:
        domain = await scene.domain("wait")
        live = await scene.in_call(domain)
        await live_calls(scene, 1)
        begun = time.monotonic()
        scene.server.terminate()
        await refused(scene, domain)
        scene.server.terminate()
        assert await scene.server.exit() == 0
        assert time.monotonic() - begun < 15
        await live.says("BYE ")
        await scene.server.start()
        assert {row["status"] for row in await scene.rows("Calls")} <= {"completed", "canceled"}
