"""Keeping what has already happened outside: a carrier has the text, an application has answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from hookflash.domain.clock import SECOND
from hookflash.store.store import StoreError

log = structlog.get_logger()

T = TypeVar("T")
PAUSE = 1 * SECOND  #: between tries


async def keep(write: Callable[[], Awaitable[T]]) -> T:
    """`write`, again and again while the store fails.

    Work that gave up here would be done a second time, outside too, once the disk has room: a full disk must make us
    slow, not repeat ourselves. What the action itself raises is raised.
    """
    while True:
        try:
            return await write()
        except StoreError as error:
            log.error("the store could not keep what was done; trying again", reason=str(error))
            await asyncio.sleep(PAUSE / SECOND)
