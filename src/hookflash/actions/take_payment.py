"""Payments that REST asks for: begun once, and ended once. What they are paid with is no business of the store."""

from hookflash.domain.call import Call
from hookflash.domain.payment_order import Payment, PaymentStatus
from hookflash.domain.sids import make_sid
from hookflash.store import timeline
from hookflash.store.store import Tx

_SENTENCES = {
    PaymentStatus.COMPLETED: "Payment {sid} was made",
    PaymentStatus.FAILED: "Payment {sid} failed",
    PaymentStatus.CANCELED: "Payment {sid} was canceled",
}


async def begin_payment(tx: Tx, call: Call, *, key: str, now: int) -> tuple[Payment, bool]:
    """The payment of `call` with this idempotency key, and whether it is new."""
    known = await tx.one(Payment, "payments.once", account_sid=call.account_sid, call_sid=call.sid, key=key)
    if known is not None:
        return known, False
    payment = Payment(
        account_sid=call.account_sid,
        sid=make_sid("PK", now),
        call_sid=call.sid,
        idempotency_key=key,
        date_created=now,
        date_updated=now,
    )
    await tx.insert("payments", payment)
    sentence = f"Payment {payment.sid} begins"
    await timeline.record(tx, call.sid, "note", sentence, account_sid=call.account_sid, now=now)
    return payment, True


async def load_payment(tx: Tx, account_sid: str, call_sid: str, sid: str) -> Payment | None:
    return await tx.one(Payment, "payments.by_sid", account_sid=account_sid, call_sid=call_sid, sid=sid)


async def end_payment(tx: Tx, payment: Payment, to: PaymentStatus, *, now: int) -> None:
    """It is over; nothing happens to one that was."""
    if await tx.run("payments.move", sid=payment.sid, status=to.value, now=now):
        payment.status, payment.date_updated = to, now
        sentence = _SENTENCES[to].format(sid=payment.sid)
        await timeline.record(tx, payment.call_sid, "note", sentence, account_sid=payment.account_sid, now=now)


async def end_lost_payments(tx: Tx, *, now: int) -> None:
    """After a process has died: what it was taking has failed."""
    for payment in await tx.all(Payment, "payments.unfinished"):
        await end_payment(tx, payment, PaymentStatus.FAILED, now=now)
