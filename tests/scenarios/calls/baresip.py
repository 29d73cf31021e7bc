"""baresip as a peer: a softphone over TLS with SRTP, which says one tone and keeps what it hears in a file."""

import asyncio
import json
import wave
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.scenarios.calls.line import WAIT
from tests.scenarios.calls.place import PASSWORD, Sound, wav
from tests.scenarios.calls.sipp import free_port

MODULES = "/usr/lib/baresip/modules"


@dataclass
class Baresip:
    """A phone that is led over its control port."""

    process: asyncio.subprocess.Process
    log: Path
    reader: StreamReader
    writer: StreamWriter

    def tell(self, command: str, params: str = "") -> None:
        """Give a command of its menu: dial, accept, hangup …"""
        text = json.dumps({"command": command, "params": params})
        self.writer.write(f"{len(text)}:{text},".encode())

    async def is_registered(self) -> None:
        """Wait until the registrar has taken it; the event may be over before anybody listens, the log stays."""
        try:
            async with asyncio.timeout(WAIT):
                while "200 OK (Hookflash) [1 binding]" not in self.log.read_text(errors="replace"):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"baresip did not register\n{self.log.read_text(errors='replace')}") from None

    async def sees(self, kind: str) -> dict[str, Any]:
        """Wait for an event: CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED …"""
        try:
            async with asyncio.timeout(WAIT):
                while True:
                    event = await self._next()
                    if event.get("type") == kind:
                        return event
        except (TimeoutError, asyncio.IncompleteReadError):
            raise AssertionError(f"baresip never came to {kind}\n{self.log.read_text(errors='replace')}") from None

    def heard(self) -> Sound:
        """What it heard; the call is over."""
        (file,) = self.log.parent.glob("*-dec.wav")
        with wave.open(str(file)) as sound:
            assert (sound.getframerate(), sound.getnchannels()) == (8_000, 1)
            return Sound(memoryview(sound.readframes(sound.getnframes())).cast("h").tolist())

    async def _next(self) -> dict[str, Any]:
        size = int((await self.reader.readuntil(b":"))[:-1])
        message: dict[str, Any] = json.loads(await self.reader.readexactly(size))
        await self.reader.readexactly(1)
        return message


@asynccontextmanager
async def baresip(
    directory: Path, user: str, domain: str, proxy: str, *, authority: str, hz: int
) -> AsyncIterator[Baresip]:
    """A phone of `user`, registered with `domain` over TLS at `proxy` (host:port), whose certificate `authority` (a
    PEM file) vouches for; it says a tone of `hz`."""
    home, control = directory / user, free_port()
    home.mkdir()
    (home / "tone.wav").write_bytes(wav(hz, ms=30_000))
    (home / "config").write_text(
        f"""
poll_method epoll
sip_listen 127.0.0.1:{free_port()}
sip_cafile {authority}
call_max_calls 4
audio_path {home}
audio_source aufile,{home / "tone.wav"}
snd_path {home}
audio_alert aufile,{home / "alert.wav"}
ausrc_srate 8000
ausrc_channels 1
auplay_srate 8000
auplay_channels 1
module_path {MODULES}
module g711.so
module aufile.so
module sndfile.so
module srtp.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""
    )
    (home / "accounts").write_text(
        f"<sip:{user}@{domain};transport=tls>;auth_user={user};auth_pass={PASSWORD};regint=600;mediaenc=srtp-mand;"
        f'outbound="sip:{proxy};transport=tls";audio_codecs=pcmu/8000/1;answermode=manual\n'
    )
    log = home / "log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *("baresip", "-4", "-f", str(home), "-s", "-v"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        reader, writer = await _connect(control)
        yield Baresip(process, log, reader, writer)
        writer.close()
    finally:
        process.terminate()
        await process.wait()


async def _connect(port: int) -> tuple[StreamReader, StreamWriter]:
    async with asyncio.timeout(WAIT):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)  # it says nothing before it listens
