"""The least that the work could cost here: the same libraries and codecs doing the same talking, keeping nothing.

    python -m benchmarks.floor http READY_FILE
    python -m benchmarks.floor smpp SMSC_PORT COUNT
    python -m benchmarks.floor callbacks SINK_PORT COUNT

`http` serves a constant answer until it is stopped; the others do COUNT pieces of work and print their CPU seconds.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import uvloop

from hookflash.edge.listeners import Listener
from hookflash.wire.smpp.bind import Answered, Bind, Bound, Limits, Role
from hookflash.wire.smpp.pdu import BindTransceiver, SubmitSm

ANSWER = b"{" + b'"sid":"SM",' * 70 + b'"status":"queued"}'
WINDOW = 200
FORM = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "sent", "To": "+14155551212", "From": "+14155550100"}


async def http(ready_file: str) -> None:
    """uvicorn on uvloop that reads a request's body and answers a constant."""

    async def app(
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        await receive()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": ANSWER})

    listener = Listener(app, host="127.0.0.1", port=0)
    await listener.start()
    Path(ready_file).write_bytes(msgspec.json.encode({"api": listener.url, "account_sid": "AC", "auth_token": "x"}))
    await asyncio.Event().wait()


class _Esme(asyncio.Protocol):
    """Submits constant texts as fast as the window allows."""

    def __init__(self, count: int) -> None:
        self._left = self._open = count
        self._bind = Bind(Role.CLIENT, Limits(window=WINDOW), now=0)
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._bind.bind(BindTransceiver(system_id="floor"), 0)
        self._flush()

    def data_received(self, data: bytes) -> None:
        for event in self._bind.receive(data, 0):
            if isinstance(event, Answered):
                self._open -= 1
            if isinstance(event, Answered | Bound):
                self._fill()
        self._flush()
        if not self._open and not self.done.done():
            self.done.set_result(None)

    def _fill(self) -> None:
        while self._left and self._bind.room(0):
            self._left -= 1
            body = SubmitSm(source="14155550100", destination="14155551212", short_message=b"Hello number 1")
            self._bind.request(body, 0)

    def _flush(self) -> None:
        if out := self._bind.output():
            self._transport.write(out)  # type: ignore[attr-defined]


async def smpp(port: str, count: str) -> None:
    """COUNT submits over one bind."""
    started = time.process_time()
    _, esme = await asyncio.get_running_loop().create_connection(lambda: _Esme(int(count)), "127.0.0.1", int(port))
    await esme.done
    print(time.process_time() - started)


async def callbacks(port: str, count: str) -> None:
    """COUNT posts of a small constant form by aiohttp, 32 at a time."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def post_some(number: int) -> None:
            for _ in range(number):
                async with session.post(f"http://127.0.0.1:{port}/cb", data=FORM) as answer:
                    await answer.read()

        started = time.process_time()
        await asyncio.gather(*(post_some(int(count) // 32) for _ in range(32)))
        print((time.process_time() - started) * int(count) / (int(count) // 32 * 32))


if __name__ == "__main__":
    kinds: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {"http": http, "smpp": smpp, "callbacks": callbacks}
    uvloop.run(kinds[sys.argv[1]](*sys.argv[2:]))
