"""Queues as REST makes, changes and deletes them."""

from hookflash.domain.queue import REST_SIZE, Queue, SizedQueue
from hookflash.domain.sids import make_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx

from .enter_queue import find_queue


async def create_queue(tx: Tx, account_sid: str, name: str, *, max_size: int | None, now: int) -> SizedQueue:
    """A queue that nobody waits in. Raises ApiError (22003) when there is one of that name."""
    await _check_name(tx, account_sid, name)
    queue = Queue(
        account_sid=account_sid,
        sid=make_sid("QU", now),
        friendly_name=name,
        max_size=max_size or REST_SIZE,
        date_created=now,
        date_updated=now,
    )
    await tx.insert("queues", queue)
    return await _sized(tx, account_sid, queue.sid)


async def update_queue(
    tx: Tx, queue: SizedQueue, *, name: str | None = None, max_size: int | None = None, now: int
) -> SizedQueue:
    """Another name or size; who waits already stays. Raises ApiError (22003)."""
    if name is not None and name != queue.friendly_name:
        await _check_name(tx, queue.account_sid, name)
    await tx.run(
        "queues.update",
        account_sid=queue.account_sid,
        sid=queue.sid,
        friendly_name=name or queue.friendly_name,
        max_size=max_size or queue.max_size,
        now=now,
    )
    return await _sized(tx, queue.account_sid, queue.sid)


async def delete_queue(tx: Tx, queue: SizedQueue) -> None:
    """Raises ApiError (22002) while somebody is in it."""
    if await tx.value("queues.held", account_sid=queue.account_sid, queue_sid=queue.sid):
        raise ApiError(Code.QUEUE_NOT_EMPTY)
    await tx.run("queues.delete", account_sid=queue.account_sid, sid=queue.sid)


async def _check_name(tx: Tx, account_sid: str, name: str) -> None:
    if await find_queue(tx, account_sid, name) is not None:
        raise ApiError(Code.QUEUE_NAME_TAKEN, name=name)


async def _sized(tx: Tx, account_sid: str, sid: str) -> SizedQueue:
    queue = await tx.one(SizedQueue, "queues.by_sid", account_sid=account_sid, sid=sid)
    assert queue is not None, "it was just written"
    return queue
