"""A server under measurement: its own process on one core, its CPU time and memory as the kernel counts them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SERVER_CORE = "0"
LOAD_CORE = 1
STUCK = 120  #: seconds


class Measured:
    """A process whose CPU seconds and resident memory can be asked for."""

    def __init__(self, process: "subprocess.Popen[bytes]", ready: dict[str, Any]) -> None:
        self.process = process
        self.ready = ready

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.ready["api"].removeprefix("http://").rpartition(":")
        return host, int(port)

    @property
    def messages_url(self) -> str:
        return f"{self.ready['api']}/2010-04-01/Accounts/{self.ready['account_sid']}/Messages.json"

    def cpu(self) -> float:
        """CPU seconds of all its threads so far, user and system."""
        return cpu_seconds(self.process.pid)

    def resident(self) -> int:
        """Resident memory in bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def hookflash(*, config: str = "", data: Path | None = None, **env: str) -> Iterator[Measured]:
    """A server with that hookflash.toml and HOOKFLASH_* variables, its data on disk, pinned to one core."""
    folder = Path(tempfile.mkdtemp(prefix="hookflash-bench-", dir="/var/tmp"))
    (folder / "hookflash.toml").write_text(config)
    ready = folder / "ready.json"
    command = [str(Path(sys.executable).with_name("hookflash")), "serve", "--data", str(data or folder / "data")]
    command += ["--port", "0", "--https-port", "0", "--proxy-port", "0", "--sip-port", "0", "--ready-file", str(ready)]
    variables = {**os.environ, "HOOKFLASH_CONFIG": str(folder / "hookflash.toml"), **env}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command], env=variables, stderr=log)
    try:
        wait_until(lambda: ready.exists() or process.poll() is not None)
        if not ready.exists():
            raise RuntimeError(f"the server did not start:\n{(folder / 'log').read_text()}")
        yield Measured(process, json.loads(ready.read_text()))
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


@contextmanager
def peers() -> Iterator[tuple[int, int]]:
    """The message centre and the callback URL, on the other core; their ports."""
    smsc, sink = free_port(), free_port()
    process = subprocess.Popen(
        ["taskset", "-c", str(LOAD_CORE), sys.executable, "-m", "benchmarks.peers", str(smsc), str(sink)],
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield smsc, sink
    finally:
        process.kill()
        process.wait()


def counts(sink: int) -> dict[str, int]:
    """What the peers have seen."""
    with urllib.request.urlopen(f"http://127.0.0.1:{sink}/counts") as answer:
        found: dict[str, int] = json.load(answer)
        return found


def cpu_seconds(pid: int) -> float:
    """CPU seconds of a process so far, user and system, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until(condition: Callable[[], bool]) -> None:
    """Return once `condition` holds. Raises RuntimeError when it does not for STUCK seconds."""
    deadline = time.monotonic() + STUCK
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("the work did not end")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
