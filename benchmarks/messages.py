"""The figures of messages: CPU seconds of the server's process per 1,000, beside a floor measured in the same run."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import kannel
from benchmarks.load import Result, post_request, run_load
from benchmarks.server import SERVER_CORE, Measured, counts, hookflash, peers, wait_until

CARRIER = """
[carriers.bench]
kind = "smpp"
host = "127.0.0.1"
port = {smsc}
system_id = "bench"
window = 200
binds = 2
registered_delivery = {receipts}

[[routes]]
carrier = "bench"
"""
PROMISED = 2_500  #: posts a second; latency is measured at half of it
WARM_UP = 20_000  #: messages; until the pages of a large data file that they need are in memory
QUEUED = 100_000
ROWS = 1_000_000


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    cpu: float  #: CPU seconds per 1,000
    rate: float  #: a second
    floor: float  #: CPU seconds per 1,000
    note: str = ""

    def line(self) -> str:
        ratio = self.cpu / self.floor
        return f"{self.name:<38}{self.cpu:>8.3f}{self.rate:>10.0f}{self.floor:>9.3f}{ratio:>8.1f}  {self.note}"


def measure(total: int, *, quick: bool) -> None:
    """Print each figure as it is measured, with `total` messages; `quick` leaves out the million rows."""
    print(f"{'figure':<38}{'cpu/1000':>8}{'rate/s':>10}{'floor':>9}{'ratio':>8}")
    floors = _floors(total)
    empty = _all(total, floors, None)
    if kannel.is_installed():
        _beside(total, floors)
    print(f"{QUEUED:,} queued messages".ljust(38) + f"{_memory(QUEUED // 10 if quick else QUEUED):>8.0f} MB")
    if not quick:
        with tempfile.TemporaryDirectory(prefix="hookflash-bench-", dir="/var/tmp") as folder:
            data = Path(folder) / "data"
            subprocess.run([sys.executable, "-m", "benchmarks.fill", str(data), str(ROWS)], check=True)
            full = _all(total, floors, data)
        for before, after in zip(empty, full, strict=True):
            print(f"{before.name:<38}{after.cpu / before.cpu:>8.2f} times with {ROWS:,} rows in the tables")


def _all(total: int, floors: tuple[float, float, float], data: Path | None) -> list[Figure]:
    http, smpp, callback = floors
    return [
        _post(total, http, data),
        _sustained("POST to submit_sm acknowledged", total, http + smpp, data, receipts=False),
        _sustained("… with receipt and 2 callbacks", total, http + smpp + 2 * callback, data, receipts=True),
    ]


def _beside(total: int, floors: tuple[float, float, float]) -> None:
    """Kannel under the same load."""
    http, smpp, callback = floors
    for name, receipts, floor in (
        ("Kannel, to SMPP, not durable", False, http + smpp),
        ("Kannel, … with receipts, not durable", True, http + smpp + 2 * callback),
    ):
        cpu, rate = kannel.measure(total, receipts=receipts)
        _show(Figure(name, cpu, rate, floor))


def _post(total: int, floor: float, data: Path | None) -> Figure:
    """Figure (a): POST Messages, answered once durable, with the workers paused."""
    with hookflash(data=data, HOOKFLASH_ROLES="api") as server:
        make = _maker(server, None)
        asyncio.run(run_load(server.address, make, total=WARM_UP))
        before = server.cpu()
        result = asyncio.run(run_load(server.address, make, total=total))
        cpu = (server.cpu() - before) / total * 1000
        half = asyncio.run(run_load(server.address, make, total=total // 4, rate=PROMISED / 2))
    _check(result)
    note = f"p50 {half.percentile(0.5):.1f} ms, p99 {half.percentile(0.99):.1f} ms at {PROMISED / 2:,.0f}/s"
    return _show(Figure("POST Messages", cpu, result.rate, floor, note))


def _sustained(name: str, total: int, floor: float, data: Path | None, *, receipts: bool) -> Figure:
    """Figures (b) and (c): from the POST until the centre has acknowledged, or until both callbacks are in."""
    with (
        peers() as (smsc, sink),
        hookflash(config=CARRIER.format(smsc=smsc, receipts=int(receipts)), data=data) as server,
    ):
        make = _maker(server, sink if receipts else None)

        def finished(number: int) -> bool:
            seen = counts(sink)
            return seen.get("callbacks", 0) >= 2 * number if receipts else seen.get("submitted", 0) >= number

        asyncio.run(run_load(server.address, make, total=WARM_UP))
        wait_until(lambda: finished(WARM_UP))
        before, started = server.cpu(), time.monotonic()
        result = asyncio.run(run_load(server.address, make, total=total))
        wait_until(lambda: finished(total + WARM_UP))
        seconds = time.monotonic() - started
        cpu = (server.cpu() - before) / total * 1000
    _check(result)
    return _show(Figure(name, cpu, total / seconds, floor))


def _memory(queued: int) -> float:
    """Megabytes resident with that many messages in the queue, and a carrier that takes none of them."""
    config = CARRIER.format(smsc=1, receipts=1)
    with hookflash(config=config) as server:
        asyncio.run(run_load(server.address, _maker(server, None), total=queued))
        return server.resident() / 1e6


def _floors(total: int) -> tuple[float, float, float]:
    """CPU seconds per 1,000 of a bare HTTP answer, a bare submit_sm, a bare callback."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, peers() as (smsc, sink):
        ready = Path(folder) / "ready.json"
        process = _floor("http", str(ready))
        wait_until(lambda: ready.exists() and ready.stat().st_size > 0)
        server = Measured(process, json.loads(ready.read_text()))
        make = _maker(server, None)
        asyncio.run(run_load(server.address, make, total=WARM_UP))
        before = server.cpu()
        asyncio.run(run_load(server.address, make, total=total))
        http = (server.cpu() - before) / total * 1000
        process.kill()
        process.wait()
        smpp, callback = (_floor_seconds(kind, port, total) for kind, port in (("smpp", smsc), ("callbacks", sink)))
    return http, smpp, callback


def _floor(*arguments: str) -> "subprocess.Popen[bytes]":
    command = ["taskset", "-c", SERVER_CORE, sys.executable, "-m", "benchmarks.floor", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def _floor_seconds(kind: str, port: int, total: int) -> float:
    output, _ = _floor(kind, str(port), str(total)).communicate()
    return float(output) / total * 1000


def _maker(server: Measured, sink: int | None) -> Callable[[int], bytes]:
    ready = server.ready
    sender = ready.get("numbers", ["+14155550100"])[0]

    def make(number: int) -> bytes:
        form = {"To": f"+1415{5560000 + number * 7919 % 90000:07d}", "From": sender, "Body": f"Hello number {number}"}
        if sink is not None:
            form["StatusCallback"] = f"http://127.0.0.1:{sink}/cb"
        return post_request(server.messages_url, ready["account_sid"], ready["auth_token"], form)

    return make


def _check(result: Result) -> None:
    if result.refused:
        raise RuntimeError(f"{result.refused} requests were refused: the figures say nothing")


def _show(figure: Figure) -> Figure:
    print(figure.line(), flush=True)
    return figure
