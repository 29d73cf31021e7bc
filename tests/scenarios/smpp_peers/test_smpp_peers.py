"""Our SMPP against other people's: Kannel's driver, and the npm package smpp at either end."""

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from tests.unit.carriers.smpp_support import Sink, message, until

from hookflash.carriers.carrier import CarrierBusyError
from hookflash.carriers.smpp import SmppCarrier
from hookflash.carriers.smpp_config import SmppConfig
from hookflash.domain.clock import VirtualClock

HERE = Path(__file__).parent
DRIVE_SMPP = "/usr/lib/kannel/test/drive_smpp"  # Debian's kannel-extras
SMSBOX_PORT = 13001  # where drive_smpp wants to find a bearerbox; built into it
PATIENCE = 60  # s, before a peer that says nothing has failed the test


@pytest.fixture(scope="session")
def node() -> str:
    """The node interpreter, with the packages of package-lock.json beside the scripts."""
    program = shutil.which("node")
    assert program, "the tests need node"
    if not (HERE / "node_modules" / "smpp").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True)
    return program


class Peer:
    """A program that prints what it sees, a JSON value to a line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.seen: list[dict[str, Any]] = []

    async def says(self, key: str) -> Any:
        """The value of the next thing it prints that has this key."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := await self.process.stdout.readline():
                self.seen.append(json.loads(line))
                if key in self.seen[-1]:
                    return self.seen[-1][key]
        raise AssertionError(f"the peer ended without a word of {key}; it said {self.seen}")


@asynccontextmanager
async def running(*command: str) -> AsyncIterator[Peer]:
    process = await asyncio.create_subprocess_exec(*command, cwd=HERE, stdout=asyncio.subprocess.PIPE)
    try:
        yield Peer(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@asynccontextmanager
async def bound(port: int, sink: Sink, **options: Any) -> AsyncIterator[SmppCarrier]:
    """A carrier with all its binds on `port`."""
    options = {"host": "127.0.0.1", "port": port, "system_id": "hookflash", "password": "sesame"} | options
    carrier = SmppCarrier("peer", msgspec.convert(options, SmppConfig), sink, VirtualClock(), Random(1))
    await carrier.start()
    async with asyncio.timeout(PATIENCE):
        await until(lambda: carrier.state()["bound"] == carrier.state()["binds"])
    try:
        yield carrier
    finally:
        await carrier.close(5_000)


async def receipts(sink: Sink, count: int) -> list[tuple[str, str, int | None]]:
    async with asyncio.timeout(PATIENCE):
        heard = [await sink.receipts.get() for _ in range(count)]
    return [(receipt.carrier_id, receipt.status, receipt.error_code) for receipt in heard]


@pytest.mark.parametrize("form", ["text", "tlv"])
async def test_a_node_centre_sends_receipts_in_every_order(node: str, form: str) -> None:
    """By text and by TLV: at once, late, doubled, failed, before the answer, and one after that of a later message."""
    sink = Sink()
    async with running(node, "smsc.js") as smsc, bound(await smsc.says("port"), sink) as carrier:
        for words, count, expected in [
            (f"{form}", 1, ("delivered", None)),
            (f"{form} late", 1, ("delivered", None)),
            (f"{form} doubled", 2, ("delivered", None)),
            (f"{form} failed", 1, ("undelivered", 30008)),
            (f"{form} early", 1, ("delivered", None)),
        ]:
            (carrier_id,) = (await carrier.submit(message(f"{words}: text"))).ids
            assert await receipts(sink, count) == [(carrier_id, *expected)] * count
        first = await carrier.submit(message(f"{form} held: text"))
        second = await carrier.submit(message(f"{form}: text"))
        assert [carrier_id for carrier_id, _, _ in await receipts(sink, 2)] == [*second.ids, *first.ids]
        assert carrier.state()["sink_failures"] == 0


async def test_a_node_centre_that_writes_ids_in_two_ways_is_understood(node: str) -> None:
    """Hexadecimal in the answer, decimal in the receipt: found out, or configured."""
    sink = Sink()
    async with running(node, "smsc.js") as smsc:
        port = await smsc.says("port")
        for ids in ("auto", "hex/decimal"):
            async with bound(port, sink, ids=ids) as carrier:
                submitted = await carrier.submit(message("hex: text"))
                assert await receipts(sink, 1) == [(submitted.ids[0], "delivered", None)]


async def test_a_node_centre_reads_what_we_write(node: str) -> None:
    """GSM-7, UCS-2, parts with headers, and message_payload arrive as they were meant; a reply comes back."""
    sink = Sink()
    async with running(node, "smsc.js") as smsc:
        port = await smsc.says("port")
        async with bound(port, sink) as carrier:
            await carrier.submit(message("text: {€} é"))
            submit = await smsc.says("submit_sm")
            assert (submit["from"], submit["to"]) == ("15550001111", "15550002222")
            assert submit["body"] == "text: {€} é"
            await carrier.submit(message("text: привет \U0001f600"))
            assert (await smsc.says("submit_sm"))["body"] == "text: привет \U0001f600"
            await carrier.submit(message("text: " + "a" * 200))
            parts = [await smsc.says("submit_sm") for _ in range(2)]
            assert "".join(part["body"] for part in parts) == "text: " + "a" * 200
            assert [part["udh"][-4:] for part in parts] == ["0201", "0202"]
            await carrier.submit(message("reply:Sí, ¿qué?"))
            async with asyncio.timeout(PATIENCE):
                reply = await sink.messages.get()
            assert (reply.sender, reply.recipient, reply.body) == ("+15550002222", "+15550001111", "Sí, ¿qué?")
        assert await smsc.says("unbind")
        async with bound(port, sink, joining="payload") as carrier:
            await carrier.submit(message("text: " + "b" * 200))
            assert (await smsc.says("submit_sm"))["body"] == "text: " + "b" * 200


async def test_a_node_centre_that_throttles_is_busy(node: str) -> None:
    """ESME_RTHROTTLED of another implementation is the same to us."""
    async with running(node, "smsc.js") as smsc, bound(await smsc.says("port"), Sink(), bind="pair") as carrier:
        with pytest.raises(CarrierBusyError, match="ESME_RTHROTTLED"):
            await carrier.submit(message("throttled: text"))


async def test_kannels_driver_delivers_takes_our_submits_and_is_unbound() -> None:
    """drive_smpp plays the centre for a transmitter and a receiver: deliver_sm, enquire_link, submit_sm, unbind."""
    count = 20
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # It also wants to be the smsbox of a bearerbox, and gives up all its work when there is none to connect to.
    async with idle_bearerbox() as connected:
        process = await asyncio.create_subprocess_exec(
            DRIVE_SMPP, "-v", "1", "-p", str(port), "-m", str(count),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        async with bound(port, sink, bind="pair", system_type="VMA") as carrier:
            async with asyncio.timeout(PATIENCE):
                texts = [await sink.messages.get() for _ in range(count)]
            assert [text.body for text in texts] == [str(number) for number in range(1, count + 1)]
            assert {(text.sender, text.recipient) for text in texts} == {("456", "123")}
            submitted = await asyncio.gather(*(carrier.submit(message(f"reply {n}")) for n in range(count)))
            assert {each.ids for each in submitted} == {()}  # it answers without an id
            async with asyncio.timeout(PATIENCE):
                await connected.wait()
        async with asyncio.timeout(PATIENCE):
            output, _ = await process.communicate()
    log = output.decode()
    assert process.returncode == 0, log
    assert f"Number of messages sent to ESME: {count}" in log
    assert f"Number of messages sent to SMSC: {count}" in log
    assert "ERROR" not in log


@asynccontextmanager
async def idle_bearerbox() -> AsyncIterator[asyncio.Event]:
    """Something that accepts the connection of an smsbox, and has nothing for it; the event tells that it came."""
    connected = asyncio.Event()

    class Box(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            connected.set()

    server = await asyncio.get_running_loop().create_server(Box, "127.0.0.1", SMSBOX_PORT)
    try:
        yield connected
    finally:
        server.close()
        await server.wait_closed()
