"""Messages of an application's own that a call carries: to its phone, and from it to whoever has subscribed."""

from hookflash.domain.call import Call
from hookflash.domain.sids import make_sid
from hookflash.domain.user_message import MOST_SUBSCRIPTIONS, UserMessage, UserMessageSubscription
from hookflash.errors import ApiError, Code
from hookflash.store import timeline
from hookflash.store.store import Tx

from .status_callback import tell_about_call


async def create_user_message(
    tx: Tx, call: Call, content: str, *, key: str | None, now: int
) -> tuple[UserMessage, bool]:
    """A message to the phone of `call`, and whether it is new: one with the same idempotency key is not."""
    if key is not None:
        known = await tx.one(
            UserMessage, "user_messages.once", account_sid=call.account_sid, call_sid=call.sid, key=key
        )
        if known is not None:
            return known, False
    message = UserMessage(
        account_sid=call.account_sid,
        sid=make_sid("KX", now),
        call_sid=call.sid,
        content=content,
        idempotency_key=key,
        date_created=now,
    )
    await tx.insert("user_defined_messages", message)
    sentence = f"Message {message.sid} goes to the phone"
    await timeline.record(tx, call.sid, "note", sentence, account_sid=call.account_sid, now=now)
    return message, True


async def subscribe(
    tx: Tx, call: Call, callback: str, *, method: str, key: str | None, now: int
) -> UserMessageSubscription:
    """Have `callback` told of what the phone of `call` sends; one with the same idempotency key is that of before.

    Raises ApiError (20009) when as many are told as may be.
    """
    if key is not None:
        known = await tx.one(
            UserMessageSubscription,
            "user_messages.subscribed_once",
            account_sid=call.account_sid,
            call_sid=call.sid,
            key=key,
        )
        if known is not None:
            return known
    told = await tx.all(
        UserMessageSubscription, "user_messages.subscriptions", account_sid=call.account_sid, call_sid=call.sid
    )
    if len(told) >= MOST_SUBSCRIPTIONS:
        raise ApiError(Code.CONFLICT, why=f"a call has at most {MOST_SUBSCRIPTIONS} subscriptions")
    subscription = UserMessageSubscription(
        account_sid=call.account_sid,
        sid=make_sid("ZY", now),
        call_sid=call.sid,
        callback=callback,
        method=method,
        idempotency_key=key,
        date_created=now,
    )
    await tx.insert("user_defined_message_subscriptions", subscription)
    return subscription


async def unsubscribe(tx: Tx, account_sid: str, call_sid: str, sid: str) -> bool:
    """Tell it no more; False when there is none."""
    found = await tx.one(
        UserMessageSubscription, "user_messages.subscription", account_sid=account_sid, call_sid=call_sid, sid=sid
    )
    return found is not None and bool(await tx.run("user_messages.unsubscribe", sid=sid))


async def tell_subscribers(tx: Tx, account_sid: str, call_sid: str, content: str, *, now: int) -> None:
    """The phone has sent `content`: each subscription hears of it."""
    found = await tx.all(
        UserMessageSubscription, "user_messages.subscriptions", account_sid=account_sid, call_sid=call_sid
    )
    for subscription in found:
        await tx.run("user_messages.told", sid=subscription.sid)
        params = {
            "AccountSid": account_sid,
            "CallSid": call_sid,
            "SubscriptionSid": subscription.sid,
            "Content": content,
            "ContentType": "application/json",
            "SequenceNumber": str(subscription.sequence),
        }
        await tell_about_call(
            tx,
            account_sid,
            call_sid,
            url=subscription.callback,
            method=subscription.method,
            params=params,
            now=now,
            lane=subscription.sid,
        )
