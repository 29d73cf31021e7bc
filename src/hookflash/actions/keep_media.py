"""The media of a message have been fetched, or could not be: rows for those that are here, and the next step."""

import msgspec

from hookflash.domain.media import Media
from hookflash.domain.message import Direction, Message, MessageStatus
from hookflash.domain.sids import make_sid
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Tx
from hookflash.webhooks.outcome import Attempt

from .answer_message import record_attempts
from .load_message import load_message
from .move_message import move_message
from .raise_alert import raise_alert
from .receive_message import finish_receiving

_OPEN = {MessageStatus.QUEUED, MessageStatus.RECEIVING}


class Fetch(msgspec.Struct, frozen=True):
    """A job with the message whose media it fetches."""

    job: Job
    message: Message


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """One medium, here."""

    content_type: str
    size: int  #: bytes
    digest: str


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """One medium that could not be had, and why."""

    code: int
    sentence: str
    attempt: Attempt | None = None


async def begin_fetches(tx: Tx, jobs: list[Job]) -> list[Fetch]:
    """Load the messages of jobs; those that need their media no more end here."""
    fetches = []
    for job in jobs:
        message = await load_message(tx, job)
        if message is None or message.status not in _OPEN:
            await outbox.finish(tx, job)
        else:
            fetches.append(Fetch(job, message))
    return fetches


async def keep_media(
    tx: Tx, fetch: Fetch, fetched: list[Fetched], missing: list[Missing], attempts: tuple[Attempt, ...], *, now: int
) -> None:
    """Keep what was fetched. An outgoing message with a medium missing has failed; an incoming one goes without it."""
    job, message = fetch.job, fetch.message
    current = await load_message(tx, job)
    if current is None or current.status is not message.status:
        await outbox.finish(tx, job)
        return
    await record_attempts(tx, message.sid, message.account_sid, attempts, now=now)
    for each in missing:
        await raise_alert(
            tx, message, level="error", code=each.code, sentence=each.sentence, now=now, attempt=each.attempt
        )
    if missing and message.direction is not Direction.INBOUND:
        first = missing[0]
        await move_message(tx, message, MessageStatus.FAILED, now=now, sentence=first.sentence, error_code=first.code)
        await outbox.finish(tx, job)
        return
    for medium in fetched:
        await tx.insert(
            "media",
            Media(
                account_sid=message.account_sid,
                parent_sid=message.sid,
                sid=make_sid("ME", now),
                content_type=medium.content_type,
                size=medium.size,
                digest=medium.digest,
                date_created=now,
                date_updated=now,
            ),
        )
    if message.direction is not Direction.INBOUND:
        await outbox.renew(tx, job, queue="submit", due_at=now)
        return
    if missing:
        await tx.run("messages.set_num_media", account_sid=message.account_sid, id=message.id, num_media=len(fetched))
    await finish_receiving(tx, job, message, now=now)


async def drop_media(tx: Tx, rows: list[Media], *, now: int) -> None:
    """Their rows go, and then the files that no other row names."""
    for row in rows:
        await tx.run("media.delete", account_sid=row.account_sid, parent_sid=row.parent_sid, sid=row.sid)
        await outbox.add(tx, "unlink", row.sid, account_sid=row.account_sid, due_at=now, payload=row.digest)
