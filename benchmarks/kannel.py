"""The same load on Kannel, where Debian's package `kannel` is there: GET sendsms to SMPP, receipts as GET callbacks.

Kannel keeps its messages in memory here (no store), so it promises less than the figures it stands beside.
"""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load import run_load
from benchmarks.server import SERVER_CORE, counts, cpu_seconds, free_port, peers, wait_until

CONFIG = """
group = core
admin-port = {admin}
admin-password = bench
smsbox-port = {box}
box-allow-ip = 127.0.0.1
log-level = 3
dlr-storage = internal

group = smsc
smsc = smpp
host = 127.0.0.1
port = {smsc}
receive-port = 0
transceiver-mode = true
smsc-username = bench
smsc-password = bench
system-type = ""
max-pending-submits = 200

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
log-level = 3

group = sendsms-user
username = bench
password = bench
"""
WARM_UP = 3_000  #: messages
DELIVERED_AND_ACCEPTED = 9  #: the two events that our own figure calls back for


def is_installed() -> bool:
    """Whether both of Kannel's programs are here."""
    return all(shutil.which(name) for name in ("bearerbox", "smsbox"))


def measure(total: int, *, receipts: bool) -> tuple[float, float]:
    """CPU seconds per 1,000 messages and messages a second, as `run._sustained` measures ours."""
    with peers() as (smsc, sink), _boxes(smsc) as (pids, port):

        def make(number: int) -> bytes:
            query = {"username": "bench", "password": "bench", "from": "14155550100"}
            query |= {"to": f"1415{5560000 + number * 7919 % 90000:07d}", "text": f"Hello number {number}"}
            if receipts:
                query |= {"dlr-mask": str(DELIVERED_AND_ACCEPTED), "dlr-url": f"http://127.0.0.1:{sink}/cb"}
            return f"GET /cgi-bin/sendsms?{urlencode(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

        def finished(number: int) -> bool:
            seen = counts(sink)
            return seen.get("callbacks", 0) >= 2 * number if receipts else seen.get("submitted", 0) >= number

        asyncio.run(run_load(("127.0.0.1", port), make, total=WARM_UP))
        wait_until(lambda: finished(WARM_UP))
        before, started = sum(map(cpu_seconds, pids)), time.monotonic()
        asyncio.run(run_load(("127.0.0.1", port), make, total=total))
        wait_until(lambda: finished(WARM_UP + total))
        seconds = time.monotonic() - started
        return (sum(map(cpu_seconds, pids)) - before) / total * 1000, total / seconds


@contextmanager
def _boxes(smsc: int) -> Iterator[tuple[list[int], int]]:
    admin, box, http = free_port(), free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "kannel.conf"
        config.write_text(CONFIG.format(admin=admin, box=box, http=http, smsc=smsc))
        processes: list[subprocess.Popen[bytes]] = []
        try:
            for name, port in (("bearerbox", box), ("smsbox", http)):
                command = ["taskset", "-c", SERVER_CORE, name, str(config)]
                processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
                wait_until(lambda port=port: _listens(port))  # type: ignore[misc]
            yield [process.pid for process in processes], http
        finally:
            for process in reversed(processes):
                process.kill()
                process.wait()


def _listens(port: int) -> bool:
    """Whether a socket listens on `port`; asked of the kernel, since Kannel counts a bare connection as a box."""
    wanted = f":{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(row[1].endswith(wanted) and row[3] == "0A" for row in rows)
