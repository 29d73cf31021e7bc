"""Workers: waking, bounds, breaking work, long work, stopping."""

import asyncio
from pathlib import Path

import apsw
import pytest
from tests.unit.runtime.runtime_support import QUEUE, Diary, World, eventually
from tests.unit.store.store_support import FaultyDisk, opened

from hookflash.domain.clock import MINUTE
from hookflash.runtime.worker import LONGEST_PAUSE, retry_delay
from hookflash.store import outbox
from hookflash.store.bus import LocalBus
from hookflash.store.outbox import LEASE, Job
from hookflash.store.store import Tx


class BrokenError(Exception):
    """What work of these tests raises."""


async def test_work_is_done_as_soon_as_it_is_there(world: World, diary: Diary) -> None:
    """What was queued before the start, and what comes while the worker rests, is performed at once."""

    async def perform(job: Job) -> None:
        await world.finish(job)
        diary.note(job.subject)

    await world.add("SM1")
    async with world.working(perform):
        assert await diary.next() == "SM1"
        await world.add("SM2")
        assert await diary.next() == "SM2"
    assert await world.left() == []


async def test_work_waits_for_its_due_time_on_any_clock(world: World, diary: Diary) -> None:
    """A row that is due next week is performed when the clock has jumped there, not before."""

    async def perform(job: Job) -> None:
        await world.finish(job)
        diary.note(job.subject)

    week = 7 * 24 * 60 * MINUTE
    await world.add("later", delay=week)
    await world.add("now")
    async with world.working(perform):
        assert await diary.next() == "now"
        world.clock.jump(week - MINUTE)
        await world.add("then")
        assert await diary.next() == "then"
        world.clock.jump(MINUTE)
        assert await diary.next() == "later"


async def test_a_lane_is_performed_one_after_another(world: World, diary: Diary) -> None:
    """Two rows of a lane are never under way together, however much room there is."""
    under_way = 0

    async def perform(job: Job) -> None:
        nonlocal under_way
        under_way += 1
        assert under_way == 1
        await asyncio.sleep(0)
        under_way -= 1
        await world.finish(job)
        diary.note(job.subject)

    await world.add(*(f"SM{number}" for number in range(20)), lane="a>b")
    async with world.working(perform):
        assert await diary.take(20) == [f"SM{number}" for number in range(20)]


async def test_no_more_is_under_way_than_the_limit(world: World, diary: Diary) -> None:
    """Beyond its limit a worker leases nothing; each piece that ends makes room for one."""
    go_on = asyncio.Semaphore(0)

    async def perform(job: Job) -> None:
        diary.note(job.subject)
        await go_on.acquire()
        await world.finish(job)

    await world.add(*(f"SM{number}" for number in range(7)))
    async with world.working(perform, limit=3) as worker:
        await diary.take(3)
        assert worker.busy == 3
        for _ in range(4):
            go_on.release()
            await diary.next()
            assert worker.busy <= 3
        for _ in range(3):
            go_on.release()


async def test_broken_work_comes_up_again_later_each_time(world: World, diary: Diary) -> None:
    """Work that raises is tried again after a pause that doubles; the others go on meanwhile."""

    async def perform(job: Job) -> None:
        diary.note(f"{job.subject} {job.attempts}")
        if job.subject == "bad" and job.attempts < 4:
            raise BrokenError
        await world.finish(job)

    async with world.working(perform):
        await world.add("bad")
        for attempt in range(1, 4):
            assert await diary.next() == f"bad {attempt}"
            await world.add("good")
            assert await diary.next() == "good 1"
            await postponed(world)
            world.clock.jump(retry_delay(attempt))
        assert await diary.next() == "bad 4"


async def postponed(world: World) -> None:
    """Wait until the only row is leased by nobody."""

    async def is_given_back() -> bool:
        due = await world.store.read(outbox.next_due, QUEUE)
        return due is not None and due < world.clock.now() + LEASE / 2

    await eventually(is_given_back)


def test_the_pause_has_a_bound() -> None:
    """1 s, 2 s, 4 s … and never more than ten minutes."""
    assert [retry_delay(attempts) for attempts in (1, 2, 3, 4)] == [1_000, 2_000, 4_000, 8_000]
    assert {retry_delay(attempts) for attempts in (11, 50, 10_000)} == {LONGEST_PAUSE}


async def test_work_that_cannot_be_begun_holds_nobody_up(world: World, diary: Diary) -> None:
    """`begin` may raise over one row: the others of its lease are begun, that one is tried again later."""

    async def begin(tx: Tx, jobs: list[Job]) -> list[Job]:
        for job in jobs:
            if job.subject == "bad" and job.attempts == 1:
                raise BrokenError
        return jobs

    async def perform(job: Job) -> None:
        await world.finish(job)
        diary.note(job.subject)

    await world.add("SM1", "bad", "SM2")
    async with world.working(perform, begin=begin):
        assert sorted(await diary.take(2)) == ["SM1", "SM2"]
        await postponed(world)
        world.clock.jump(retry_delay(1))
        assert await diary.next() == "bad"


async def test_work_longer_than_its_lease_is_not_done_twice(world: World, diary: Diary) -> None:
    """A row whose lease runs out while its work is under way is leased again, and not begun again."""
    go_on = asyncio.Event()

    async def perform(job: Job) -> None:
        diary.note(job.subject)
        if job.subject == "long":
            await go_on.wait()
        await world.finish(job)

    await world.add("long")
    async with world.working(perform):
        assert await diary.next() == "long"
        for _ in range(3):
            world.clock.jump(LEASE)
            await world.add("short")
            assert await diary.next() == "short"
        go_on.set()
        await eventually(world.is_empty)
        assert diary.entries.count("long") == 1


async def test_work_that_goes_on_as_another_piece_is_begun_again_at_once(world: World, diary: Diary) -> None:
    """A row that its own work renews comes up though that work is only just ending."""

    async def perform(job: Job) -> None:
        if job.payload == "null":
            await world.store.write(outbox.renew, job, queue=QUEUE, due_at=0, payload="second")
        else:
            await world.finish(job)
        diary.note(job.payload)

    async with world.working(perform):
        for _ in range(20):
            await world.add("SM1")
            assert await diary.take(2) == ["null", '"second"']


async def test_a_paused_worker_leases_nothing(world: World, diary: Diary) -> None:
    """While paused nothing is begun; afterwards everything is."""

    async def perform(job: Job) -> None:
        await world.finish(job)
        diary.note(job.subject)

    async with world.working(perform) as worker:
        worker.pause()
        await world.add("SM1", "SM2")
        assert await world.left() == ["SM1", "SM2"]
        worker.resume()
        assert sorted(await diary.take(2)) == ["SM1", "SM2"]


async def test_stop_finishes_what_is_under_way(world: World, diary: Diary) -> None:
    """Within its grace work ends as usual, and nothing new is begun."""
    go_on = asyncio.Event()

    async def perform(job: Job) -> None:
        diary.note(job.subject)
        await go_on.wait()
        await world.finish(job)

    await world.add("SM1", "SM2", "SM3")
    async with world.working(perform, limit=2) as worker:
        await diary.take(2)
        stopping = asyncio.create_task(worker.stop(5_000))
        await asyncio.sleep(0)
        go_on.set()
        await stopping
    assert await world.left() == ["SM3"]


async def test_what_does_not_end_in_time_comes_up_at_the_next_start(world: World, diary: Diary) -> None:
    """Work that outlasts the grace is cancelled, and its row is due again once leases are released."""

    async def hang(job: Job) -> None:
        diary.note(job.subject)
        await asyncio.Event().wait()

    async def perform(job: Job) -> None:
        await world.finish(job)
        diary.note(f"again {job.subject}")

    await world.add("SM1")
    async with world.working(hang) as worker:
        await diary.next()
        await worker.stop(1)
    assert await world.store.write(outbox.release_all, world.clock.now()) == 1
    async with world.working(perform):
        assert await diary.next() == "again SM1"


@pytest.mark.parametrize("fault", [apsw.FullError, apsw.IOError])
async def test_a_store_that_fails_is_asked_again(fault: type[apsw.Error], tmp_path: Path, diary: Diary) -> None:
    """While the disk is full nothing is leased; when it has room again the work is done, without a restart."""
    disk, bus = FaultyDisk(), LocalBus()
    async with opened(tmp_path, bus=bus, vfs=disk.vfs_name) as store:
        world = World(store, bus)

        async def perform(job: Job) -> None:
            await world.finish(job)
            diary.note(job.subject)

        await world.add("SM1")
        disk.fault = fault
        async with world.working(perform):

            async def has_failed() -> bool:
                return disk.faults > 0

            async def is_done() -> bool:
                world.clock.jump(1_000)  # for so long the worker rests before it asks again
                return bool(diary.entries)

            await eventually(has_failed)
            disk.fault = None
            await eventually(is_done)
        assert diary.entries == ["SM1"]
