"""An accepted or scheduled message gets its turn: its messaging service chooses the sender.

The sender that was asked for goes first, then the one that the recipient knows, then the best of the pool.
"""

import msgspec

from hookflash.domain.account import Account
from hookflash.domain.message import Message, MessageStatus
from hookflash.domain.service import Service, ServiceSender
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Tx

from .best_sender import best_sender
from .load_message import load_message
from .move_message import move_message, update_message_row
from .queue_for_carrier import SenderRates, queue_for_carrier
from .send_message import check_recipient, is_opted_out, segments

_S = MessageStatus


async def release_accepted(tx: Tx, jobs: list[Job], *, now: int, rates: SenderRates) -> list[Job]:
    """Give each due message its sender and queue it; what cannot be sent has failed, with the code that says why."""
    for job in jobs:
        message = await load_message(tx, job)
        if message is not None and message.status in (_S.ACCEPTED, _S.SCHEDULED):
            try:
                await _release(tx, message, now=now, rates=rates)
            except ApiError as error:
                await move_message(
                    tx, message, _S.FAILED, now=now, sentence=error.message, error_code=_delivery_code(error.code)
                )
        await outbox.finish(tx, job)
    return []


async def _release(tx: Tx, message: Message, *, now: int, rates: SenderRates) -> None:
    account = await tx.one(Account, "accounts.by_sid", sid=message.account_sid)
    service = await tx.one(Service, "services.by_sid", account_sid=message.account_sid, sid=message.service_sid)
    if account is None or service is None:
        raise ApiError(Code.NO_SENDER)
    await check_recipient(tx, account, message.recipient)
    sender = message.sender or await _choose(tx, message, service, now)
    if await is_opted_out(tx, account.sid, sender, service.sid, message.recipient):
        raise ApiError(Code.OPTED_OUT)
    if sender == message.recipient:
        raise ApiError(Code.NO_SENDER)
    message.sender = sender
    urls = message.options.media_urls if message.options else ()
    message.num_segments = segments(message.body, urls)
    await queue_for_carrier(tx, message, now=now, rates=rates, fetch=bool(urls))
    await update_message_row(tx, message, was=message.status)
    await move_message(tx, message, _S.QUEUED, now=now, sentence=f"{service.sid} sends it from {sender}")


class _Slot(msgspec.Struct):
    sender: str
    next_slot: int


async def _choose(tx: Tx, message: Message, service: Service, now: int) -> str:
    own = {"account_sid": message.account_sid, "service_sid": service.sid}
    pool = await tx.all(ServiceSender, "services.pool", **own)
    if not pool:
        raise ApiError(Code.EMPTY_POOL)
    if service.sticky_sender:
        known = await tx.value("services.sticky", recipient=message.recipient, **own)
        kept = [entry for entry in pool if entry.sender == known]
        if best_sender(kept, message.recipient, service, media=bool(message.num_media)):
            return str(known)
    queues = {slot.sender: slot.next_slot for slot in await tx.all(_Slot, "services.next_slots", now=now, **own)}
    media = bool(message.num_media)
    entry = best_sender(pool, message.recipient, service, media=media, queues=queues)
    if entry is None:
        raise ApiError(Code.NO_SENDER)
    if service.sticky_sender:
        await tx.run("services.set_sticky", recipient=message.recipient, sender=entry.sender, **own)
    return entry.sender


def _delivery_code(code: Code) -> int:
    return Code.QUEUE_OVERFLOW.number if code is Code.QUEUE_FULL else code.number
