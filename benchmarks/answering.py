"""What an answered call costs: the switch alone, and the whole path from INVITE by webhook and TwiML to the answer."""

import base64
import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks import programs
from benchmarks.callers import HERE, Calls, bare_answers, call, callers
from benchmarks.server import SERVER_CORE, Measured, free_port, hookflash, peers

DOMAIN = "bench.localhost"
WARM_UP = (20.0, 3.0)  #: calls a second, seconds: strangers may send little, and the first call makes them known
SECONDS = 5.0  #: of a load whose calls are counted
OVERLOAD = 1.2
MORE = 1.5  #: times what was carried is offered next
WORTH_IT = 1.1  #: times as many must be answered for another try
HELD = 1_000  #: calls at once, for the memory of one
HELD_RATE = 250.0  #: a second
HELD_AT_RATE = 200.0  #: for the whole path
QUIET = 1.0  #: s until what a load left behind is done


@dataclass(frozen=True)
class Answering:
    """Figures of one way to answer calls."""

    cpu: float  #: ms of CPU a call
    floor: float  #: ms
    carried: float  #: calls a second on one core
    goodput: float  #: share of `carried` that is still answered when more than that are offered
    overloaded: Calls
    memory: float  #: kB a call that is held


def switch_alone(*, asked: float) -> Answering:
    """The switch with an exchange that answers at once; `asked` is the rate at which a call's CPU is measured."""
    return _measure(_switch, HERE, asked, held_at=HELD_RATE)


def whole_path(*, asked: float) -> Answering:
    """The whole server, whose application is on the other core."""
    return _measure(_server, DOMAIN, asked, held_at=HELD_AT_RATE)


def _measure(
    start: Callable[[], AbstractContextManager[Measured]], domain: str, asked: float, *, held_at: float
) -> Answering:
    with bare_answers() as sipp:
        floor, _ = _cpu(sipp, asked, HERE)
    with start() as measured:
        memory = _memory(measured, held_at, domain)
    with start() as measured:
        cpu, seen = _cpu(measured, asked, domain)
        carried = _most(measured, seen, domain)
    with start() as measured:  # another: nothing is left of calls that were too many
        overloaded = call(measured.ready["sip"], rate=carried * OVERLOAD, seconds=SECONDS, domain=domain)
    return Answering(cpu, floor, carried, overloaded.rate / carried, overloaded, memory)


def _cpu(measured: Measured, rate: float, domain: str) -> tuple[float, Calls]:
    """ms of CPU that a call takes."""
    before = measured.cpu()
    seen = call(measured.ready["sip"], rate=rate, seconds=SECONDS, domain=domain)
    time.sleep(QUIET)
    return (measured.cpu() - before) / seen.answered * 1_000, seen


def _most(measured: Measured, seen: Calls, domain: str) -> float:
    """The most calls a second that are answered: more and more are offered until that does not help."""
    most = 0.0
    while seen.rate > most * WORTH_IT:
        most = seen.rate
        seen = call(measured.ready["sip"], rate=most * MORE, seconds=SECONDS, domain=domain)
        time.sleep(QUIET)
    return max(most, seen.rate)


def _memory(measured: Measured, rate: float, domain: str) -> float:
    """kB that each of `HELD` calls takes."""
    before = measured.resident()
    seconds = HELD / rate
    with callers(measured.ready["sip"], rate=rate, seconds=seconds, domain=domain, hold=60_000):
        time.sleep(seconds + QUIET)
        return (measured.resident() - before) / HELD / 1_000


@contextmanager
def _switch() -> Iterator[Measured]:
    command = ["taskset", "-c", SERVER_CORE, programs.path("answer"), str(free_port())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        switch = Measured(process, {"sip": process.stdout.readline().decode().strip()})
        _warm_up(switch, HERE)
        yield switch
    finally:
        process.kill()
        process.wait()


@contextmanager
def _server() -> Iterator[Measured]:
    with peers() as (_, application), hookflash() as server:
        make_domain(server, f"http://{HERE}:{application}/voice")
        _warm_up(server, DOMAIN)
        yield server


def _warm_up(measured: Measured, domain: str) -> None:
    rate, seconds = WARM_UP
    seen = call(measured.ready["sip"], rate=rate, seconds=seconds, domain=domain)
    if seen.answered < seen.offered:
        raise RuntimeError(f"a few calls were not all answered: {seen}")


def make_domain(server: Measured, voice_url: str) -> None:
    """A SIP domain that this machine may call."""
    domain = _post(server, "SIP/Domains", DomainName=DOMAIN, VoiceUrl=voice_url)
    lists = _post(server, "SIP/IpAccessControlLists", FriendlyName="here")
    addresses = f"SIP/IpAccessControlLists/{lists['sid']}/IpAddresses"
    _post(server, addresses, FriendlyName="here", IpAddress=HERE, CidrPrefixLength="32")
    mappings = f"SIP/Domains/{domain['sid']}/Auth/Calls/IpAccessControlListMappings"
    _post(server, mappings, IpAccessControlListSid=lists["sid"])


def _post(server: Measured, path: str, **form: str) -> dict[str, Any]:
    ready = server.ready
    url = f"{ready['api']}/2010-04-01/Accounts/{ready['account_sid']}/{path}.json"
    login = base64.b64encode(f"{ready['account_sid']}:{ready['auth_token']}".encode()).decode()
    request = urllib.request.Request(url, urlencode(form).encode(), {"Authorization": f"Basic {login}"})
    with urllib.request.urlopen(request) as answer:
        made: dict[str, Any] = json.load(answer)
        return made
