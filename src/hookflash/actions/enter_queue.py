"""A call enters a queue, is taken from it, and leaves it: its row says what REST shows."""

from hookflash.domain.call import Call
from hookflash.domain.queue import USUAL_SIZE, Member, Queue
from hookflash.domain.sids import make_sid
from hookflash.store.store import Tx


async def find_queue(tx: Tx, account_sid: str, name: str) -> Queue | None:
    """The queue of that name; None when there is none."""
    return await tx.one(Queue, "queues.by_name", account_sid=account_sid, friendly_name=name)


async def enter_queue(tx: Tx, call: Call, name: str, *, max_size: int | None, now: int) -> tuple[Queue, Member | None]:
    """The queue of that name, made if there is none, and the place of `call` at its end; None: the queue is full.

    A queue that is made holds `max_size`; in one that is there `call` finds room only if it holds fewer than that.
    """
    queue = await find_queue(tx, call.account_sid, name)
    if queue is None:
        queue = Queue(
            account_sid=call.account_sid,
            sid=make_sid("QU", now),
            friendly_name=name,
            max_size=max_size or USUAL_SIZE,
            date_created=now,
            date_updated=now,
        )
        await tx.insert("queues", queue)
    held = await tx.value("queues.held", account_sid=call.account_sid, queue_sid=queue.sid)
    if held >= min(queue.max_size, max_size or queue.max_size):
        return queue, None
    member = Member(
        account_sid=call.account_sid,
        queue_sid=queue.sid,
        place=await tx.value("queues.next_place", account_sid=call.account_sid, queue_sid=queue.sid),
        call_sid=call.sid,
        entered_at=now,
    )
    await tx.insert("queue_members", member)
    return queue, member


async def take_from_queue(tx: Tx, member: Member, taken_by: str | None) -> None:
    """It is about to be joined with the call `taken_by`; None: that call is gone, and it waits on in its place."""
    await tx.run(
        "queues.take",
        account_sid=member.account_sid,
        call_sid=member.call_sid,
        taken_by=taken_by,
    )


async def leave_queue(tx: Tx, account_sid: str, call_sid: str) -> None:
    """The call waits no more, wherever it does."""
    await tx.run("queues.leave", account_sid=account_sid, call_sid=call_sid)
