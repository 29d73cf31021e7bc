"""A message joins the queue of its sender, which may send only so fast."""

import msgspec

from hookflash.domain.clock import HOUR, SECOND
from hookflash.domain.message import Message
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.store import Tx


class SenderRates(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a sender may send; None is without limit. What is queued beyond `queue` is refused."""

    long_code: float | None = None  #: messages a second
    toll_free: float | None = None  #: messages a second
    short_code: float | None = None  #: messages a second
    alphanumeric: float | None = None  #: messages a second
    queue: int = 4 * HOUR  #: ms of traffic that may wait


UNLIMITED = SenderRates()


async def queue_for_carrier(tx: Tx, message: Message, *, now: int, rates: SenderRates, fetch: bool) -> None:
    """Have `message`, whose sender is known, submitted; its media fetched before if `fetch`.

    Raises ApiError (QUEUE_FULL), and has then changed nothing.
    """
    due = await _slot(tx, message, now, rates)
    queue = "media" if fetch else "submit"
    await outbox.add(tx, queue, message.sid, account_sid=message.account_sid, due_at=due, lane=message.lane)


async def _slot(tx: Tx, message: Message, now: int, rates: SenderRates) -> int:
    """When a message may leave, at the rate of its sender; its segments take that many turns."""
    rate = _rate(message.sender or "", rates)
    if rate is None:
        return now
    key = {"account_sid": message.account_sid, "sender": message.sender}
    due = max(now, await tx.value("messages.next_slot", **key) or 0)
    if due - now > rates.queue:
        raise ApiError(Code.QUEUE_FULL)
    following = due + round(message.num_segments * SECOND / rate)
    await tx.run("messages.set_next_slot", **key, next_slot=following)
    return due


def _rate(sender: str, rates: SenderRates) -> float | None:
    if not sender.startswith("+"):
        return rates.short_code if sender.isdigit() else rates.alphanumeric
    return rates.toll_free if _is_toll_free(sender) else rates.long_code


def _is_toll_free(number: str) -> bool:
    return number[:2] == "+1" and number[2:5] in {"800", "833", "844", "855", "866", "877", "888"}
