"""The simulated network takes a message: a handset gets it, and its receipts and replies are put into the outbox.

A submit that comes a second time, after a crash, finds the text already there and changes nothing.
"""

from typing import Literal

import msgspec

from hookflash.carriers.carrier import InboundMessage, OutboundMessage, Receipt, Submitted
from hookflash.carriers.routing import SIMULATED
from hookflash.domain.phone_numbers import NumberType, number_type
from hookflash.domain.sids import SIDS, make_sid
from hookflash.errors import Code
from hookflash.network.handset import Handset, topic_of
from hookflash.store import outbox
from hookflash.store.store import Tx


class NetworkEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What the `network` queue holds: something the simulated network brings later."""

    kind: Literal["receipt", "text"]
    receipt: Receipt | None = None
    text: InboundMessage | None = None


async def deliver_to_handset(tx: Tx, message: OutboundMessage, *, now: int, receipt_delay: int) -> Submitted:
    """Put `message` onto the handset it is for; `receipt_delay` is in ms."""
    if await tx.value("numbers.is_ours", number=message.recipient):
        await _bring(tx, message, _as_text(message), now)
        await _receipts(tx, message, Handset(number="", date_created=0, date_updated=0), None, now, receipt_delay)
        return Submitted(ids=(message.sid,), detail="to a number of this platform")
    handset = await tx.one(Handset, "handsets.by_number", number=message.recipient)
    handset = handset or Handset(number=message.recipient, date_created=now, date_updated=now)
    error = handset.faults.error_code or _natural_error(message.recipient)
    new = error is None and await tx.run(
        "handsets.receive",
        number=message.recipient,
        stamp=SIDS.stamp(now),
        direction="received",
        peer=message.sender,
        body=message.body,
        media_urls=msgspec.json.encode(message.media_urls).decode(),
        message_sid=message.sid,
    )
    if new:
        tx.publish(topic_of(message.recipient))
        await _auto_reply(tx, message, handset, now)
    await _receipts(tx, message, handset, error, now, receipt_delay)
    return Submitted(ids=(message.sid,), detail="the simulated network")


async def text_from_handset(
    tx: Tx,
    *,
    number: str,
    to: str,
    body: str,
    media_urls: tuple[str, ...],
    now: int,
    account_sid: str,
    delay: int = 0,
) -> str:
    """A handset writes a text that takes `delay` ms to arrive; returns the SID that it will have as a message."""
    sid = make_sid("MM" if media_urls else "SM", now)
    text = InboundMessage(
        carrier=SIMULATED, sender=number, recipient=to, body=body, media_urls=media_urls, dedupe=sid, sid=sid
    )
    await tx.run(
        "handsets.receive",
        number=number,
        stamp=SIDS.stamp(now),
        direction="sent",
        peer=to,
        body=body,
        media_urls=msgspec.json.encode(media_urls).decode(),
        message_sid=sid,
    )
    tx.publish(topic_of(number))
    await _queue(tx, sid, account_sid, NetworkEvent(kind="text", text=text), now + delay)
    return sid


async def _auto_reply(tx: Tx, message: OutboundMessage, handset: Handset, now: int) -> None:
    heard = message.body.lower()
    rule = next((rule for rule in handset.rules if rule.contains.lower() in heard), None)
    if rule is not None:
        await text_from_handset(
            tx,
            number=message.recipient,
            to=message.sender,
            body=rule.reply,
            media_urls=(),
            now=now,
            account_sid=message.account_sid,
            delay=rule.delay,
        )


def _as_text(message: OutboundMessage) -> InboundMessage:
    return InboundMessage(
        carrier=SIMULATED,
        sender=message.sender,
        recipient=message.recipient,
        body=message.body,
        media_urls=message.media_urls,
        dedupe=message.sid,
    )


async def _bring(tx: Tx, message: OutboundMessage, text: InboundMessage, now: int) -> None:
    await _queue(tx, message.sid, message.account_sid, NetworkEvent(kind="text", text=text), now)


async def _receipts(
    tx: Tx, message: OutboundMessage, handset: Handset, error: int | None, now: int, receipt_delay: int
) -> None:
    faults = handset.faults
    if faults.no_receipts:
        return
    final = Receipt(
        carrier=SIMULATED,
        carrier_id=message.sid,
        status="undelivered" if error else "delivered",
        error_code=error,
        detail=f"handset {'failed with ' + str(error) if error else 'has it'}",
    )
    receipts = [final]
    if faults.receipts_out_of_order:
        receipts.append(Receipt(carrier=SIMULATED, carrier_id=message.sid, status="sent", detail="late intermediate"))
    if faults.duplicate_receipts:
        receipts.append(final)
    due = now + (faults.delay if faults.delay is not None else receipt_delay)
    for later, receipt in enumerate(receipts):
        event = NetworkEvent(kind="receipt", receipt=receipt)
        await _queue(tx, message.sid, message.account_sid, event, due + later)


async def _queue(tx: Tx, subject: str, account_sid: str, event: NetworkEvent, due: int) -> None:
    await outbox.add(tx, "network", subject, account_sid=account_sid, due_at=due, payload=event)


def _natural_error(number: str) -> int | None:
    """A number that can only be a land line takes no texts, as on the real network."""
    if not number.startswith("+"):
        return None
    return Code.LANDLINE.number if number_type(number) is NumberType.FIXED else None
