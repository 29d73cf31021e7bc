"""Who gets into a queue: its rows say, and no race makes them more than its size."""

import asyncio

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.actions.world import START, World

from hookflash.actions.change_queue import create_queue, delete_queue, update_queue
from hookflash.actions.close_lost_calls import close_lost_calls
from hookflash.actions.enter_queue import enter_queue, leave_queue, take_from_queue
from hookflash.domain.call import Call, CallStatus, Direction
from hookflash.domain.queue import Member, SizedQueue
from hookflash.errors import ApiError
from hookflash.store.store import Tx

#: What happens to one of eight calls: it enters, is taken, is given back, leaves; or the queue is made larger.
STEPS = st.lists(st.tuples(st.sampled_from(["enter", "take", "give back", "leave", "resize"]), st.integers(0, 7)))


def call(world: World, number: int) -> Call:
    return Call(
        account_sid=world.account.sid,
        sid=f"CA{number:032}",
        direction=Direction.INBOUND,
        status=CallStatus.IN_PROGRESS,
        sender="+14155551212",
        recipient="+14155550100",
        date_created=START,
        date_updated=START,
    )


async def entered(world: World, number: int, *, max_size: int | None = None, now: int = START) -> Member | None:
    _, member = await world.do(enter_queue, call(world, number), "support", max_size=max_size, now=now)
    return member


async def the_queue(world: World) -> SizedQueue:
    async def read(tx: Tx) -> SizedQueue | None:
        ((sid,),) = await tx.select("SELECT sid FROM queues")
        return await tx.one(SizedQueue, "queues.by_sid", account_sid=world.account.sid, sid=sid)

    found = await world.do(read)
    assert found is not None
    return found


@given(steps=STEPS, size=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_no_queue_holds_more_than_its_size(steps: list[tuple[str, int]], size: int) -> None:
    """Who is about to be joined with somebody, and may come back, counts; who leaves makes room for the next."""

    async def run() -> None:
        world = await World().open()
        most = size
        queue = await world.do(create_queue, world.account.sid, "support", max_size=size, now=START)
        inside: dict[int, Member] = {}
        for what, number in steps:
            member = inside.get(number)
            if what == "enter" and member is None:
                came = await entered(world, number)
                assert (came is None) == (len(inside) >= most)
                if came is not None:
                    assert not inside or came.place > max(each.place for each in inside.values())
                    inside[number] = came
            elif what == "leave":
                await world.do(leave_queue, world.account.sid, call(world, number).sid)
                inside.pop(number, None)
            elif what in ("take", "give back") and member is not None:
                taken_by = "CA" + "f" * 32 if what == "take" else None
                await world.do(take_from_queue, member, taken_by)
                inside[number] = msgspec.structs.replace(member, taken_by=taken_by)
            elif what == "resize":
                most = number + 1
                await world.do(update_queue, queue, max_size=most, now=START)
            shown = await the_queue(world)
            assert shown.current_size == sum(each.taken_by is None for each in inside.values())
        await world.close()

    asyncio.run(run())


async def test_a_smaller_limit_of_the_verb_holds(world: World) -> None:
    """The queue takes a hundred, but a caller who would wait behind two others does not want to."""
    await world.do(create_queue, world.account.sid, "support", max_size=None, now=START)
    assert (await the_queue(world)).max_size == 100
    assert await entered(world, 1)
    assert await entered(world, 2)
    assert await entered(world, 3, max_size=2) is None
    assert await entered(world, 3)


async def test_the_average_is_that_of_who_waits_now(world: World) -> None:
    """In seconds, at the moment of the question; of nobody it is 0."""
    await entered(world, 1, now=START)
    await entered(world, 2, now=START + 10_000)
    assert (await the_queue(world)).average_wait(START + 20_000) == 15
    for number in (1, 2):
        await world.do(leave_queue, world.account.sid, call(world, number).sid)
    assert (await the_queue(world)).average_wait(START + 20_000) == 0


async def test_a_queue_with_somebody_in_it_stays(world: World) -> None:
    """Also while the only one is being taken: they may come back."""
    member = await entered(world, 1)
    assert member is not None
    await world.do(take_from_queue, member, "CA" + "f" * 32)
    queue = await the_queue(world)
    assert queue.current_size == 0
    with pytest.raises(ApiError, match="cannot be deleted"):
        await world.do(delete_queue, queue)


async def test_nobody_waits_in_a_process_that_died(world: World) -> None:
    """The next start finds the queues empty."""
    await entered(world, 1)
    await world.do(close_lost_calls, {}, now=START)
    assert (await the_queue(world)).current_size == 0
    await world.do(delete_queue, await the_queue(world))
