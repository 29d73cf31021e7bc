"""A SIP phone in the test's own process: it calls over UDP, sends a tone, and keeps the packets that it hears."""

import asyncio
import re
import secrets
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

PACKET = 0.02  # s
TONE = bytes([0x9F] * 10 + [0x1F] * 10) * 8  # 20 ms of a loud 400 Hz square wave in mu-law at 8 kHz
PATIENCE = 10.0  # s for the other side to say what is waited for


@dataclass(frozen=True)
class Packet:
    """One packet of RTP that was heard."""

    at: float  #: s
    sequence: int
    timestamp: int
    payload: bytes

    @property
    def is_sound(self) -> bool:
        """Whether it holds more than silence."""
        return len(set(self.payload)) > 2


class _Inbox(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._take(data)


async def _socket(take: Callable[[bytes], None]) -> asyncio.DatagramTransport:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Inbox(take), local_addr=("127.0.0.1", 0))
    return transport


class Phone:
    """One call of one phone to `sip:shop@domain` at `server` (`host:port`)."""

    def __init__(self, server: str, domain: str) -> None:
        host, _, port = server.rpartition(":")
        self.server = (host, int(port))
        self.domain = domain
        self.call_id = secrets.token_hex(8)
        self.heard: list[Packet] = []
        self.answered_at: float | None = None
        self.is_over = False  #: the other side has said BYE
        self.answers_bye = True
        self.rtp_to: tuple[str, int] | None = None
        self._to = f"<sip:shop@{domain}>"
        self._messages: list[str] = []
        self._news = asyncio.Event()
        self._sip: asyncio.DatagramTransport
        self.rtp: asyncio.DatagramTransport
        self._talking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._sip, self.rtp = await _socket(self._take), await _socket(self._hear)

    def close(self) -> None:
        """Vanish, without a goodbye."""
        self.be_silent()
        self._sip.close()
        self.rtp.close()

    # -- what it does --

    def invite(self) -> None:
        host, port = self.rtp.get_extra_info("sockname")
        lines = ["v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0", f"m=audio {port} RTP/AVP 0"]
        self.send("INVITE", 1, "\r\n".join([*lines, ""]))

    async def call(self) -> None:
        """Call, and talk once it is answered."""
        self.invite()
        answer = await self.says("SIP/2.0 200")
        media = re.search(r"m=audio (\d+)", answer)
        assert media is not None, answer
        self.rtp_to = (self.server[0], int(media[1]))
        self.send("ACK", 1)
        self.answered_at = time.time()
        self.talk()

    def talk(self) -> None:
        self._talking = asyncio.create_task(self._talk())

    def be_silent(self) -> None:
        if self._talking is not None:
            self._talking.cancel()

    async def hang_up(self) -> None:
        self.send("BYE", 2)
        await self.says("SIP/2.0 200", "CSeq: 2 BYE")
        self.be_silent()

    def send(self, method: str, cseq: int, body: str = "") -> None:
        host, port = self._sip.get_extra_info("sockname")
        lines = [
            f"{method} sip:shop@{self.domain} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{self.call_id}{method}{cseq};rport",
            "Max-Forwards: 70",
            f"From: <sip:phone@{host}:{port}>;tag={self.call_id}",
            f"To: {self._to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:phone@{host}:{port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self.send_bytes("\r\n".join([*lines, "", body]).encode())

    def send_bytes(self, data: bytes) -> None:
        self._sip.sendto(data, self.server)

    async def says(self, start: str, line: str = "") -> str:
        """The first message of the other side that starts so and holds `line`, now or soon."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for message in self._messages:
                    if message.startswith(start) and line in message:
                        return message
                self._news.clear()
                await self._news.wait()

    # -- what it hears --

    @property
    def lost(self) -> int:
        """Packets that are missing between the first and the last."""
        if not self.heard:
            return 0
        numbers = {packet.sequence for packet in self.heard}
        return ((self.heard[-1].sequence - self.heard[0].sequence) & 0xFFFF) + 1 - len(numbers)

    def _hear(self, data: bytes) -> None:
        sequence, timestamp = struct.unpack_from("!HI", data, 2)
        self.heard.append(Packet(time.monotonic(), sequence, timestamp, data[12:]))

    def _take(self, data: bytes) -> None:
        message = data.decode()
        self._messages.append(message)
        if message.startswith("SIP/2.0 2"):
            self._to = _header(message, "To")
        elif message.startswith("BYE "):
            self.is_over = True
            if self.answers_bye:
                self._answer(message)
        self._news.set()

    def _answer(self, request: str) -> None:
        copied = [f"{name}: {_header(request, name)}" for name in ("Via", "From", "To", "Call-ID", "CSeq")]
        self.send_bytes("\r\n".join(["SIP/2.0 200 OK", *copied, "Content-Length: 0", "", ""]).encode())

    async def _talk(self) -> None:
        number, begun = secrets.randbelow(1 << 15), time.monotonic()
        while True:
            header = struct.pack("!BBHII", 0x80, 0, number & 0xFFFF, number * 160, 7)
            self.rtp.sendto(header + TONE, self.rtp_to)
            number += 1
            begun += PACKET
            await asyncio.sleep(begun - time.monotonic())


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*?)\r$", message, re.MULTILINE)
    assert found is not None, f"no {name} in {message}"
    return found[1]


@asynccontextmanager
async def phone(server: str, domain: str) -> AsyncIterator[Phone]:
    """A phone that vanishes at the end."""
    made = Phone(server, domain)
    await made.open()
    try:
        yield made
    finally:
        made.close()
