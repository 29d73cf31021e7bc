"""A carrier says what became of a message: a delivery receipt is matched and applied.

A receipt can come late, twice, out of order, or before the answer to its submit; it is then kept until that answer
comes. A message of several parts is delivered when all its parts are, and undelivered as soon as one is not.
"""

import msgspec

from hookflash.carriers.carrier import Receipt
from hookflash.domain.message import Message, MessageStatus, may_move
from hookflash.errors import Code
from hookflash.store import timeline
from hookflash.store.store import Tx

from .move_message import move_message

_S = MessageStatus


class CarrierPart(msgspec.Struct):
    """A row of `carrier_parts`."""

    carrier: str
    carrier_id: str
    account_sid: str
    message_id: str
    part: int
    status: str | None
    date_created: int


async def apply_receipt(tx: Tx, receipt: Receipt, *, now: int) -> None:
    """Match `receipt` to its message and apply it; keep it when its submit has not been answered yet."""
    part = await tx.one(CarrierPart, "carriers.part", carrier=receipt.carrier, carrier_id=receipt.carrier_id)
    if part is None and receipt.status == "sent":
        return  # it says nothing that the answer to the submit will not say, and a final one may be kept already
    if part is None:
        await tx.run(
            "carriers.keep_early_receipt",
            carrier=receipt.carrier,
            carrier_id=receipt.carrier_id,
            receipt=msgspec.json.encode(receipt).decode(),
            now=now,
        )
        return
    message = await tx.one(Message, "messages.by_id", account_sid=part.account_sid, id=part.message_id)
    if message is not None:
        await apply_receipt_to(tx, message, receipt, now=now)


async def apply_receipt_to(tx: Tx, message: Message, receipt: Receipt, *, now: int) -> None:
    """Apply a receipt to the message it is about. One that changes nothing is only noted."""
    if receipt.status == "sent":
        await _note(tx, message, receipt, now, f"{receipt.carrier} is still trying")
        return
    await tx.run("carriers.close_part", carrier=receipt.carrier, carrier_id=receipt.carrier_id, status=receipt.status)
    delivered = receipt.status == "delivered"
    if delivered and not await _all_delivered(tx, message):
        await _note(tx, message, receipt, now, f"{receipt.carrier} delivered one part")
        return
    to = _S.DELIVERED if delivered else _S.UNDELIVERED
    if not may_move(message.status, to):
        await _note(tx, message, receipt, now, f"A receipt that came after the message was {message.status}")
        return
    error_code = None if delivered else receipt.error_code or Code.UNKNOWN_ERROR.number
    await move_message(
        tx,
        message,
        to,
        now=now,
        sentence="Delivered to the handset" if delivered else _reason(error_code),
        error_code=error_code,
        kind="carrier",
        data={"receipt": receipt.detail},
        done_at=receipt.done_at,
    )


async def _all_delivered(tx: Tx, message: Message) -> bool:
    if message.num_segments == 1 and not message.num_media:
        return True
    parts = await tx.all(
        CarrierPart, "carriers.parts_of_message", account_sid=message.account_sid, message_id=message.id
    )
    return all(part.status == "delivered" for part in parts)


async def _note(tx: Tx, message: Message, receipt: Receipt, now: int, sentence: str) -> None:
    await timeline.record(
        tx,
        message.sid,
        "carrier",
        sentence,
        account_sid=message.account_sid,
        now=now,
        data={"receipt": receipt.detail},
    )


_SENTENCES = {code.number: code.sentence for code in Code}


def _reason(error_code: int | None) -> str:
    return _SENTENCES.get(error_code or 0, Code.UNKNOWN_ERROR.sentence)
