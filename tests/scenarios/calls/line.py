"""The audio of a SIP phone of a test: RTP both ways, on the test's loop."""

import asyncio
import struct
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count

from tests.scenarios.calls.tones import FRAME, KEYS, RATE, from_alaw, from_ulaw, loudness, share, to_ulaw, tone

WAIT = 10.0  # seconds until a test gives up
PCMU, PCMA, EVENTS = 0, 8, 101  # payload types
_SILENCE = b"\xff" * FRAME
_QUIET = 200  # loudness below which nothing is to be heard
_DECODERS = {PCMU: from_ulaw, PCMA: from_alaw}
_EVENT_CODES = {key: code for code, key in enumerate("0123456789*#ABCD")}
_KEY_MS = 100


class Line(asyncio.DatagramProtocol):
    """Sends a packet every 20 ms to `remote`, once that is known: by a description, or by what comes from there."""

    def __init__(self) -> None:
        self.remote: tuple[str, int] | None = None
        self._looked = 0  # up to which sample tones have been looked for
        self.heard: list[int] = []  #: all that came, as 16-bit samples
        self.payload_types: set[int] = set()  #: that came
        self.keys = ""  #: that the platform pressed, by RFC 4733
        self.transport: asyncio.DatagramTransport
        self._news = asyncio.Event()
        self._hz = 0.0
        self._queue: deque[tuple[int, bool, int, bytes]] = deque()  #: payload type, marker, timestamp offset, payload
        self._all_sent = asyncio.Event()
        self._last_event = -1

    @property
    def port(self) -> int:
        return int(self.transport.get_extra_info("sockname")[1])

    # -- what the phone sends --

    def sing(self, hz: float) -> None:
        """Send this tone from now on; 0: silence."""
        self._hz = hz

    def play(self, hz: float, *, ms: int) -> None:
        """Send a tone of this length, after what waits to be sent."""
        data = to_ulaw(tone(hz, ms=ms))
        self._queue.extend((PCMU, False, 0, data[n : n + FRAME]) for n in range(0, len(data), FRAME))

    def press(self, key: str, *, inband: bool = False) -> None:
        """Press a key for 100 ms: as an event (RFC 4733), or as its tones in the audio."""
        frames = _KEY_MS // 20
        if inband:
            data = to_ulaw(tone(*KEYS[key], ms=_KEY_MS))
            self._queue.extend((PCMU, False, 0, data[n * FRAME : (n + 1) * FRAME]) for n in range(frames))
            self._queue.extend((PCMU, False, 0, _SILENCE) for _ in range(frames))
            return
        for n in range(frames + 2):  # the end of an event is sent three times
            is_over, held = n >= frames - 1, min(n + 1, frames)
            payload = struct.pack("!BBH", _EVENT_CODES[key], (0x80 if is_over else 0) | 10, held * FRAME)
            self._queue.append((EVENTS, n == 0, -n * FRAME, payload))

    async def sent(self) -> None:
        """Wait until all that was to be played and pressed has left."""
        self._all_sent.clear()
        async with asyncio.timeout(WAIT):
            await self._all_sent.wait()

    async def send(self) -> None:
        """Until it is cancelled."""
        loop, first = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        frames: dict[float, bytes] = {}
        for number in count():
            await asyncio.sleep(first + number * 0.02 - loop.time())
            if self.remote is None:
                continue
            if not self._queue:
                self._all_sent.set()
            frame = frames.setdefault(self._hz, to_ulaw(tone(self._hz, ms=20)) if self._hz else _SILENCE)
            kind, marker, offset, payload = self._queue.popleft() if self._queue else (PCMU, False, 0, frame)
            stamp = (number * FRAME + offset) & 0xFFFFFFFF
            header = struct.pack("!BBHII", 0x80, marker << 7 | kind, number & 0xFFFF, stamp, 0x1234)
            self.transport.sendto(header + payload, self.remote)

    # -- what it hears --

    async def hears(self, hz: float, *, ms: int = 200) -> None:
        """Wait until nothing but this tone has come for `ms`, after what was last waited for."""
        await self._until(lambda: self._has_heard(hz, ms), f"{hz:g} Hz")

    async def hears_something(self, *, ms: int = 200) -> None:
        """Wait until it has been loud for `ms`, speech for example."""
        await self._until(lambda: self._lately(ms) is not None and loudness(self._lately(ms) or ()) > _QUIET, "a sound")

    async def is_quiet(self, *, ms: int = 300) -> None:
        """Wait until nothing has been heard for `ms`, whether packets come or not."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(WAIT):
            since = loop.time()
            while (loop.time() - since) * 1_000 < ms:
                before = len(self.heard)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._next(), 0.02)
                if loudness(self.heard[before:]) > _QUIET:
                    since = loop.time()
        self._looked = len(self.heard)

    async def until(self, is_so: Callable[["Line"], bool], what: str) -> None:
        """Wait until what has come makes `is_so` true."""
        await self._until(lambda: is_so(self), what)

    def _has_heard(self, hz: float, ms: int) -> bool:
        """Look at each piece that has come, however many did at once: a short tone is not missed on a busy machine."""
        size = RATE * ms // 1_000
        while len(self.heard) - self._looked >= size:
            piece = self.heard[self._looked : self._looked + size]
            if loudness(piece) > _QUIET and share(piece, hz) > 0.8:
                self._looked += size
                return True
            self._looked += FRAME
        return False

    def _lately(self, ms: int) -> list[int] | None:
        size = RATE * ms // 1_000
        return self.heard[-size:] if len(self.heard) >= size else None

    async def _until(self, is_so: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(WAIT):
                while not is_so():
                    await self._next()
        except TimeoutError:
            said = f"{len(self.heard)} samples came, the last of loudness {loudness(self.heard[-1_600:]):.0f}"
            raise AssertionError(f"{what} was not heard; {said}") from None

    async def _next(self) -> None:
        self._news.clear()
        await self._news.wait()

    # -- the socket --

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.remote = self.remote or addr
        kind = data[1] & 0x7F
        self.payload_types.add(kind)
        if kind in _DECODERS:
            self.heard.extend(_DECODERS[kind](data[12:]))
        elif kind == EVENTS:
            self._event(int.from_bytes(data[4:8], "big"), data[12])
        self._news.set()

    def _event(self, stamp: int, code: int) -> None:
        if stamp != self._last_event:
            self._last_event = stamp
            self.keys += next(key for key, value in _EVENT_CODES.items() if value == code)


@asynccontextmanager
async def open_line() -> AsyncIterator[Line]:
    loop = asyncio.get_running_loop()
    transport, line = await loop.create_datagram_endpoint(Line, local_addr=("127.0.0.1", 0))
    line.transport = transport
    sender = asyncio.create_task(line.send())
    try:
        yield line
    finally:
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender
        transport.close()
