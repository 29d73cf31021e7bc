"""The loop whose clock jumps."""

import asyncio
import time

import pytest

from hookflash.testing.loop import run_jumping


def test_a_day_passes_at_once() -> None:
    """A wait costs no real time, and the loop's clock says that it was long."""

    async def wait() -> float:
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(86_400)
        return asyncio.get_running_loop().time() - began

    real = time.monotonic()
    assert run_jumping(wait()) == pytest.approx(86_400)
    assert time.monotonic() - real < 1


def test_timers_go_off_in_order() -> None:
    """Waits of several tasks end in the order of their times, whoever began first."""
    ended: list[int] = []

    async def wait(hours: int) -> None:
        await asyncio.sleep(hours * 3_600)
        ended.append(hours)

    async def both() -> None:
        await asyncio.gather(wait(20), wait(3), wait(11))

    run_jumping(both())
    assert ended == [3, 11, 20]


def test_a_timeout_ends_a_wait_for_what_never_comes() -> None:
    """`wait_for` gives up at its time, which comes at once."""

    async def wait() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 3_600)

    run_jumping(wait())


def test_threads_get_their_real_time() -> None:
    """Work of a thread is awaited, not jumped over, even when a timer is set."""

    async def work() -> str:
        return await asyncio.wait_for(asyncio.to_thread(lambda: "done"), 3_600)

    assert run_jumping(work()) == "done"


def test_a_wait_for_nothing_is_reported() -> None:
    """A test that would hang says so instead."""

    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="wait for ever"):
        run_jumping(wait())
