"""What an application may still do to a message: redact, cancel, delete, and say what became of it."""

from hookflash.domain.media import Media
from hookflash.domain.message import FINAL_STATUSES, Feedback, Message, MessageStatus
from hookflash.errors import ApiError, Code
from hookflash.store import outbox, timeline
from hookflash.store.store import Tx

from .keep_media import drop_media
from .move_message import move_message

_S = MessageStatus


async def redact_message(tx: Tx, message: Message, *, now: int) -> None:
    """Forget the body, here and in the records of webhooks. Raises ApiError while the message is under way."""
    if message.status not in FINAL_STATUSES:
        raise ApiError(Code.REDACT_TOO_EARLY, sid=message.sid, status=message.status)
    await tx.run("messages.redact", account_sid=message.account_sid, id=message.id, now=now)
    await tx.run("timeline.redact_webhooks", subject=message.sid)
    await timeline.record(tx, message.sid, "note", "Redacted", account_sid=message.account_sid, now=now)
    message.body, message.date_updated = "", now


async def cancel_message(tx: Tx, message: Message, *, now: int) -> None:
    """Do not send it after all. Raises ApiError (30409) when its turn has come."""
    if message.status not in (_S.SCHEDULED, _S.ACCEPTED):
        raise ApiError(Code.NOT_CANCELABLE, sid=message.sid, status=message.status)
    await outbox.withdraw(tx, "accept", message.sid)
    await move_message(tx, message, _S.CANCELED, now=now, sentence="Canceled by the application")


async def delete_message(tx: Tx, message: Message, *, now: int) -> None:
    """Forget the message and all that belongs to it. Raises ApiError (20009) while it is under way."""
    if message.status not in FINAL_STATUSES:
        raise ApiError(Code.NOT_COMPLETE)
    key = {"account_sid": message.account_sid}
    await drop_media(tx, await tx.all(Media, "media.of_parent", parent_sid=message.sid, **key), now=now)
    await tx.run("messages.delete_feedback", message_sid=message.sid, **key)
    await tx.run("carriers.forget_parts", message_id=message.id, **key)
    await tx.run("timeline.delete_subject", subject=message.sid)
    await tx.run("messages.delete", id=message.id, **key)


async def give_feedback(tx: Tx, message: Message, outcome: str, *, now: int) -> Feedback:
    """Keep what the application says became of the message. Raises ApiError unless it was sent to ask for that."""
    if message.options is None or not message.options.provide_feedback:
        raise ApiError(Code.NO_FEEDBACK_ASKED, sid=message.sid)
    key = {"account_sid": message.account_sid, "message_sid": message.sid}
    await tx.run("messages.give_feedback", outcome=outcome, now=now, **key)
    kept = await tx.one(Feedback, "messages.feedback", **key)
    assert kept is not None
    return kept
