"""What a job is about, read anew in each transaction: it may have changed, or gone, since the job was put in."""

from hookflash.domain.message import Message
from hookflash.store.outbox import Job
from hookflash.store.store import Tx


async def load_message(tx: Tx, job: Job) -> Message | None:
    """The message a job is about; None when it was deleted meanwhile."""
    return await tx.one(Message, "messages.by_id", account_sid=job.account_sid, id=job.subject[2:])
