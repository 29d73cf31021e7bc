"""Bytes carried between two connections until both have said all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

CHUNK = 64 * 1024  # bytes read at once
IDLE = 3600.0  # seconds without a byte after which a tunnel is taken for dead; media streams may pause for long
CLOSE_SECONDS = 2.0
HALF_CLOSED = 60.0  # the same once one side has ended: a pooled connection would otherwise be held for an hour


@dataclass(frozen=True)
class Streams:
    """Both directions of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def close(self) -> None:
        """Close, giving the other end a moment to take what is still to be sent; it may be gone already."""
        self.writer.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.writer.wait_closed()
        except OSError:  # TimeoutError is one of them
            self.writer.transport.abort()


async def relay(left: Streams, right: Streams, *, idle: float = IDLE) -> None:
    """Carry bytes both ways, passing on each side's end, until both sides have ended or nothing moves any more.

    `idle` is in seconds. A connection that breaks ends the relay without an error: there is nobody left to tell.
    """
    loop = asyncio.get_running_loop()
    span = idle

    async def carry(source: Streams, sink: Streams, limit: asyncio.Timeout) -> None:
        nonlocal span
        await copy(source, sink, lambda: limit.reschedule(loop.time() + span))
        if sink.writer.can_write_eof():
            sink.writer.write_eof()
            span = min(idle, HALF_CLOSED)
            limit.reschedule(loop.time() + span)

    try:
        async with asyncio.timeout(span) as limit, asyncio.TaskGroup() as group:
            group.create_task(carry(left, right, limit))
            group.create_task(carry(right, left, limit))
    except* OSError:  # TimeoutError is one of them, and uvloop says ENOTCONN without a class of its own
        left.writer.transport.abort()
        right.writer.transport.abort()


async def copy(source: Streams, sink: Streams, moved: Callable[[], None]) -> None:
    """Carry bytes one way until `source` ends, calling `moved` after each piece. Raises OSError."""
    while data := await source.reader.read(CHUNK):
        sink.send(data)
        await sink.writer.drain()
        moved()
