"""A socket under a bind: moves bytes and wakes it in time, and decides nothing. Serves either end.

What is sent within one turn of the loop leaves in one write. A peer that sends, but does not read our answers, is not
read from either.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, TypeAlias, cast

from hookflash.wire.smpp.bind import Bind, Event, Limits, Role
from hookflash.wire.smpp.pdu import BindRequest, Body, Pdu

Listener: TypeAlias = Callable[["SmppLink", Event], None]


class SmppLink(asyncio.Protocol):
    """One connection. `listener` hears each event of its bind, in order, from within the loop."""

    def __init__(self, role: Role, limits: Limits, listener: Listener) -> None:
        self._loop = asyncio.get_running_loop()
        self.bind = Bind(role, limits, now=self.now())
        self.ended: asyncio.Future[str] = self._loop.create_future()  #: why, once the socket is gone
        self._listener = listener
        self._transport: asyncio.Transport | None = None
        self._flushing = False
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = 0

    def now(self) -> int:
        """The loop's clock in ms: a span on the wire must not shrink when a server's clock is made to jump."""
        return int(self._loop.time() * 1_000)

    # -- what the owner asks for --

    def open(self, request: BindRequest) -> None:
        """Client: ask to be bound."""
        self.bind.bind(request, self.now())
        self._after()

    def request(self, body: Body, token: Any) -> int:
        """Send a message; see `Bind.request`."""
        sequence = self.bind.request(body, self.now(), token)
        self._after()
        return sequence

    def answer(self, request: Pdu, body: Body, status: int = 0) -> None:
        """Answer a `Received` request."""
        self.bind.answer(request, body, status)
        self._after()

    def refuse(self, request: Pdu, status: int) -> None:
        """Answer a `Received` request with an error."""
        self.bind.refuse(request, status)
        self._after()

    def unbind(self) -> None:
        """End the bind politely."""
        self._tell(self.bind.unbind(self.now()))

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    # -- what the loop brings --

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._arm()

    def data_received(self, data: bytes) -> None:
        self._tell(self.bind.receive(data, self.now()))

    def pause_writing(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        reason = f"the connection was lost: {exc}" if exc else "the peer closed the connection"
        self._transport = None
        self._tell(self.bind.lost(reason))
        if not self.ended.done():
            self.ended.set_result(self.bind.reason)

    def _tick(self) -> None:
        self._timer = None
        self._tell(self.bind.tick(self.now()))

    # -- between the two --

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            self._listener(self, event)
        self._after()

    def _after(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        out = self.bind.output()
        self._arm()
        if self._transport is None:
            return
        if out:
            self._transport.write(out)
        if self.bind.closed:
            self._transport.close()

    def _arm(self) -> None:
        """A timer for the next wake-up; one that would ring too early is left to find that nothing is due yet."""
        wake_at = self.bind.wake_at()
        if self._timer is not None:
            if wake_at is not None and self._armed_for <= wake_at:
                return
            self._timer.cancel()
            self._timer = None
        if wake_at is not None and self._transport is not None:
            self._armed_for = wake_at
            self._timer = self._loop.call_at((wake_at + 1) / 1_000, self._tick)
