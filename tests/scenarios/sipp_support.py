"""SIPp as the other side of a trunk: gateways that answer in one way or another, and callers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

HOST = "127.0.0.1"

_HEAD = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="peer">\n'
_ECHO = """[last_Via:]
[last_From:]
[last_To:];tag=peer[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
"""
_SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=peer 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
"""


def free_port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((HOST, 0))
        port: int = one.getsockname()[1]
        return port


def _answer(status: str, body: str = "Content-Length: 0\n\n") -> str:
    return f"<send><![CDATA[\n\nSIP/2.0 {status}\n{_ECHO}{body}]]></send>\n"


def _request(method: str, rest: str = "") -> str:
    return f'<recv request="{method}" {rest}></recv>\n'


def refusing(status: str) -> str:
    """A gateway that refuses each call, such as with `503 Service Unavailable`."""
    return _HEAD + _request("INVITE") + _answer(status) + _request("ACK") + "</scenario>"


def answering() -> str:
    """A gateway where a phone rings and is answered; the other side hangs up."""
    steps = (
        _request("INVITE"),
        _answer("180 Ringing"),
        _answer("200 OK", _SDP),
        _request("ACK"),
        _request("BYE"),
        _answer("200 OK"),
    )
    return _HEAD + "".join(steps) + "</scenario>"


def granting(method: str) -> str:
    """A peer that says 200 to each request of a method: OPTIONS, REGISTER."""
    return _HEAD + _request(method) + _answer("200 OK") + "</scenario>"


@asynccontextmanager
async def peer(directory: Path, scenario: str, *, calls: int = 0) -> AsyncIterator[int]:
    """SIPp on a free port, which is yielded, with a scenario of its own; it has ended once the block has."""
    port = free_port()
    file = directory / f"peer-{port}.xml"
    file.write_text(scenario, encoding="utf-8")
    limit = ["-m", str(calls)] if calls else []
    process = await asyncio.create_subprocess_exec(
        *("sipp", "-sf", str(file), "-i", HOST, "-p", str(port), "-mp", str(free_port()), "-nostdin"),
        *("-trace_msg", "-message_file", str(directory / f"messages-{port}.log"), *limit),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=directory,
    )
    try:
        await _listens(port)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def call(directory: Path, port: int, *, caller: str, callee: str, status: int, domain: str = "") -> bool:
    """SIPp calls `callee` at our `port` and expects the final answer `status`; whether it got it."""
    request = f"""<send retrans="500"><![CDATA[

INVITE sip:{callee}@{domain or "[remote_ip]:[remote_port]"} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{caller}@[local_ip]>;tag=[call_number]
To: <sip:{callee}@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:{caller}@[local_ip]:[local_port]>
Max-Forwards: 70
{_SDP}]]></send>
<recv response="100" optional="true"></recv>
<recv response="180" optional="true"></recv>
<recv response="{status}" rtd="true"></recv>
"""
    ack = _in_dialog("ACK", callee, caller)
    end = ack + _request("BYE") + _answer("200 OK").replace(";tag=peer[call_number]", "") if status == 200 else ack
    file = directory / f"caller-{free_port()}.xml"
    file.write_text(_HEAD + request + end + "</scenario>", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *("sipp", f"{HOST}:{port}", "-sf", str(file), "-i", HOST, "-p", str(free_port()), "-mp", str(free_port())),
        *("-m", "1", "-nostdin", "-timeout", "15s", "-timeout_error"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=directory,
    )
    return await process.wait() == 0


def _in_dialog(method: str, callee: str, caller: str) -> str:
    return f"""<send><![CDATA[

{method} sip:{callee}@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
From: <sip:{caller}@[local_ip]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 {method}
Max-Forwards: 70
Content-Length: 0

]]></send>
"""


async def _listens(port: int) -> None:
    """Return once somebody has the UDP port."""
    async with asyncio.timeout(20):
        while True:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                try:
                    probe.bind((HOST, port))
                except OSError:
                    return
            await asyncio.sleep(0.02)
