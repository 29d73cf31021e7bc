"""The far ends of a benchmark, in a process of their own: a message centre and an application.

    python -m benchmarks.peers SMSC_PORT SINK_PORT

The centre accepts every submit_sm at once and, when receipts were asked for, sends each in its own deliver_sm. Both
count; `GET /counts` on the application's port tells. `/voice` and `/conference` answer with TwiML, every other path is
a callback URL.
"""

import asyncio
import sys
import time
from collections import Counter

import msgspec

from hookflash.wire.smpp.bind import Bind, Limits, Received, Role
from hookflash.wire.smpp.pdu import BindRequest, BindTransceiverResp, DeliverSm, SubmitSm, SubmitSmResp

COUNTS: Counter[str] = Counter()
LIMITS = Limits(window=100_000, peer_window=100_000, enquire_every=600_000)
DONE = "2611210900"
TWIML = b"<Response><Say>Thank you for calling.</Say></Response>"
CONFERENCE = b'<Response><Dial><Conference waitUrl="" beep="false">bench</Conference></Dial></Response>'


class Centre(asyncio.Protocol):
    """One connection of the message centre."""

    def __init__(self) -> None:
        self._bind = Bind(Role.SERVER, LIMITS, now=_now())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        now = _now()
        for event in self._bind.receive(data, now):
            if isinstance(event, Received):
                self._take(event, now)
        self._transport.write(self._bind.output())  # type: ignore[attr-defined]

    def _take(self, event: Received, now: int) -> None:
        body = event.pdu.body
        if isinstance(body, BindRequest):
            self._bind.answer(event.pdu, BindTransceiverResp(system_id="bench"))
        elif isinstance(body, SubmitSm):
            COUNTS["submitted"] += 1
            number = f"{COUNTS['submitted']:010d}"
            self._bind.answer(event.pdu, SubmitSmResp(message_id=number))
            if body.registered_delivery:
                self._bind.request(_receipt(body, number), now)


def _receipt(body: SubmitSm, number: str) -> DeliverSm:
    text = (f"id:{number} sub:001 dlvrd:001 submit date:{DONE} done date:{DONE} stat:DELIVRD err:000 text:").encode()
    return DeliverSm(source=body.destination, destination=body.source, esm_class=4, short_message=text)


class Sink(asyncio.Protocol):
    """An application that has a document for every call, and answers every callback 204."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            length = 0
            at = head.lower().find(b"content-length:")
            if at >= 0:
                length = int(head[at + 15 :].split(b"\r\n", 1)[0])
            if len(rest) < length:
                return
            body, self._buffer = rest[:length], rest[length:]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET /counts"):
            text = msgspec.json.encode(COUNTS)
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text
        elif head.startswith((b"POST /voice", b"POST /conference")):
            COUNTS["documents"] += 1
            twiml = TWIML if head.startswith(b"POST /voice") else CONFERENCE
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(twiml) + twiml
        else:
            COUNTS["callbacks"] += 1
            answer = b"HTTP/1.1 204 No Content\r\n\r\n"
        self._transport.write(answer)  # type: ignore[attr-defined]


def _now() -> int:
    return time.monotonic_ns() // 1_000_000


async def _serve(smsc_port: int, sink_port: int) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_server(Centre, "127.0.0.1", smsc_port)
    await loop.create_server(Sink, "127.0.0.1", sink_port)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
