"""What the audio of a conference costs the whole server, when it is a `<Conference>` that phones come to over SIP."""

import os
import subprocess
import urllib.request
from pathlib import Path

from benchmarks import programs
from benchmarks.answering import DOMAIN, make_domain
from benchmarks.audio import SECONDS, Audio, read_delays
from benchmarks.callers import HERE
from benchmarks.server import LOAD_CORE, Measured, hookflash, peers

MOST = 250  #: participants: as many as a conference may have


def measure(count: int = MOST) -> Audio:
    """`count` phones in one conference, who talk all at once, and then one after the other, for the delays.

    Raises RuntimeError when one of them is not in it.
    """
    with peers() as (_, application), hookflash() as server:
        make_domain(server, f"http://{HERE}:{application}/conference")
        before = server.resident()
        command = ["taskset", "-c", str(LOAD_CORE), programs.path("conference"), server.ready["sip"], DOMAIN]
        with subprocess.Popen([*command, str(count), str(SECONDS)], stdout=subprocess.PIPE, text=True) as phones:
            assert phones.stdout is not None
            phones.stdout.readline()  # they talk
            if (there := _gauge(server, "hookflash_calls_live")) != count:
                raise RuntimeError(f"{there} of {count} phones are in the conference")
            memory = (server.resident() - before) / count / 1_000
            sent, late = (_gauge(server, _packets(what)) for what in ("sent", "late"))
            cpu = _media_seconds(server)
            phones.stdout.readline()  # they have talked
            share = (_media_seconds(server) - cpu) / SECONDS / count * 100 * 100
            sent = _gauge(server, _packets("sent")) - sent
            late = _gauge(server, _packets("late")) - late
            voice = read_delays(phones.stdout.read())["room"]
    late_share = 100 * late / max(sent, 1)
    return Audio(calls=count, share=share, p50=voice.p50, p99=voice.p99, late=late_share, memory=memory)


def _media_seconds(server: Measured) -> float:
    """CPU seconds of the threads that carry audio."""
    ticks = 0
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        if (task / "comm").read_text().startswith("media-"):
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _packets(what: str) -> str:
    return f'hookflash_rtp_packets_total{{what="{what}"}}'


def _gauge(server: Measured, name: str) -> float:
    """A figure of /metrics."""
    with urllib.request.urlopen(f"{server.ready['api']}/metrics") as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(name + " "):
                return float(line.rpartition(" ")[2])
    raise RuntimeError(f"/metrics has no {name}")
