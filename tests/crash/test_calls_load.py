"""Many calls: what they use is given back; and when the exchange hangs, callers are told to try later."""

import asyncio
import re
from contextlib import suppress
from pathlib import Path

from tests.crash.calls import Stage, stage
from tests.crash.phone import Phone, phone

from hookflash.switch import protocol
from hookflash.switch.switch import Switch
from hookflash.switch.switch_leg import SwitchLeg

CALLS = 400
RATE = 80  # a second


async def said_by_sipp(*args: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *("sipp", *args), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    return said.decode(errors="replace")


async def sipp(scene: Stage, file: Path, domain: str, calls: int) -> str:
    """Have SIPp make so many calls of half a second, by its own scenario; what it says at the end."""
    usual = await said_by_sipp("-sd", "uac")
    file.write_text(usual.replace("sip:[service]@[remote_ip]:[remote_port]", f"sip:shop@{domain}"))
    how = f"-m {calls} -r {RATE} -d 500 -i 127.0.0.1 -nostdin -timeout 60".split()
    return await said_by_sipp(scene.server.ready["sip"], "-sf", str(file), *how)


def descriptors(scene: Stage) -> int:
    """How many the server has open, but for TCP: connections to the application are kept for the next request."""
    process = Path(f"/proc/{scene.server.pid}")
    lines = process.joinpath("net/tcp").read_text().splitlines()[1:]
    kept = {f"socket:[{line.split()[9]}]" for line in lines}
    held = 0
    for descriptor in process.joinpath("fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held += str(descriptor.readlink()) not in kept
    return held


async def gauge(scene: Stage, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", await scene.metrics(), re.MULTILINE)
    assert found is not None, name
    return float(found[1])


async def at_rest(scene: Stage) -> None:
    """Until no call, leg or event is left."""
    async with asyncio.timeout(45):
        for name in ("hookflash_calls_live", 'hookflash_legs{kind="sip"}', 'hookflash_legs{kind="with audio"}'):
            while await gauge(scene, name):
                pass  # asking takes time enough
    assert await gauge(scene, "hookflash_switch_events") == 0


async def test_calls_leave_nothing_behind(tmp_path: Path) -> None:
    """Legs, sockets and descriptors of hundreds of calls are given back, and every call is final."""
    async with stage(tmp_path) as scene:
        domain = await scene.domain("wait")
        file = tmp_path / "uac.xml"
        await sipp(scene, file, domain, 40)
        await at_rest(scene)
        before = descriptors(scene)
        said = await sipp(scene, file, domain, CALLS)
        assert re.search(rf"Successful call +\| +\d+ +\| +{CALLS}\b", said), said[-2_000:]
        await at_rest(scene)
        assert descriptors(scene) <= before + 2


async def test_a_loop_that_hangs_turns_callers_away(tmp_path: Path) -> None:
    """While nobody takes events new calls get 503 with Retry-After; later every event is there, and calls are taken."""
    config = protocol.SwitchConfig(sip_port=0, tls_port=-1, rtp_ports=(37_000, 37_999), threads=1, lag_ms=50)
    switch = Switch(config)
    switch.tell(protocol.Configure(domains=[protocol.Domain(name="127.0.0.1", networks=["127.0.0.1/32"])]))
    server = switch.addresses["udp"]
    invited: list[str] = []

    def take(leg: SwitchLeg, event: protocol.Invited) -> None:
        invited.append(event.call_id)
        leg.tell(protocol.Reject(leg=leg.number, status=486))

    switch.invited = take
    try:
        taken, answer = await call_until(server, "503")
        assert "\r\nRetry-After: " in answer
        switch.start()
        await call_until(server, "486")
        assert invited[: len(taken)] == [made.call_id for made in taken]
        assert switch.stats()["turned_away"] >= 1
    finally:
        switch.close()


async def call_until(server: str, status: str) -> tuple[list[Phone], str]:
    """Call again and again until that is the answer; the phones that got another, and that answer."""
    others: list[Phone] = []
    async with asyncio.timeout(20):
        while True:
            async with phone(server, "127.0.0.1") as made:
                made.invite()
                answer = await made.says("SIP/2.0 ")
                if answer.startswith("SIP/2.0 100") and status == "486":
                    answer = await made.says("SIP/2.0 486")
                if answer.startswith(f"SIP/2.0 {status}"):
                    return others, answer
                others.append(made)
