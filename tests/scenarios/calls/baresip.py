"""baresip as a peer: a softphone over TLS with SRTP, which says one tone and keeps what it hears in a file."""

import asyncio
import json
import wave
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.scenarios.calls.line import WAIT
from tests.scenarios.calls.place import PASSWORD, Sound, wav
from tests.scenarios.calls.sipp import free_port

MODULES = "/usr/lib/baresip/modules"


class Baresip:
    """A phone that is led over its control port."""

    def __init__(self, process: asyncio.subprocess.Process, home: Path) -> None:
        self._process = process
        self._home = home
        self._log = ""
        self._news = asyncio.Event()
        self.reader: StreamReader
        self.writer: StreamWriter

    @property
    def log(self) -> str:
        """What it said so far, with every SIP message."""
        return self._log

    def tell(self, command: str, params: str = "") -> None:
        """Give a command of its menu: dial, accept, hangup …"""
        text = json.dumps({"command": command, "params": params})
        self.writer.write(f"{len(text)}:{text},".encode())

    async def says(self, words: str) -> None:
        """Wait until its log has `words`."""
        try:
            async with asyncio.timeout(WAIT):
                while words not in self._log:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"baresip never said {words!r}\n{self._log}") from None

    async def is_registered(self) -> None:
        await self.says("200 OK (Hookflash) [1 binding]")

    async def sees(self, kind: str) -> dict[str, Any]:
        """Wait for an event: CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED …"""
        try:
            async with asyncio.timeout(WAIT):
                while True:
                    event = await self._next()
                    if event.get("type") == kind:
                        return event
        except (TimeoutError, asyncio.IncompleteReadError):
            raise AssertionError(f"baresip never came to {kind}\n{self._log}") from None

    def heard(self) -> Sound:
        """What it heard; the call is over."""
        (file,) = self._home.glob("*-dec.wav")
        with wave.open(str(file)) as sound:
            assert (sound.getframerate(), sound.getnchannels()) == (8_000, 1)
            return Sound(memoryview(sound.readframes(sound.getnframes())).cast("h").tolist())

    async def listen(self) -> None:
        """Keep what it says, until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._log += line.decode(errors="replace")
            self._news.set()

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
sip_listen 127.0.0.1:{free_port(above=1)}
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
    process = await asyncio.create_subprocess_exec(
        *("baresip", "-4", "-f", str(home), "-s", "-v"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    phone = Baresip(process, home)
    listening = asyncio.create_task(phone.listen())
    try:
        await phone.says("baresip is ready")
        phone.reader, phone.writer = await asyncio.open_connection("127.0.0.1", control)
        yield phone
        phone.writer.close()
    finally:
        process.terminate()
        await process.wait()
        await listening
