"""What can go wrong around a server that runs: each has its sentence in docs/explanation/never-lost.md."""

import asyncio
import re
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.crash.ledger import LedgerReader
from tests.crash.processes import Serving, free_port, peer, serving, until
from tests.crash.test_kill import CONFIG, statuses_of


class Poster:
    """Posts messages, a few at a time."""

    def __init__(self, server: Serving, session: aiohttp.ClientSession, callback: str) -> None:
        self._server = server
        self._session = session
        self._callback = callback
        self._numbers = 0

    async def post(self, **fields: Any) -> tuple[int, dict[str, Any]]:
        """One message; the status of the answer and what it says."""
        self._numbers += 1
        form = {
            "From": "+14155550100",
            "To": f"+1415777{self._numbers % 97:04}",
            "Body": f"message {self._numbers}",
            "StatusCallback": self._callback,
            **fields,
        }
        url = f"{self._server.account}/Messages.json"
        async with self._session.post(url, data=form, headers=self._server.login) as answer:
            return answer.status, await answer.json()

    async def post_many(self, count: int, **fields: Any) -> list[str]:
        """The SIDs of so many messages, all of them accepted."""
        answers = await asyncio.gather(*(self.post(**fields) for _ in range(count)))
        assert {status for status, _ in answers} == {201}
        return [content["sid"] for _, content in answers]


class World:
    """A server, an application, and what the application has heard."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.sink_port = free_port()
        self.smsc_port = free_port()
        self.application = LedgerReader(directory / "sink.ledger")
        self.centre = LedgerReader(directory / "smsc.ledger")

    @property
    def config(self) -> str:
        return CONFIG.format(port=self.smsc_port)

    def smsc(self) -> Any:
        return peer("tests.crash.smsc", self.smsc_port, self.directory / "smsc.ledger", 0)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.sink_port}{path}"

    def told(self, status: str) -> set[str]:
        """The messages whose callbacks of that status have arrived."""
        return {entry["sid"] for entry in self.application.of("callback") if entry["status"] == status}

    async def enter(self, stack: AsyncExitStack, config: str = "", **options: Any) -> tuple[Serving, Poster]:
        """Start the application and the server, until `stack` ends."""
        await stack.enter_async_context(peer("tests.crash.sink", self.sink_port, self.directory / "sink.ledger"))
        server = await stack.enter_async_context(serving(self.directory, config, **options))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        return server, Poster(server, session, self.url("/status"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_full_disk_refuses_and_goes_on_when_there_is_room(world: World) -> None:
    """503 with 20503 and a sentence, nothing half done; with room again all that was accepted is delivered."""
    async with AsyncExitStack() as stack:
        server, poster = await world.enter(stack, file_limit=1_500_000)
        accepted: set[str] = set()
        refused: list[tuple[int, int, str]] = []
        while len(refused) < 40:
            for status, content in await asyncio.gather(*(poster.post(Body="x" * 1_500) for _ in range(20))):
                if status == 201:
                    accepted.add(content["sid"])
                else:
                    refused.append((status, content["code"], content["message"]))
        assert set(refused) == {(503, 20503, "the disk is full; nothing of this was kept")}
        server.lift_file_limit()
        accepted |= set(await poster.post_many(10))
        await until(lambda: accepted <= world.told("sent") & world.told("delivered"), 60, "every callback")
        assert world.told("sent") | world.told("delivered") == accepted, "nobody hears of what was refused"
        assert await server.stop() == 0


@pytest.mark.parametrize("kept", [0, 4096], ids=["no database", "pages lost"])
async def test_a_damaged_data_file_is_refused_with_a_sentence(kept: int, world: World) -> None:
    """The start ends with 1 and says what is wrong; no traceback, and the file is left as it is."""
    async with serving(world.directory) as server:
        await server.stop()
    file = server.data / "hookflash.db"
    content = file.read_bytes()
    damaged = content[:kept] + b"\xff" * (len(content) - kept)
    file.write_bytes(damaged)
    code, said = await server.start_in_vain()
    assert code == 1
    assert said.startswith("hookflash serve: the data file is damaged or not a database")
    assert f"The file is {file}. Restore a backup" in said.replace("\n", " ")
    assert "Traceback" not in said
    assert file.read_bytes() == damaged


async def test_a_second_server_is_told_who_has_the_data(world: World) -> None:
    """It ends with 1 and names the process that holds the directory, which is not disturbed."""
    async with serving(world.directory) as server:
        second = Serving(world.directory, "")
        code, said = await second.start_in_vain()
        assert code == 1
        found = re.search(
            r"is held by another Hookflash server \(process (\d+)\); stop it, or use another --data", said
        )
        assert found, said
        assert int(found[1]) == server.pid
        assert await statuses_of(server, []) == Counter()


async def test_a_hung_webhook_holds_up_no_other_application(world: World) -> None:
    """While 1,200 callbacks wait for a host that never answers, another host's arrive at once."""
    async with AsyncExitStack() as stack:
        _, poster = await world.enter(stack)
        hung_port = free_port()
        hung = LedgerReader(world.directory / "hung.ledger")
        await stack.enter_async_context(peer("tests.crash.sink", hung_port, world.directory / "hung.ledger"))
        await poster.post_many(1_200, StatusCallback=f"http://127.0.0.1:{hung_port}/hang")
        await until(lambda: len(hung.of("hung")) >= 50, 10, "some callbacks hang")
        wanted = set(await poster.post_many(5))
        await until(lambda: wanted <= world.told("sent") & world.told("delivered"), 5, "the others' callbacks")
        assert len(hung.of("hung")) <= 100, "no more hang than one host may have"


async def test_messages_outlive_a_carrier_that_vanishes(world: World) -> None:
    """What the carrier had not taken is sent when it is back; what may not wait so long fails, and says so."""
    async with AsyncExitStack() as stack:
        _, poster = await world.enter(stack, world.config)
        async with world.smsc():
            first = set(await poster.post_many(50))
            await until(lambda: first <= world.told("delivered"), 15, "the first messages are delivered")
            during = set(await poster.post_many(200))
        after = set(await poster.post_many(50))
        brief = set(await poster.post_many(1, To="+14158880000", ValidityPeriod="2"))
        await until(lambda: brief <= world.told("failed"), 20, "the brief one has failed")
        async with world.smsc():
            # Receipts that the first centre still owed died with it.
            await until(lambda: during <= world.told("sent"), 30, "those under way are sent")
            await until(lambda: after <= world.told("delivered"), 30, "the later ones are delivered")


async def test_a_graceful_stop_finishes_what_it_holds(world: World) -> None:
    """SIGTERM with messages in flight: it ends with 0, and after the next start each was sent exactly once."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(world.smsc())
        server, poster = await world.enter(stack, world.config)
        sids = set()
        for _ in range(3):
            sids |= set(await poster.post_many(100))
            assert await server.stop() == 0
            await server.start()
        await until(lambda: sids <= world.told("sent") & world.told("delivered"), 20, "every callback")
        texts = Counter(entry["text"] for entry in world.centre.of("submitted"))
        assert len(texts) == 300
        assert set(texts.values()) == {1}, "none was sent twice"
        assert await statuses_of(server, sorted(sids)) == {"delivered": 300}
