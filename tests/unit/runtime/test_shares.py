"""A host that hangs holds its share of the work, and no more."""

import asyncio
from collections import defaultdict

import pytest
from tests.unit.runtime.runtime_support import Diary, World, eventually

from hookflash.runtime.shares import Shares, host_of_url
from hookflash.runtime.worker import itself
from hookflash.store import outbox
from hookflash.store.outbox import Job

SHARE = 4


class Hosts:
    """Hosts whose webhooks end when the test says so."""

    def __init__(self, world: World, diary: Diary) -> None:
        self.world = world
        self.diary = diary
        self.busy: defaultdict[str, int] = defaultdict(int)
        self.most: defaultdict[str, int] = defaultdict(int)
        self.open: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(0))
        self.shares: Shares[Job] = Shares(
            store=world.store, perform=self.answer, job_of=itself, host_of=host_of, share=SHARE
        )

    async def answer(self, job: Job) -> None:
        host = host_of(job)
        self.busy[host] += 1
        self.most[host] = max(self.most[host], self.busy[host])
        try:
            await self.open[host].acquire()
            await self.world.finish(job)
            self.diary.note(job.subject)
        finally:
            self.busy[host] -= 1

    async def are_full(self) -> bool:
        return self.busy["hung"] == SHARE

    def release(self, host: str, count: int) -> None:
        for _ in range(count):
            self.open[host].release()


def host_of(job: Job) -> str:
    return job.subject.partition(" ")[0]


async def test_a_hanging_host_does_not_hold_up_another(world: World, diary: Diary) -> None:
    """With a thousand webhooks for a host that hangs, another host's get out while it still hangs."""
    hosts = Hosts(world, diary)
    hosts.release("quick", 50)
    await world.add(*(f"hung {number}" for number in range(1_000)))
    async with world.working(hosts.shares.perform, limit=10):
        await world.add(*(f"quick {number}" for number in range(50)))
        assert len(await diary.take(50)) == 50
        assert {entry.partition(" ")[0] for entry in diary.entries} == {"quick"}
        assert hosts.most["hung"] == SHARE
    assert len(await world.left()) == 1_000


async def test_what_was_set_aside_is_done_when_the_host_answers(world: World, diary: Diary) -> None:
    """Nothing set aside is forgotten, and a host never gets more than its share."""
    hosts = Hosts(world, diary)
    await world.add(*(f"slow {number}" for number in range(60)))
    async with world.working(hosts.shares.perform, limit=50):
        hosts.release("slow", 60)
        assert len(set(await diary.take(60))) == 60
    assert hosts.most["slow"] <= SHARE
    assert await world.left() == []


async def test_work_that_breaks_gives_its_place_back(world: World, diary: Diary) -> None:
    """A webhook whose end raises frees its place like any other."""
    failed = set()

    async def break_once(job: Job) -> None:
        if job.id not in failed:
            failed.add(job.id)
            raise OSError("the test says so")
        await world.finish(job)
        diary.note(job.subject)

    shares: Shares[Job] = Shares(store=world.store, perform=break_once, job_of=itself, host_of=host_of, share=2)
    await world.add(*(f"host {number}" for number in range(12)))
    async with world.working(shares.perform):

        async def done() -> bool:
            world.clock.jump(60_000)
            return await world.is_empty()

        await eventually(done)
    assert len(set(diary.entries)) == 12


async def test_a_restart_takes_back_what_was_set_aside(world: World, diary: Diary) -> None:
    """The rows of a host that hung until the stop are due at the next start."""
    hosts = Hosts(world, diary)
    await world.add(*(f"hung {number}" for number in range(30)))
    async with world.working(hosts.shares.perform, limit=50):
        await eventually(hosts.are_full)
    await world.store.write(outbox.release_all, world.clock.now())
    hosts.release("hung", 30)
    async with world.working(hosts.shares.perform, limit=50):
        assert len(set(await diary.take(30))) == 30


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://user:secret@App.Example.test:8443/path?x#rc=2", "app.example.test:8443"),
        ("http://app.example.test/", "app.example.test"),
        ("http://[::1]:80/", "[::1]:80"),
        ("nonsense", "nonsense"),
    ],
)
def test_whom_a_url_is_for(url: str, host: str) -> None:
    """Host and port, as they are connected to: neither the path nor who logs in."""
    assert host_of_url(url) == host
