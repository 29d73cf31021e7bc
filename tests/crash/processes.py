"""Real processes for the crash tests: the server under its command, and the peers beside it."""

import asyncio
import json
import os
import random
import resource
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
HOOKFLASH = Path(sys.executable).with_name("hookflash")
LOOK_EVERY = 0.02  # s; other processes tell nobody when their files have changed


async def until(happened: Callable[[], bool], within: float, what: str) -> None:
    """Look again and again until something outside this process has happened; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        await asyncio.sleep(LOOK_EVERY)


def free_port() -> int:
    """A TCP port that nobody has, below those that systems give to connections: none takes it meanwhile."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", random.randrange(10_000, 20_000))) as probe:
            port: int = probe.getsockname()[1]
            return port


@asynccontextmanager
async def callee(port: int) -> AsyncIterator[None]:
    """SIPp as phones at `port` that take every call."""
    process = await asyncio.create_subprocess_exec(
        *("sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-mp", str(free_port()), "-nostdin"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def peer(module: str, *args: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """A peer of the server: `python -m module args…`, once it says that it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *map(str, args), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class Serving:
    """`hookflash serve` on one data directory and one port, started and ended any number of times."""

    def __init__(self, directory: Path, config: str = "") -> None:
        self.data = directory / "data"
        self.log = directory / "serve.log"
        self.port = free_port()
        self._ready_file = directory / "ready.json"
        self._config = directory / "hookflash.toml"
        self._config.write_text(config)
        self._process: asyncio.subprocess.Process | None = None
        self.ready: dict[str, Any] = {}

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def account(self) -> str:
        return f"{self.api}/2010-04-01/Accounts/{self.ready['account_sid']}"

    @property
    def login(self) -> dict[str, str]:
        """The header that says we are the first account."""
        return {"Authorization": aiohttp.encode_basic_auth(self.ready["account_sid"], self.ready["auth_token"])}

    async def start(self, *, file_limit: int | None = None) -> None:
        """Start it, and return once it is ready. `file_limit` is the greatest size of a file, in bytes."""
        self._ready_file.unlink(missing_ok=True)
        process = await self._spawn(file_limit)
        await until(lambda: self._ready_file.exists() or process.returncode is not None, 20, "the server is up")
        assert process.returncode is None, self.log.read_text()
        self.ready = json.loads(self._ready_file.read_text())

    async def start_in_vain(self) -> tuple[int, str]:
        """Start it though it cannot run: its exit code and what it said."""
        self.log.unlink(missing_ok=True)
        process = await self._spawn(None)
        return await asyncio.wait_for(process.wait(), 20), self.log.read_text()

    async def _spawn(self, file_limit: int | None) -> asyncio.subprocess.Process:
        def limit() -> None:
            if file_limit is not None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, resource.RLIM_INFINITY))

        ports = ("--port", str(self.port), "--https-port", "0", "--proxy-port", "0", "--sip-port", "0")
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(str(HOOKFLASH), "serve", "--data", str(self.data), *ports, "--ready-file", str(self._ready_file)),
                env=os.environ | {"HOOKFLASH_CONFIG": str(self._config), "COLUMNS": "200"},
                stdout=log,
                stderr=log,
                preexec_fn=limit,
            )
        return self._process

    def limit_files(self, size: int) -> None:
        """No file grows beyond `size` bytes from now on: the disk is full. It was started with a `file_limit`."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def lift_file_limit(self) -> None:
        """Let files grow again."""
        self.limit_files(resource.RLIM_INFINITY)

    async def kill(self) -> None:
        """SIGKILL: it can do nothing about it."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.terminate()
        return await self.exit()

    def terminate(self) -> None:
        """SIGTERM: it ends in its own time."""
        assert self._process is not None
        self._process.terminate()

    async def exit(self) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), 40)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None


@asynccontextmanager
async def serving(directory: Path, config: str = "", *, file_limit: int | None = None) -> AsyncIterator[Serving]:
    """A started server, killed at the end if it still runs."""
    server = Serving(directory, config)
    await server.start(file_limit=file_limit)
    try:
        yield server
    finally:
        if server.running:
            await server.kill()
