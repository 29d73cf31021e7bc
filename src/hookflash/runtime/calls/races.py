"""Waiting for several things at once, on the clock of a leg: what is not awaited any more stops."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from hookflash.switch.leg import HungUp

T = TypeVar("T")
PATIENCE = 30.0  #: seconds: a leg that cannot be closed, say, must not keep a server from stopping


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, Any]) -> AsyncIterator["asyncio.Task[Any]"]:
    """`work` goes on beside the block, and is cancelled at its end; that the leg is gone is no news here."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, HungUp):
            raise error


async def first_of(*ends: Coroutine[Any, Any, object]) -> None:
    """Until one of them is over; the others are cancelled. Raises what it raised."""
    tasks = [asyncio.create_task(end) for end in ends]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:  # of several that fail together, one is heard
            _ = None if task.cancelled() else task.exception()


async def surely(work: Coroutine[Any, Any, T]) -> T:
    """`work`, which is not left half done: who is cancelled meanwhile leaves once it is over, or takes too long."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    finally:
        if not task.done():
            await asyncio.wait([task], timeout=PATIENCE)
