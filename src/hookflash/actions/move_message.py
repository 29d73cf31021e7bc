"""Every change of a message's status happens here: the row, its timeline and its callback in one transaction."""

from typing import Any

import msgspec

from hookflash.domain.message import Message, MessageStatus, may_move
from hookflash.errors import Code
from hookflash.store import outbox, timeline
from hookflash.store.store import Tx
from hookflash.webhooks.status import message_status_params

_S = MessageStatus

#: Statuses that an application is not told of. "sending" is a matter of milliseconds between two it is told of.
SILENT = frozenset({_S.SENDING})

_SENT = frozenset({_S.SENT, _S.DELIVERED, _S.UNDELIVERED})


class IllegalMoveError(Exception):
    """The table of moves has no such move."""


class StatusCallback(msgspec.Struct, frozen=True):
    """What the `callback` queue holds: one status callback, its parameters as they were at that moment."""

    url: str
    params: dict[str, str]


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
) -> None:
    """Move `message` to the status `to` at `now` and tell its application.

    `error` (or its number, where a carrier brought it) says why it failed; `sentence` says it to people. Raises
    IllegalMoveError.
    """
    if not may_move(message.status, to):
        raise IllegalMoveError(f"{message.sid}: no move from {message.status} to {to}")
    message.status = to
    message.date_updated = now
    if message.date_sent is None and to in _SENT:
        message.date_sent = now
    if error is not None or error_code is not None:
        message.error_code = error.number if error else error_code
        message.error_message = sentence
        await update_message_row(tx, message)
    else:
        await tx.run(
            "messages.move",
            account_sid=message.account_sid,
            id=message.id,
            status=to.value,
            carrier=message.carrier,
            date_updated=now,
            date_sent=message.date_sent,
        )
    await timeline.record(tx, message.sid, kind, sentence, account_sid=message.account_sid, now=now, data=data)
    if message.status_callback and to not in SILENT:
        params = status_params(message)
        for url in message.status_callback.split():
            await outbox.add(
                tx,
                "callback",
                message.sid,
                account_sid=message.account_sid,
                due_at=now,
                payload=StatusCallback(url, params),
            )


def status_params(message: Message) -> dict[str, str]:
    """The parameters of a status callback about `message` as it is now."""
    options = message.options
    return message_status_params(
        account_sid=message.account_sid,
        message_sid=message.sid,
        status=message.status.value,
        sender=message.sender,
        recipient=message.recipient,
        messaging_service_sid=message.service_sid,
        error_code=message.error_code,
        error_message=message.error_message,
        raw_dlr_done_date=options.raw_dlr_done_date if options else None,
    )


async def update_message_row(tx: Tx, message: Message) -> None:
    """Write what may change of a message, its status apart from which only `move_message` decides."""
    await tx.run(
        "messages.update",
        account_sid=message.account_sid,
        id=message.id,
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
