"""What the audio of calls costs, and when it comes: the switch's `media_bench`, kind by kind, and `delays`."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import programs
from benchmarks.server import LOAD_CORE, SERVER_CORE

SECONDS = 5  #: of audio that count
_NUMBERS = re.compile(
    r"(?P<calls>\d+) calls: +[\d.]+ % of a core, +(?P<share>[\d.]+) % per 100 calls.*"
    r"p50 (?P<p50>[\d.]+) ms, p99 (?P<p99>[\d.]+) ms"
)
_DELAYS = re.compile(r"(?P<kind>\w+): (?P<times>\d+) times, p50 (?P<p50>[\d.]+) ms, p99 (?P<p99>[\d.]+) ms")
_COUNTS = re.compile(r"late (?P<late>[\d.]+) %, latest tick (?P<latest>[\d.]+) ms, (?P<memory>[\d.]+) kB a leg")


@dataclass(frozen=True)
class Audio:
    """One kind of calls, so many at once."""

    calls: int
    share: float  #: % of a core for 100 of them
    p50: float  #: ms from phone to phone
    p99: float
    late: float  #: % of the packets that left more than 20 ms after their time
    memory: float  #: kB of a leg


@dataclass(frozen=True)
class Delay:
    """How long something takes, ms."""

    times: int
    p50: float
    p99: float


def read_delays(output: str) -> dict[str, Delay]:
    """Delays by what they are of, as the examples of the switch print them."""
    found = _DELAYS.finditer(output)
    return {one["kind"]: Delay(int(one["times"]), float(one["p50"]), float(one["p99"])) for one in found}


def delays() -> dict[str, Delay]:
    """How soon a key is told (`key`), and a voice heard through a room (`room`)."""
    command = ["taskset", "-c", str(LOAD_CORE), programs.path("delays")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        _pin(process.pid, "media-0")
        return read_delays(process.communicate()[0])


def measure(kind: str, legs: int) -> Audio:
    """`kind` is floor, ivr, relay or mix. Raises RuntimeError when what comes back cannot be read."""
    command = ["taskset", "-c", str(LOAD_CORE), programs.path("media_bench"), str(legs), str(SECONDS), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        _pin(process.pid, "floor" if kind == "floor" else "media-0")
        output = process.communicate()[0]
    numbers, counts = _NUMBERS.search(output), _COUNTS.search(output)
    if numbers is None or (counts is None and kind != "floor"):
        raise RuntimeError(f"media_bench said: {output}")
    late, memory = (float(counts["late"]), float(counts["memory"])) if counts else (0.0, 0.0)
    one = {name: float(numbers[name]) for name in ("share", "p50", "p99")}
    return Audio(calls=int(numbers["calls"]), late=late, memory=memory, **one)


def _pin(pid: int, thread: str) -> None:
    """Put a thread on the core that is measured; its phones stay on the other one."""
    for _ in range(200):
        for task in Path(f"/proc/{pid}/task").iterdir():
            if (task / "comm").read_text().strip() == thread:
                os.sched_setaffinity(int(task.name), {int(SERVER_CORE)})
                return
        time.sleep(0.01)
    raise RuntimeError(f"there is no thread {thread}")
