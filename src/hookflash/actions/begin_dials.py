"""The turn of queued calls comes: they leave the queue, and whoever runs calls gets them."""

import msgspec

from hookflash.domain.account import Account, AccountStatus
from hookflash.domain.call import Call, CallStatus
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Tx

from .load_call import load_call
from .move_call import move_call, start_dialling


class Dialling(msgspec.Struct, frozen=True):
    """A call that is to be placed now; its row of the outbox is done with."""

    job: Job
    call: Call


async def begin_dials(tx: Tx, jobs: list[Job], *, now: int) -> list[Dialling]:
    """The calls of `jobs` that are still wanted, each `initiated`.

    From here on a call lives in its process: if that dies, `close_lost_calls` ends it at the next start. A call that
    is still in the queue then is dialled in its turn.
    """
    diallings = []
    for job in jobs:
        call = await load_call(tx, job.account_sid, job.subject)
        if call is not None and call.is_waiting:
            account = await tx.one(Account, "accounts.by_sid", sid=call.account_sid)
            if account is not None and account.status is AccountStatus.ACTIVE:
                await start_dialling(tx, call, now=now)
                diallings.append(Dialling(job, call))
            else:
                await move_call(tx, call, CallStatus.FAILED, now=now, sentence="The account is not active any more")
        await outbox.finish(tx, job)
    return diallings
