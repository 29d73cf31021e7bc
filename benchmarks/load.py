"""A load of HTTP requests from its own process: raw bytes on kept-alive connections, so that it costs little."""

import asyncio
import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Result:
    """What a load saw: how many answers, in how many seconds, and each latency in ms, sorted."""

    answers: int
    seconds: float
    latencies: list[float]
    refused: int  #: answers that were not 2xx

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in ms below which `share` of the answers came."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


def post_request(url: str, account: str, token: str, form: dict[str, str]) -> bytes:
    """A POST of `form` with Basic authentication, as bytes."""
    parts = urlsplit(url)
    body = urlencode(form).encode()
    login = base64.b64encode(f"{account}:{token}".encode()).decode()
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Basic {login}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """One connection: sends a request when told, counts the answer."""

    def __init__(self, done: Callable[["_Connection", bool], None]) -> None:
        self._done = done
        self._buffer = b""
        self.transport: asyncio.Transport | None = None
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes) -> None:
        assert self.transport is not None
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        length = int(lower[at:].split(b"\r\n", 1)[0])
        if len(rest) >= length:
            self._buffer = rest[length:]
            self._done(self, head[9:10] == b"2")


async def run_load(
    address: tuple[str, int],
    make: Callable[[int], bytes],
    *,
    total: int,
    connections: int = 32,
    rate: float | None = None,
) -> Result:
    """Send `total` requests of `make(number)`: at `rate` a second, or else each as soon as a connection is free."""
    loop = asyncio.get_running_loop()
    finished = loop.create_future()
    latencies: list[float] = []
    sent = refused = 0
    idle: list[_Connection] = []
    backlog: list[float] = []
    start = time.perf_counter()

    def send(connection: _Connection) -> None:
        nonlocal sent
        connection.send(make(sent))
        sent += 1

    def done(connection: _Connection, good: bool) -> None:
        nonlocal refused
        latencies.append((time.perf_counter() - connection.sent_at) * 1000)
        refused += not good
        if len(latencies) == total and not finished.done():
            finished.set_result(None)
        if rate is None and sent < total:
            send(connection)
        elif backlog:
            due = backlog.pop(0)
            send(connection)
            connection.sent_at = due
        else:
            idle.append(connection)

    for _ in range(connections):
        _, connection = await loop.create_connection(lambda: _Connection(done), *address)
        idle.append(connection)
    start = time.perf_counter()
    if rate is None:
        while idle and sent < total:
            send(idle.pop())
    else:
        for number in range(total):
            due = start + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            if idle:
                connection = idle.pop()
                send(connection)
                connection.sent_at = due
            else:
                backlog.append(due)
    await finished
    seconds = time.perf_counter() - start
    for connection in idle:
        assert connection.transport is not None
        connection.transport.close()
    return Result(len(latencies), seconds, sorted(latencies), refused)
