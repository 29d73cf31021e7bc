"""What `hookflash doctor` looks at for calls: speech, the SIP port, ports for audio, trunks, and refused requests."""

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from hookflash.cli.doctor_speech import examine_speech
from hookflash.cli.environment import host_and_port
from hookflash.cli.finding import Finding
from hookflash.own.client import OwnClient
from hookflash.settings import Settings

ANSWER_SECONDS = 2.0
FEW_PORTS = 200  #: a call takes two, for RTP and RTCP
SHOWN = 5  #: refusals
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def examine_machine(settings: Settings) -> Iterator[Finding]:
    """What calls need of this machine."""
    yield from examine_speech(settings)
    yield _audio_ports(settings)


def examine_server(ready: dict[str, Any], client: OwnClient) -> Iterator[Finding]:
    """What the running server says of SIP. Raises ServerError."""
    if ready.get("sip"):
        yield _sip_port(ready["sip"])
    for trunk in client.get("trunks")["trunks"]:
        yield from _trunk(trunk)
    known = {trunk["name"] for trunk in client.get("trunks")["trunks"]} | {"simulated"}
    for route in client.get("call-routes")["call_routes"]:
        if route["trunk"] not in known:
            said = f"calls to {route['prefix'] or 'every number'} go to {route['trunk']}"
            yield Finding("call route", said, "There is no such trunk.")
    phones = client.get("sip", "registrations")["registrations"]
    yield Finding("phones", f"{len(phones)} registered")
    yield from _refused(client.get("sip", "refused")["refused"])


def _audio_ports(settings: Settings) -> Finding:
    match = re.fullmatch(r"([0-9]{1,5})-([0-9]{1,5})", settings.rtp_ports)
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1_024 <= first < last < 65_536:
        return Finding("audio ports", settings.rtp_ports, "Write rtp_ports as 20000-29999, from 1024 to 65535.")
    said = f"{settings.rtp_ports}: room for {(last - first + 1) // 2} calls; they must be open for UDP"
    if last - first < FEW_PORTS:
        return Finding("audio ports", said, "Take a wider range: each call takes two ports.")
    low, high = _ephemeral_ports()
    if first <= high and low <= last:
        cure = f"This machine gives {low}-{high} to any program: take a range outside, so that ports are free."
        return Finding("audio ports", said, cure)
    return Finding("audio ports", said)


def _ephemeral_ports() -> tuple[int, int]:
    try:
        low, high = EPHEMERAL.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0, 0  # not known here
    return int(low), int(high)


def _sip_port(address: str) -> Finding:
    host, port = host_and_port(address)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(ANSWER_SECONDS)
        try:
            line.connect((host, port))
            own_host, own_port = line.getsockname()[:2]
            line.send(_options(f"{host}:{port}", f"{own_host}:{own_port}"))
            answer = line.recv(4_096).split(b"\r\n")[0].decode(errors="replace")
        except OSError as error:
            cure = "Is the server still running, and is UDP let through? Start it again: `hookflash serve`."
            return Finding("sip", f"{address}: {error}", cure)
    return Finding("sip", f"{address} answers OPTIONS with {answer.removeprefix('SIP/2.0 ')}")


def _options(address: str, own: str) -> bytes:
    lines = (
        f"OPTIONS sip:{address} SIP/2.0",
        f"Via: SIP/2.0/UDP {own};branch=z9hG4bK{token_hex(8)};rport",
        "Max-Forwards: 70",
        f"From: <sip:doctor@{own}>;tag={token_hex(4)}",
        f"To: <sip:{address}>",
        f"Call-ID: {token_hex(8)}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


def _trunk(trunk: dict[str, Any]) -> Iterator[Finding]:
    name, state, config = trunk["name"], trunk["state"] or {}, trunk["config"]
    if config.get("gateways") and not config.get("countries"):
        cure = "Name the `countries` that it may dial, such as US."
        yield Finding(f"trunk {name}", "it may dial no country", cure)
    for gateway in state.get("gateways", []):
        yield _reached(f"trunk {name}", gateway["address"], gateway)
    if state.get("registration") is not None:
        yield _reached(f"trunk {name}", "registration", state["registration"])


def _reached(what: str, where: str, state: dict[str, Any]) -> Finding:
    if state["up"] is None:
        return Finding(what, f"{where}: nothing known yet")
    if state["up"]:
        return Finding(what, f"{where}: up")
    return Finding(what, f"{where}: down since {_time(state['since'])}", state["reason"])


def _refused(refused: list[dict[str, Any]]) -> Iterator[Finding]:
    """The last requests that were refused: news, not faults."""
    for one in refused[:SHOWN]:
        times = f", {one['count']} times" if one["count"] > 1 else ""
        said = f"{one['method']} from {one['source'] or 'here'} got {one['status']}{times} at {_time(one['at'])}"
        yield Finding("refused", f"{said}: {one['why']}")


def _time(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
