"""A message leaves: from its turn in the queue to what the carrier said.

`begin_submits` makes the submits of due jobs, `finish_submit` and its sisters end them. Between the two the message is
"sending"; if the process dies there, the job comes up again and the carrier may see the message twice. That window,
and only that one, can make a duplicate; of two answers to one message the first counts.
"""

from collections.abc import Callable

import msgspec

from hookflash.carriers.carrier import CarrierRefusedError, OutboundMessage, Receipt, Submitted
from hookflash.domain.account import Account, AccountStatus
from hookflash.domain.clock import MINUTE, SECOND
from hookflash.domain.media import Media
from hookflash.domain.message import DEFAULT_VALIDITY, Message, MessageStatus
from hookflash.domain.service import SenderKind, Service, ServiceSender
from hookflash.errors import Code
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Tx

from .apply_receipt import apply_receipt_to
from .best_sender import best_sender
from .load_message import load_message
from .move_message import IllegalMoveError, move_message, update_message_row
from .queue_for_carrier import UNLIMITED, queue_for_carrier

_S = MessageStatus
LONGEST_PAUSE = 1 * MINUTE  #: between two tries of a message that carriers are too busy for
TOLD_TRIES = 20  #: of one message that the timeline tells of


class Submit(msgspec.Struct, frozen=True):
    """A job with what a carrier needs to know."""

    job: Job
    message: Message
    on_net: bool  #: the recipient is a number of this platform
    media_urls: tuple[str, ...]


async def begin_submits(tx: Tx, jobs: list[Job], *, now: int, link: Callable[[str], str]) -> list[Submit]:
    """Turn leased jobs into submits; those whose message must not leave any more end here.

    `link` makes a URL of the path of a medium.
    """
    submits = []
    for job in jobs:
        message = await load_message(tx, job)
        if message is None or message.status not in (_S.QUEUED, _S.SENDING):
            await outbox.finish(tx, job)
        elif await _suspended(tx, message):
            await _fail(tx, job, message, Code.ACCOUNT_SUSPENDED, now)
        elif now > (_send_at(message) or message.date_created) + _validity(message) * SECOND:
            await _fail(tx, job, message, Code.EXPIRED, now)
        else:
            if message.status is _S.QUEUED:
                told = "Handed to a carrier" if job.attempts <= TOLD_TRIES else ""
                await move_message(tx, message, _S.SENDING, now=now, sentence=told)
            on_net = bool(await tx.value("numbers.is_ours", number=message.recipient))
            submits.append(Submit(job, message, on_net, await _media(tx, message, link)))
    return submits


def outbound(submit: Submit, *, carries_media: bool) -> OutboundMessage:
    """The message as a carrier sees it: with its media, or with links to them where its service allows that.

    Raises CarrierRefusedError (30011) when it can be neither.
    """
    message = submit.message
    body, media_urls = message.body, submit.media_urls
    if media_urls and not carries_media:
        if not (message.options and message.options.mms_converter):
            raise CarrierRefusedError(Code.MMS_UNSUPPORTED.sentence, error_code=Code.MMS_UNSUPPORTED.number)
        body, media_urls = "\n".join(filter(None, (body, *media_urls))), ()
    return OutboundMessage(
        sid=message.sid,
        account_sid=message.account_sid,
        sender=message.sender or "",
        recipient=message.recipient,
        body=body,
        media_urls=media_urls,
        validity=_validity(message),
    )


async def finish_submit(tx: Tx, submit: Submit, carrier: str, answer: Submitted, *, now: int) -> None:
    """The carrier has taken the message."""
    message = submit.message
    message.carrier = carrier
    sentence = f"{carrier} took it"
    data = {"ids": answer.ids, "detail": answer.detail}
    if not await _move(tx, submit, _S.SENT, now=now, sentence=sentence, data=data):
        return
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
    for carrier_id in answer.ids:
        early = await tx.value("carriers.early_receipt", carrier=carrier, carrier_id=carrier_id)
        if early is not None:
            await tx.run("carriers.drop_early_receipt", carrier=carrier, carrier_id=carrier_id)
            await apply_receipt_to(tx, message, msgspec.json.decode(early, type=Receipt), now=now)
    await outbox.finish(tx, submit.job)


async def refuse_submit(tx: Tx, submit: Submit, carrier: str, error_code: int, reason: str, *, now: int) -> None:
    """No carrier will take the message: it failed, unless its service has a long code to fall back to."""
    submit.message.carrier = carrier
    sender = await _long_code(tx, submit.message)
    if sender is not None:
        sentence = f"{reason}; its service tries again from a long code"
        if await _move(tx, submit, _S.QUEUED, now=now, sentence=sentence):
            submit.message.sender = sender
            await update_message_row(tx, submit.message, was=_S.QUEUED)
            await outbox.finish(tx, submit.job)
            await queue_for_carrier(tx, submit.message, now=now, rates=UNLIMITED, fetch=False)
    elif await _move(tx, submit, _S.FAILED, now=now, sentence=reason, error_code=error_code):
        await outbox.finish(tx, submit.job)


async def postpone_submit(tx: Tx, submit: Submit, reason: str, *, retry_after: int, now: int) -> None:
    """No carrier can take the message now: it goes back to the queue for `retry_after` ms, longer at each try."""
    attempts = submit.job.attempts
    told = reason if attempts <= TOLD_TRIES else ""
    if await _move(tx, submit, _S.QUEUED, now=now, sentence=told):
        pause = min(max(LONGEST_PAUSE, retry_after), retry_after * attempts)
        await outbox.postpone(tx, submit.job, now + pause)


async def _move(
    tx: Tx,
    submit: Submit,
    to: MessageStatus,
    *,
    now: int,
    sentence: str,
    error_code: int | None = None,
    data: object = None,
) -> bool:
    """Move the message on, or end the job when another try of it has done so."""
    try:
        await move_message(
            tx, submit.message, to, now=now, sentence=sentence, error_code=error_code, kind="carrier", data=data
        )
    except IllegalMoveError:
        await outbox.finish(tx, submit.job)
        return False
    return True


async def _fail(tx: Tx, job: Job, message: Message, code: Code, now: int) -> None:
    await move_message(tx, message, _S.FAILED, now=now, sentence=code.sentence, error=code)
    await outbox.finish(tx, job)


async def _suspended(tx: Tx, message: Message) -> bool:
    account = await tx.one(Account, "accounts.by_sid", sid=message.account_sid)
    return account is None or account.status is not AccountStatus.ACTIVE


async def _media(tx: Tx, message: Message, link: Callable[[str], str]) -> tuple[str, ...]:
    if not message.num_media:
        return ()
    rows = await tx.all(Media, "media.of_parent", account_sid=message.account_sid, parent_sid=message.sid)
    return tuple(link(row.path) for row in rows)


async def _long_code(tx: Tx, message: Message) -> str | None:
    """The number that a service falls back to when its short code cannot reach someone."""
    if message.service_sid is None or not (message.sender or "").isdigit():
        return None
    key = {"account_sid": message.account_sid}
    service = await tx.one(Service, "services.by_sid", sid=message.service_sid, **key)
    if service is None or not service.fallback_to_long_code:
        return None
    pool = await tx.all(ServiceSender, "services.pool", service_sid=service.sid, **key)
    numbers = [entry for entry in pool if entry.kind is SenderKind.PHONE_NUMBER]
    entry = best_sender(numbers, message.recipient, service, media=bool(message.num_media))
    return entry.sender if entry else None


def _validity(message: Message) -> int:
    return message.options.validity_period if message.options else DEFAULT_VALIDITY


def _send_at(message: Message) -> int | None:
    return message.options.send_at if message.options else None
