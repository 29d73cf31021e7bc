"""A message of the test credentials: checked as any other, with numbers that bring about each error; nothing is kept.

The numbers are those of the original's page about test credentials. Beyond it, status callbacks may be asked for.
"""

from hookflash.domain.account import Account
from hookflash.domain.message import Message, MessageStatus
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.store import Tx

from .move_message import status_params
from .send_message import Rules, SendMessage, check_presence, check_schedule, new_message, read_recipient, read_sender
from .status_callback import StatusCallback

VALID_SENDER = "+15005550006"
_SENDERS = {"+15005550001": Code.INVALID_FROM, "+15005550008": Code.QUEUE_FULL}
_RECIPIENTS = {
    "+15005550001": Code.INVALID_TO,
    "+15005550002": Code.NOT_REACHABLE,
    "+15005550003": Code.GEO_PERMISSION,
    "+15005550004": Code.OPTED_OUT,
    "+15005550009": Code.NOT_MOBILE,
}


def check_test_message(request: SendMessage, *, account: Account, now: int, rules: Rules) -> Message:
    """The message that `request` would be, or ApiError with the code that its numbers stand for."""
    check_presence(request, rules)
    check_schedule(request, now)
    if request.service_sid:
        raise ApiError(Code.SERVICE_NOT_FOUND, sid=request.service_sid)
    recipient = read_recipient(request, rules)
    if recipient.text in _RECIPIENTS and _RECIPIENTS[recipient.text] is Code.INVALID_TO:
        raise ApiError(Code.INVALID_TO, to=recipient.text)
    sender = read_sender(request)
    assert sender is not None, "check_presence wants a sender where there is no service"
    blanks = {"to": recipient.text, "sender": sender.text}
    if sender.text in _SENDERS:
        raise ApiError(_SENDERS[sender.text], **blanks)
    if sender.text != VALID_SENDER:
        raise ApiError(Code.FROM_NOT_OWNED, **blanks)
    if recipient.text in _RECIPIENTS:
        raise ApiError(_RECIPIENTS[recipient.text], **blanks)
    message = new_message(
        request,
        account,
        sender=sender,
        recipient=recipient,
        service=None,
        status_callback=request.status_callback or None,
        now=now,
    )
    message.account_sid = account.test_sid or account.sid
    return message


async def call_back_about_test(tx: Tx, message: Message, *, account: Account, now: int) -> None:
    """Have the application told that `message` was sent, then that it was delivered, though it never existed."""
    for status in (MessageStatus.SENT, MessageStatus.DELIVERED):
        message.status = status
        await outbox.add(
            tx,
            "callback",
            message.sid,
            account_sid=account.sid,
            due_at=now,
            lane=f"test {message.sid}",
            payload=StatusCallback(message.status_callback or "", status_params(message), test=True),
        )
    message.status = MessageStatus.QUEUED
