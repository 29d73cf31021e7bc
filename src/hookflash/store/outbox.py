"""The outbox: consequences that are still to be done, as rows beside what they follow from.

A worker *leases* due rows: their due time moves to the end of the lease, so that the work of a crashed worker comes up
again by itself. Rows that name a *lane* are done one at a time, in the order in which they were added: only the head
of a lane has a due time, those behind it are parked, and finishing the head brings up the next.

A worker that cannot do a row now may set it *aside*, under a name: it waits without a due time until rows of that name
are taken back.
"""

from typing import Any

import msgspec

from .store import Tx

PARKED = 1 << 62  #: added to the due time of a row that waits for an earlier one of its lane
LEASE = 120_000  #: ms; a worker that still runs leases its rows again when they run out


class Job(msgspec.Struct):
    """A row of the outbox."""

    id: int
    queue: str
    due_at: int
    lane: str | None
    account_sid: str
    subject: str
    payload: str
    attempts: int
    leased: int  #: how many times since it was last given back: 0 when it is not, 2 or more when a lease ran out


async def add(
    tx: Tx, queue: str, subject: str, *, account_sid: str, due_at: int, payload: Any = None, lane: str | None = None
) -> None:
    """Have the workers of `queue` do something about `subject` (a SID) at `due_at` (ms since the epoch)."""
    if lane is not None and await tx.value("outbox.lane_head", lane=lane) is not None:
        due_at += PARKED
    await tx.run(
        "outbox.add",
        queue=queue,
        due_at=due_at,
        lane=lane,
        account_sid=account_sid,
        subject=subject,
        payload=msgspec.json.encode(payload).decode(),
    )
    tx.publish(queue)


async def claim(tx: Tx, queue: str, *, now: int, limit: int) -> list[Job]:
    """Lease up to `limit` due rows of `queue`, oldest due first."""
    jobs = await tx.all(Job, "outbox.claim", queue=queue, now=now, until=now + LEASE, limit=limit)
    jobs.sort(key=lambda job: job.id)
    return jobs


async def finish(tx: Tx, job: Job) -> None:
    """The work of `job` is done: drop the row, bring up the next of its lane."""
    await tx.run("outbox.drop", id=job.id)
    if job.lane is not None:
        await _bring_up(tx, job.lane)


async def postpone(tx: Tx, job: Job, due_at: int) -> None:
    """Do the work of `job` again at `due_at`; its lane waits."""
    await tx.run("outbox.postpone", id=job.id, due_at=due_at)
    tx.publish(job.queue)


async def set_aside(tx: Tx, job: Job, name: str) -> None:
    """Let `job` wait until rows of `name` are taken back; its lane waits too."""
    await tx.run("outbox.set_aside", id=job.id, queue=f"{job.queue}@{name}")


async def take_back(tx: Tx, queue: str, name: str, *, limit: int) -> int:
    """Up to `limit` rows of `queue` that were set aside under `name` are due, the oldest first. Returns how many."""
    taken = await tx.run("outbox.take_back", queue=queue, aside=f"{queue}@{name}", limit=limit)
    if taken:
        tx.publish(queue)
    return taken


async def renew(tx: Tx, job: Job, *, queue: str, due_at: int, payload: Any = None) -> None:
    """The work of `job` goes on as another piece, in `queue`: the row keeps its place in its lane."""
    text = msgspec.json.encode(payload).decode()
    await tx.run("outbox.renew", id=job.id, queue=queue, due_at=due_at, payload=text)
    tx.publish(queue)


async def withdraw(tx: Tx, queue: str, subject: str) -> None:
    """Drop what `queue` still has to do about `subject`."""
    for job in await tx.all(Job, "outbox.of_subject", queue=queue, subject=subject):
        await finish(tx, job)


async def next_due(tx: Tx, queue: str) -> int | None:
    """When the next row of `queue` is due, or None when none is."""
    due: int | None = await tx.value("outbox.next_due", queue=queue)
    return None if due is None or due >= PARKED else due


async def release_all(tx: Tx, now: int) -> int:
    """On start, when nobody else can hold a lease: what was leased or set aside is due. Returns how many leases."""
    await tx.run("outbox.take_back_all")
    return await tx.run("outbox.release_all", now=now)


async def _bring_up(tx: Tx, lane: str) -> None:
    queue = await tx.value("outbox.bring_up", lane=lane, parked=PARKED)
    if queue is not None:
        tx.publish(queue)
