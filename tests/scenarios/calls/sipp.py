"""SIPp as a peer: one process, one call, one scenario of `script.py`, which the test leads step by step."""

import asyncio
import re
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.scenarios.calls.line import WAIT, Line, open_line

_END = b"\x1b"  # of a command between SIPp and a third party
_NUMBERS = count()


def free_port(*, above: int = 0) -> int:
    """A port that nobody uses, neither for TCP nor for UDP, as are those up to `above` ports higher.

    The system hands out every other port to whoever binds and the rest to whoever connects: next to a free one lie
    those of connections that were closed just now.
    """
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            with suppress(OSError):
                for number in range(port, port + above + 1):
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        if (number, kind) != (port, socket.SOCK_STREAM):
                            held.enter_context(socket.socket(type=kind)).bind(("127.0.0.1", number))
                return port


@dataclass
class Sipp:
    """A phone whose signalling is SIPp's and whose audio is `line`."""

    line: Line
    port: int  #: of its signalling
    process: asyncio.subprocess.Process
    log: Path
    connections: "asyncio.Queue[tuple[StreamReader, StreamWriter]]"
    _call_id: str = ""
    _streams: tuple[StreamReader, StreamWriter] | None = field(default=None, repr=False)

    async def says(self, word: str) -> dict[str, str]:
        """Wait until the scenario says `word`; what it says with it. Takes the audio to where `Port` says."""
        try:
            async with asyncio.timeout(WAIT):
                if self._streams is None:
                    self._streams = await self._connected()
                text = (await self._streams[0].readuntil(_END)).decode()
        except (TimeoutError, asyncio.IncompleteReadError):
            raise AssertionError(f"SIPp never came to {word!r}\n{self.story()}") from None
        said = dict(re.findall(r"^([\w-]+): *(.*?)\r?$", text, re.MULTILINE))
        assert said["Say"] == word, f"SIPp says {said['Say']!r} instead of {word!r}\n{self.story()}"
        self._call_id = said["Call-ID"]
        if "Port" in said:
            self.line.remote = ("127.0.0.1", int(said["Port"]))
        return said

    def tell(self, what: str = "") -> None:
        """Let the scenario go on."""
        assert self._streams is not None
        self._streams[1].write(f"Call-ID: {self._call_id}\r\nTold: {what}\r\n\r\n".encode() + _END)

    async def done(self) -> None:
        """Wait until the scenario has come to its end as it should."""
        try:
            await asyncio.wait_for(self.process.wait(), WAIT)
        except TimeoutError:
            raise AssertionError(f"SIPp waits in vain\n{self.story()}") from None
        assert self.process.returncode == 0, f"SIPp failed\n{self.story()}"

    def story(self) -> str:
        """What it saw and sent."""
        files = (self.log.with_suffix(suffix) for suffix in (".err", ".msg"))
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())

    def received(self) -> list[str]:
        """The SIP messages that came."""
        text = self.log.with_suffix(".msg").read_text()
        return re.findall(r"message received \[\d+\] bytes :\n\n(.*?)(?=\n-{20}|\Z)", text, re.DOTALL)

    async def _connected(self) -> tuple[StreamReader, StreamWriter]:
        waiting, gone = asyncio.create_task(self.connections.get()), asyncio.create_task(self.process.wait())
        await asyncio.wait([waiting, gone], return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if waiting.done():
            return waiting.result()
        waiting.cancel()
        raise asyncio.IncompleteReadError(b"", None)

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        while not self.connections.empty():
            self._streams = self.connections.get_nowait()
        if self._streams is not None:
            self._streams[1].close()


@asynccontextmanager
async def sipp(
    scenario: str,
    target: str,
    directory: Path,
    *,
    caller: str,
    callee: str,
    tcp: bool,
) -> AsyncIterator[Sipp]:
    """Run `scenario` against `target` (host:port); `callee` is the URI that it calls."""
    log = directory / f"sipp{next(_NUMBERS)}"
    file = log.with_suffix(".xml")
    file.write_text(scenario)
    connections: asyncio.Queue[tuple[StreamReader, StreamWriter]] = asyncio.Queue()
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(open_line())

        async def connected(reader: StreamReader, writer: StreamWriter) -> None:
            connections.put_nowait((reader, writer))

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        stack.callback(server.close)
        host, port = server.sockets[0].getsockname()[:2]
        own = free_port()
        has_words = "<sendCmd>" in scenario
        process = await asyncio.create_subprocess_exec(
            *("sipp", "-sf", str(file), "-i", "127.0.0.1", "-p", str(own), "-m", "1", "-nostdin"),
            *(("-3pcc", f"{host}:{port}") if has_words else ()),
            *("-t", "t1" if tcp else "u1"),
            *("-key", "audio", str(line.port), "-key", "caller", caller, "-key", "callee", callee),
            *("-auth_uri", callee.rpartition("@")[2]),  # of its own digest; else it takes `target`
            *("-trace_err", "-error_file", str(log.with_suffix(".err"))),
            *("-trace_msg", "-message_file", str(log.with_suffix(".msg"))),
            target,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        phone = Sipp(line, own, process, log, connections)
        stack.push_async_callback(phone.end)
        yield phone
