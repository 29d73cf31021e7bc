"""The server is killed at random moments, again and again; nothing that it accepted is lost.

The judges are the ledgers of the message centre and of the application, never the server's own tables.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from tests.crash.ledger import LedgerReader
from tests.crash.processes import Serving, free_port, peer, serving, until

KILLS = 26
MESSAGES = 1_000
TEXTS = 150
KILLS_WITH_TEXTS = 12
LONGEST_LIFE = 0.8  # s from being up to being killed
WINDOW = 0.5  # s around a kill: what the centre notes then was under way, and may be submitted again
CLIENTS = 8

CONFIG = """
[carriers.acme]
kind = "smpp"
host = "127.0.0.1"
port = {port}
system_id = "hookflash"
password = "sesame"
window = 50
incoming_id_tag = 0x1400

[[routes]]
carrier = "acme"
"""


@dataclass
class Client:
    """Posts messages while the server is up, and knows which were accepted."""

    server: Serving
    status_url: str
    total: int
    accepted: dict[str, str] = field(default_factory=dict)  # text -> SID
    posted: int = 0
    up: asyncio.Event = field(default_factory=asyncio.Event)
    allowed: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def run(self) -> None:
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(self._post_on(session) for _ in range(CLIENTS)))

    async def _post_on(self, session: aiohttp.ClientSession) -> None:
        while len(self.accepted) < self.total:
            await self.allowed.acquire()
            await self.up.wait()
            self.posted += 1
            text = f"message {self.posted}"
            form = {
                "From": "+14155550100",
                "To": f"+1415777{self.posted % 97:04}",
                "Body": text,
                "StatusCallback": self.status_url,
            }
            url = f"{self.server.account}/Messages.json"
            try:
                async with session.post(url, data=form, headers=self.server.login) as answer:
                    assert answer.status == 201, await answer.text()
                    self.accepted[text] = (await answer.json())["sid"]
            except (aiohttp.ClientError, ConnectionError):
                self.allowed.release()  # killed under it: whether it was accepted, nobody was told


async def live_and_die(server: Serving, random: Random, times: int, client: Client | None = None) -> list[float]:
    """Kill the server so many times at random moments; returns when that was. It is up at the end."""
    kills = []
    for _ in range(times):
        if client is not None:
            client.up.set()
            for _ in range(client.total // times + 1):
                client.allowed.release()
        await asyncio.sleep(random.uniform(0, LONGEST_LIFE))  # the moment is the point of the test
        if client is not None:
            client.up.clear()
        kills.append(time.time())
        await server.kill()
        await server.start()
    if client is not None:
        client.up.set()
        for _ in range(client.total):
            client.allowed.release()
    return kills


def duplicates_out_of_the_window(submitted: list[dict[str, Any]], kills: list[float]) -> tuple[int, list[str]]:
    """How many texts a centre got more than once, and which of them without a kill at the time of the one before."""
    times: dict[str, list[float]] = {}
    for entry in submitted:
        times.setdefault(entry["text"], []).append(entry["at"])
    doubled = {text: moments for text, moments in times.items() if len(moments) > 1}
    unexplained = [
        text
        for text, moments in doubled.items()
        for first, second in pairwise(moments)
        if not any(abs(kill - first) <= WINDOW and kill < second for kill in kills)
    ]
    return len(doubled), unexplained


async def test_nothing_accepted_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    """A thousand messages, 26 kills: each one accepted reaches the carrier, is delivered, and called back for."""
    smsc_port, sink_port = free_port(), free_port()
    centre, application = LedgerReader(tmp_path / "smsc.ledger"), LedgerReader(tmp_path / "sink.ledger")
    async with (
        peer("tests.crash.smsc", smsc_port, tmp_path / "smsc.ledger", 0),
        peer("tests.crash.sink", sink_port, tmp_path / "sink.ledger"),
        serving(tmp_path, CONFIG.format(port=smsc_port)) as server,
    ):
        client = Client(server, f"http://127.0.0.1:{sink_port}/status", MESSAGES)
        async with asyncio.timeout(80):
            _, kills = await asyncio.gather(client.run(), live_and_die(server, Random(7), KILLS, client))
        wanted = {(sid, status) for sid in client.accepted.values() for status in ("sent", "delivered")}

        def called_back() -> set[tuple[str, str]]:
            return {(entry["sid"], entry["status"]) for entry in application.of("callback")}

        try:
            await until(lambda: wanted <= called_back(), 60, "every callback")
        finally:
            missing = wanted - called_back()
            assert not missing, f"{len(missing)} callbacks are missing, such as {sorted(missing)[:3]}"
        submitted = centre.of("submitted")
        assert set(client.accepted) <= {entry["text"] for entry in submitted}
        doubled, unexplained = duplicates_out_of_the_window(submitted, kills)
        assert unexplained == []
        statuses = await statuses_of(server, list(client.accepted.values()))
        assert statuses == {"delivered": len(client.accepted)}
        print(f"{len(client.accepted)} accepted of {client.posted} posted, {len(kills)} kills, {doubled} sent twice")


async def statuses_of(server: Serving, sids: list[str]) -> Counter[str]:
    """How many messages the API says to be in each status."""
    found: Counter[str] = Counter()
    async with aiohttp.ClientSession() as session:
        for sid in sids:
            async with session.get(f"{server.account}/Messages/{sid}.json", headers=server.login) as answer:
                found[(await answer.json())["status"]] += 1
    return found


async def test_a_text_that_was_acknowledged_is_received_and_answered_once(tmp_path: Path) -> None:
    """Texts come in while the server is killed: each becomes one message, whose document is run once."""
    smsc_port, sink_port = free_port(), free_port()
    centre, application = LedgerReader(tmp_path / "smsc.ledger"), LedgerReader(tmp_path / "sink.ledger")
    async with (
        peer("tests.crash.sink", sink_port, tmp_path / "sink.ledger"),
        serving(tmp_path, CONFIG.format(port=smsc_port)) as server,
    ):
        await answer_texts_at(server, f"http://127.0.0.1:{sink_port}/sms")
        async with peer("tests.crash.smsc", smsc_port, tmp_path / "smsc.ledger", TEXTS):
            kills = await live_and_die(server, Random(11), KILLS_WITH_TEXTS)
            replies = {f"reply to text {number}" for number in range(TEXTS)}

            def answered() -> set[str]:
                return {entry["text"] for entry in centre.of("submitted")}

            await until(lambda: replies <= answered(), 60, "every reply")
            names = {f"text-{number}" for number in range(TEXTS)}
            await until(lambda: names <= {entry["name"] for entry in centre.of("acknowledged")}, 30, "every answer")
        sids: dict[str, set[str]] = {}
        for entry in application.of("asked"):
            sids.setdefault(entry["text"], set()).add(entry["sid"])
        assert {text: len(found) for text, found in sids.items()} == {f"text {n}": 1 for n in range(TEXTS)}
        doubled, unexplained = duplicates_out_of_the_window(centre.of("submitted"), kills)
        assert unexplained == []
        print(f"{TEXTS} texts, {len(kills)} kills, {doubled} replies sent twice")


async def answer_texts_at(server: Serving, url: str) -> None:
    """Have the first number's texts answered by the application at `url`."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{server.account}/IncomingPhoneNumbers.json", headers=server.login) as answer:
            numbers = (await answer.json())["incoming_phone_numbers"]
        (number,) = [row for row in numbers if row["phone_number"] == "+14155550100"]
        place = f"{server.account}/IncomingPhoneNumbers/{number['sid']}.json"
        async with session.post(place, data={"SmsUrl": url}, headers=server.login) as answer:
            assert answer.status == 200, await answer.text()
