"""Callers: SIPp on the load's core, and what it saw."""

import csv
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import LOAD_CORE, SERVER_CORE, Measured, free_port

SCENARIO = Path(__file__).with_name("scenarios") / "caller.xml"
HERE = "127.0.0.1"
SETTLE = 2.0  #: s of a load that are not counted: until answers and hang-ups come as fast as calls
MOST_AT_ONCE = 20_000  #: calls that SIPp keeps, those that get no answer with them
PATIENCE = 8  #: s after the last call for what was sent again


@dataclass(frozen=True)
class Calls:
    """What callers saw."""

    offered: int
    answered: int
    away: int  #: turned away with 503
    failed: int  #: got no answer, or a wrong one
    rate: float  #: answers a second, once the load had settled
    resent: int  #: requests that were sent again


def is_installed() -> bool:
    """Whether SIPp is here."""
    return shutil.which("sipp") is not None


@contextmanager
def callers(
    address: str, *, rate: float, seconds: float, domain: str = HERE, hold: int = 0
) -> "Iterator[subprocess.Popen[bytes]]":
    """`rate` calls a second for `seconds`, each held for `hold` ms, from SIPp as it runs."""
    with _sipp(address, rate=rate, calls=round(rate * seconds), domain=domain, hold=hold) as (process, _):
        yield process


def call(address: str, *, rate: float, seconds: float, domain: str = HERE, hold: int = 0) -> Calls:
    """The same, to its end, or until SIPp, with more to do than it can, has had enough time."""
    with _sipp(address, rate=rate, calls=round(rate * seconds), domain=domain, hold=hold) as (process, told):
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds + hold / 1_000 + 2 * PATIENCE)
        with told.open(newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
    last = rows[-1]
    offered, answered = int(last["TotalCallCreated"]), int(last["GenericCounter1(C)"])
    return Calls(
        offered=offered,
        answered=answered,
        away=int(last["SuccessfulCall(C)"]) - answered,
        failed=offered - int(last["SuccessfulCall(C)"]),
        rate=_settled_rate(rows, seconds),
        resent=int(last["Retransmissions(C)"]),
    )


def _settled_rate(rows: list[dict[str, str]], seconds: float) -> float:
    times = [(_moment(row), int(row["GenericCounter1(C)"])) for row in rows]
    begun = times[0][0]
    counted = [(at - begun, number) for at, number in times if SETTLE <= at - begun <= seconds + 0.5]
    (start, before), (end, after) = counted[0], counted[-1]
    return (after - before) / (end - start)


def _moment(row: dict[str, str]) -> float:
    """Seconds since the epoch: the last of the three ways in which SIPp tells a time."""
    return float(row["CurrentTime"].split("\t")[-1])


@contextmanager
def _sipp(
    address: str, *, rate: float, calls: int, domain: str, hold: int
) -> "Iterator[tuple[subprocess.Popen[bytes], Path]]":
    with tempfile.TemporaryDirectory(prefix="hookflash-bench-") as folder:
        told = Path(folder) / "stat.csv"
        command = ["taskset", "-c", str(LOAD_CORE), "sipp", "-sf", str(SCENARIO), "-nostdin", "-i", HERE, "-s", "bench"]
        command += ["-key", "domain", domain, "-r", f"{rate:.0f}", "-m", str(calls), "-l", str(MOST_AT_ONCE)]
        command += ["-d", str(hold), "-trace_stat", "-stf", str(told), "-fd", "1", "-default_behaviors", "all,-bye"]
        command += ["-timeout", f"{calls / rate + hold / 1_000 + PATIENCE:.0f}", address]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        try:
            yield process, told
        finally:
            process.kill()
            process.wait()


@contextmanager
def bare_answers() -> Iterator[Measured]:
    """The floor: SIPp's own server, which answers and keeps nothing; its address is `ready["sip"]`."""
    port = free_port()
    command = ["taskset", "-c", SERVER_CORE, "sipp", "-sn", "uas", "-nostdin", "-i", HERE, "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield Measured(process, {"sip": f"{HERE}:{port}"})
    finally:
        process.kill()
        process.wait()
