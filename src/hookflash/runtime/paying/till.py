"""A till: takes one payment of a live call."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hookflash.actions.status_callback import tell_about_call
from hookflash.domain.clock import SECOND
from hookflash.domain.payment import Details
from hookflash.domain.payment_order import PaymentError, PaymentOrder, Receipt
from hookflash.domain.sids import make_sid
from hookflash.runtime.calls.races import surely
from hookflash.twiml.voice import StatusCallback

from .connectors import Connector

if TYPE_CHECKING:
    from hookflash.runtime.calls.live_call import LiveCall


class CallTill:
    """`Till`, of a live call. `callback.url` is absolute, or empty."""

    def __init__(self, call: "LiveCall", callback: StatusCallback) -> None:
        self._call = call
        self._callback = callback
        self._transaction = make_sid("PT", call.parts.clock.now())

    @property
    def today(self) -> tuple[int, int]:
        now = datetime.fromtimestamp(self._call.parts.clock.now() / SECOND, UTC)
        return now.year, now.month

    def check(self, order: PaymentOrder) -> None:
        self._connector(order)

    def private(self) -> AbstractAsyncContextManager[None]:
        return self._call.tapes.deaf()

    def tell(self, params: Mapping[str, str]) -> None:
        tell(self._call, self._callback, params.items())

    async def pay(self, order: PaymentOrder, details: Details) -> Receipt:
        return await surely(self._pay(order, details))  # what is charged has to be told

    async def _pay(self, order: PaymentOrder, details: Details) -> Receipt:
        call, connector = self._call, self._connector(order)
        try:
            with call.parts.pending:
                receipt = await connector.pay(order, details, transaction=self._transaction)
        except PaymentError as error:
            call.diary.alert(error.code, error.sentence)
            raise
        call.diary.note("The connector charged it" if order.amount else "The connector made a token of it")
        return receipt

    def _connector(self, order: PaymentOrder) -> Connector:
        try:
            return self._call.parts.connectors.named(order)
        except PaymentError as error:
            self._call.diary.alert(error.code, error.sentence)
            raise


def tell(call: "LiveCall", callback: StatusCallback, params: Iterable[tuple[str, str]]) -> None:
    """Post `params` about a payment of `call`, behind its back."""
    if not callback.url:
        return
    row, now = call.row, call.parts.clock.now()
    call.ledger.add(
        tell_about_call,
        row.account_sid,
        row.sid,
        url=callback.url,
        method=callback.method,
        params={"AccountSid": row.account_sid, "CallSid": row.sid, **dict(params)},
        now=now,
        lane=f"{row.sid}-payment",  # key after key
    )
