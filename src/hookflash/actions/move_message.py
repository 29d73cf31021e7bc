"""Every change of a message's status happens here: the row, its timeline and its callback in one transaction."""

from typing import Any

import msgspec

from hookflash.domain.message import FINAL_STATUSES, Message, MessageStatus, may_move
from hookflash.errors import Code
from hookflash.store import outbox, timeline
from hookflash.store.store import Tx
from hookflash.webhooks.status import message_status_params

from .status_callback import StatusCallback

_S = MessageStatus

_SENT = frozenset({_S.SENT, _S.DELIVERED, _S.UNDELIVERED})


class IllegalMoveError(Exception):
    """The table of moves has no such move, or another move came first."""


async def move_message(
    tx: Tx,
    message: Message,
    to: MessageStatus,
    *,
    now: int,
    sentence: str,
    error: Code | None = None,
    error_code: int | None = None,
    kind: str = "move",
    data: Any = None,
    done_at: str = "",
) -> None:
    """Move `message` to the status `to` at `now` and tell its application.

    `error` (or its number, where a carrier brought it) says why it failed; `sentence` says it to people;
    `done_at` is the YYMMDDhhmm of a receipt. Raises
    IllegalMoveError, also when the row has left the status that `message` was read in: whoever came first has won.
    """
    was = message.status
    if not may_move(was, to):
        raise IllegalMoveError(f"{message.sid}: no move from {was} to {to}")
    message.status = to
    message.date_updated = now
    if message.date_sent is None and to in _SENT:
        message.date_sent = now
    if error is not None or error_code is not None:
        message.error_code = error.number if error else error_code
        message.error_message = sentence
    discards = message.options is not None and message.options.discard_body and to in FINAL_STATUSES
    if discards:
        message.body = ""
    if discards or error is not None or error_code is not None:
        changed = await update_message_row(tx, message, was=was)
    else:
        changed = await tx.run(
            "messages.move",
            account_sid=message.account_sid,
            id=message.id,
            was=was.value,
            status=to.value,
            carrier=message.carrier,
            date_updated=now,
            date_sent=message.date_sent,
        )
    if not changed:
        message.status = was
        raise IllegalMoveError(f"{message.sid} is {was} no more and cannot become {to}")
    tx.tally("message", to.value)
    await timeline.record(tx, message.sid, kind, sentence, account_sid=message.account_sid, now=now, data=data)
    if message.status_callback and _is_told(was, to):
        params = status_params(message, done_at)
        for url in message.status_callback.split():
            await outbox.add(
                tx,
                "callback",
                message.sid,
                account_sid=message.account_sid,
                due_at=now,
                payload=StatusCallback(url, params),
            )


def _is_told(was: MessageStatus, to: MessageStatus) -> bool:
    """Whether an application hears of a move; not of the moments with a carrier that led nowhere yet."""
    return to is not _S.SENDING and not (was is _S.SENDING and to is _S.QUEUED)


def status_params(message: Message, done_at: str = "") -> dict[str, str]:
    """The parameters of a status callback about `message` as it is now."""
    return message_status_params(
        account_sid=message.account_sid,
        message_sid=message.sid,
        status=message.status.value,
        sender=message.sender,
        recipient=message.recipient,
        messaging_service_sid=message.service_sid,
        error_code=message.error_code,
        error_message=message.error_message,
        raw_dlr_done_date=done_at or None,
    )


async def update_message_row(tx: Tx, message: Message, *, was: MessageStatus) -> int:
    """Write what may change of a message while it is in the status `was`; returns how many rows that were."""
    return await tx.run(
        "messages.update",
        account_sid=message.account_sid,
        id=message.id,
        was=was.value,
        status=message.status.value,
        sender=message.sender,
        num_segments=message.num_segments,
        error_code=message.error_code,
        error_message=message.error_message,
        carrier=message.carrier,
        options=msgspec.json.encode(message.options).decode() if message.options else None,
        body=message.body,
        date_updated=message.date_updated,
        date_sent=message.date_sent,
    )
