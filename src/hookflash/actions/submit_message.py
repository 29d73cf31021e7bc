"""A message leaves: from its turn in the queue to what the carrier said.

`begin_submit` makes the submits of due jobs, `finish_submit` and its sisters end them. Between the two the message is
"sending"; if the process dies there, the job comes up again and the carrier may see the message twice. That window,
and only that one, can make a duplicate.
"""

import msgspec

from hookflash.carriers.carrier import OutboundMessage, Receipt, Submitted
from hookflash.domain.account import Account, AccountStatus
from hookflash.domain.clock import SECOND
from hookflash.domain.message import DEFAULT_VALIDITY, Message, MessageStatus
from hookflash.errors import Code
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Tx

from .apply_receipt import apply_receipt_to
from .move_message import move_message

_S = MessageStatus


class Submit(msgspec.Struct, frozen=True):
    """A job with what a carrier needs to know."""

    job: Job
    message: Message
    on_net: bool  #: the recipient is a number of this platform
    media_urls: tuple[str, ...]


async def load_message(tx: Tx, job: Job) -> Message | None:
    """The message a job is about; None when it was deleted meanwhile."""
    return await tx.one(Message, "messages.by_id", account_sid=job.account_sid, id=job.subject[2:])


async def begin_submits(tx: Tx, jobs: list[Job], *, now: int, media_base: str) -> list[Submit]:
    """Turn leased jobs into submits; those whose message must not leave any more end here."""
    submits = []
    for job in jobs:
        message = await load_message(tx, job)
        if message is None or message.status not in (_S.QUEUED, _S.SENDING):
            await outbox.finish(tx, job)
        elif await _suspended(tx, message):
            await _fail(tx, job, message, Code.ACCOUNT_SUSPENDED, now)
        elif now > message.date_created + _validity(message) * SECOND + _scheduled_delay(message):
            await _fail(tx, job, message, Code.EXPIRED, now)
        else:
            if message.status is _S.QUEUED:
                await move_message(tx, message, _S.SENDING, now=now, sentence="Handed to a carrier")
            on_net = bool(await tx.value("numbers.is_ours", number=message.recipient))
            submits.append(Submit(job, message, on_net, await _media(tx, message, media_base)))
    return submits


def outbound(submit: Submit) -> OutboundMessage:
    """The message as a carrier sees it."""
    message = submit.message
    return OutboundMessage(
        sid=message.sid,
        account_sid=message.account_sid,
        sender=message.sender or "",
        recipient=message.recipient,
        body=message.body,
        media_urls=submit.media_urls,
        validity=_validity(message),
    )


async def finish_submit(tx: Tx, submit: Submit, carrier: str, answer: Submitted, *, now: int) -> None:
    """The carrier has taken the message."""
    message = submit.message
    message.carrier = carrier
    await move_message(
        tx, message, _S.SENT, now=now, sentence=f"{carrier} took it", kind="carrier", data=_answer_data(answer)
    )
    for part, carrier_id in enumerate(answer.ids):
        await tx.run(
            "carriers.add_part",
            carrier=carrier,
            carrier_id=carrier_id,
            account_sid=message.account_sid,
            message_id=message.id,
            part=part,
            now=now,
        )
        early = await tx.value("carriers.early_receipt", carrier=carrier, carrier_id=carrier_id)
        if early is not None:
            await tx.run("carriers.drop_early_receipt", carrier=carrier, carrier_id=carrier_id)
            await apply_receipt_to(tx, message, msgspec.json.decode(early, type=Receipt), now=now)
    await outbox.finish(tx, submit.job)


async def refuse_submit(tx: Tx, submit: Submit, carrier: str, error_code: int, reason: str, *, now: int) -> None:
    """No carrier will take the message: it failed."""
    submit.message.carrier = carrier
    await move_message(tx, submit.message, _S.FAILED, now=now, sentence=reason, error_code=error_code, kind="carrier")
    await outbox.finish(tx, submit.job)


async def postpone_submit(tx: Tx, submit: Submit, reason: str, *, retry_at: int, now: int) -> None:
    """No carrier can take the message now: it goes back to the queue."""
    await move_message(tx, submit.message, _S.QUEUED, now=now, sentence=reason, kind="carrier")
    await outbox.postpone(tx, submit.job, retry_at)


async def _fail(tx: Tx, job: Job, message: Message, code: Code, now: int) -> None:
    await move_message(tx, message, _S.FAILED, now=now, sentence=code.sentence, error=code)
    await outbox.finish(tx, job)


async def _suspended(tx: Tx, message: Message) -> bool:
    account = await tx.one(Account, "accounts.by_sid", sid=message.account_sid)
    return account is None or account.status is not AccountStatus.ACTIVE


async def _media(tx: Tx, message: Message, base: str) -> tuple[str, ...]:
    if not message.num_media:
        return ()
    rows = await tx.all(_MediaSid, "media.sids", account_sid=message.account_sid, parent_sid=message.sid)
    path = f"/2010-04-01/Accounts/{message.account_sid}/Messages/{message.sid}/Media/"
    return tuple(f"{base}{path}{row.sid}" for row in rows)


class _MediaSid(msgspec.Struct):
    sid: str


def _validity(message: Message) -> int:
    return message.options.validity_period if message.options else DEFAULT_VALIDITY


def _scheduled_delay(message: Message) -> int:
    send_at = message.options.send_at if message.options else None
    return send_at - message.date_created if send_at is not None else 0


def _answer_data(answer: Submitted) -> dict[str, object]:
    return {"ids": answer.ids, "detail": answer.detail}
