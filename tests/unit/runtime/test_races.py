"""Waiting for several things at once: what is over, what goes on, and who hears of what failed."""

import asyncio
import gc
from typing import Any

import pytest

from hookflash.runtime.calls.races import first_of, surely


async def fails(sentence: str) -> None:
    raise LookupError(sentence)


async def test_of_what_fails_together_one_is_raised_and_the_others_are_no_news() -> None:
    """A hang-up ends all that waits on a leg: the log is not full of it."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    with pytest.raises(LookupError):
        await first_of(fails("one"), fails("another"))
    gc.collect()
    assert complaints == []


async def test_what_is_done_surely_is_done_although_who_wants_it_is_cancelled() -> None:
    """And who wants it goes once it is."""
    may_end, done = asyncio.Event(), []

    async def work() -> None:
        await may_end.wait()
        done.append("work")

    async def wanted() -> None:
        try:
            await surely(work())
        finally:
            done.append("left")

    task = asyncio.create_task(wanted())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["work", "left"]
