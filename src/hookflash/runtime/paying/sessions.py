"""Payments that an agent takes by REST while the call goes on: a field is asked for, the caller keys it.

What the caller keys is heard by nobody else: not by the other side of a bridge, nor by a recording.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from hookflash.actions.take_payment import begin_payment, end_payment
from hookflash.domain.payment import Details, PaymentField, PaymentProblem, PaymentResult
from hookflash.domain.payment_order import (
    IncompletePaymentError,
    NoSuchPaymentError,
    Payment,
    PaymentError,
    PaymentOrder,
    PaymentStatus,
    PaymentUnderWayError,
)
from hookflash.switch import protocol
from hookflash.twiml.paying import key_in
from hookflash.twiml.voice import StatusCallback

from .till import CallTill

if TYPE_CHECKING:
    from hookflash.runtime.calls.live_call import LiveCall

MATCHER = "-matcher"  # a field with this behind it is keyed again, and must be the same
LONGEST_CAPTURE = 600_000  #: ms for the first key: the agent still explains


class PaymentSession:
    """One payment of one call, field by field."""

    def __init__(self, call: "LiveCall", row: Payment, order: PaymentOrder, callback: StatusCallback) -> None:
        self.row = row
        self._call = call
        self._order = order
        self._till = CallTill(call, callback)
        self._details = Details()
        self._matched = set[PaymentField]()  # that were keyed again, and were the same
        self._turn = asyncio.Lock()  # one order after the other
        self._capturing: asyncio.Task[None] | None = None
        self._paying: asyncio.Task[None] | None = None
        self._keys = 0  # of the field that is being keyed
        self._is_keyed = False
        self._orders = set[str]()  # idempotency keys of what was asked of it
        self._unwatch = call.leg.watch(self._hear)
        self._tell(PaymentConnector=order.connector, ChargeAmount=order.amount)

    @contextmanager
    def once(self, key: str) -> Iterator[bool]:
        """Whether nothing was done with this idempotency key before; what is refused in the block is not done."""
        is_new = key not in self._orders
        self._orders.add(key)
        try:
            yield is_new
        except Exception:
            if is_new:
                self._orders.discard(key)
            raise

    def tell_to(self, url: str) -> None:
        """The next callbacks go there."""
        self._till = CallTill(self._call, StatusCallback(url=url))

    @property
    def _missing(self) -> list[str]:
        """What is still to be captured before it can be paid."""
        values = self._details.values
        again = [each + MATCHER for each in self._order.matching if each in values and each not in self._matched]
        return [each.value for each in self._order.rules.fields if each not in values] + again

    async def capture(self, wanted: str) -> None:
        """Let the caller key a field from now on, in the place of one that is being keyed.

        Raises PaymentUnderWayError, as `complete` and `cancel` do.
        """
        async with self._alone():
            self._capturing = self._call.spawn(self._capture(wanted))

    async def _capture(self, wanted: str) -> None:
        field = PaymentField(wanted.removesuffix(MATCHER))
        self._keys, self._is_keyed = 0, True
        try:
            async with self._till.private():
                keyed = await key_in(self._call.leg, field, key_ms=self._order.key_ms, first_ms=LONGEST_CAPTURE)
        finally:
            self._is_keyed = False
        problem = self._again(field, keyed.digits) if wanted.endswith(MATCHER) else self._keyed(field, keyed.digits)
        self._tell(Capture=wanted, PartialResult="false", ErrorType=problem.value if problem else "")

    def _keyed(self, field: PaymentField, digits: str) -> PaymentProblem | None:
        self._matched.discard(field)
        year, month = self._till.today
        return self._details.take(field, digits, self._order.rules, year=year, month=month)

    def _again(self, field: PaymentField, digits: str) -> PaymentProblem | None:
        if digits != self._details.values.get(field):
            return PaymentProblem.MATCHING
        self._matched.add(field)
        return None

    def _hear(self, event: protocol.AnyEvent) -> None:
        """Each key is told by its number, not by its value."""
        if isinstance(event, protocol.Key) and self._is_keyed and event.key.isdigit():
            self._keys += 1
            self._tell(PartialResult="true", Keyed="x" * self._keys)

    async def complete(self) -> None:
        """Have it paid; the callback tells what came of it. Raises IncompletePaymentError."""
        if missing := self._missing:
            raise IncompletePaymentError(", ".join(missing))
        async with self._alone():
            self._paying = self._call.spawn(self._pay())

    async def _pay(self) -> None:
        try:
            receipt = await self._till.pay(self._order, self._details)
        except PaymentError as error:
            told = {"PayErrorCode": str(error.code), "PaymentError": error.sentence}
            await self._end(PaymentStatus.FAILED, error.result, {**told, "ConnectorError": error.connector_error})
        else:
            await self._end(PaymentStatus.COMPLETED, PaymentResult.SUCCESS, receipt.told())

    async def cancel(self) -> None:
        async with self._alone():
            await self._end(PaymentStatus.CANCELED, None, {})

    async def hung_up(self) -> None:
        """The caller is gone; what is being paid by then is paid."""
        self._unwatch()
        await self._stop()
        if self._paying is not None:
            await asyncio.wait([self._paying])
        if self.row.status is PaymentStatus.IN_PROGRESS:
            await self._end(PaymentStatus.FAILED, PaymentResult.HUNG_UP, {})

    async def _end(self, status: PaymentStatus, result: PaymentResult | None, told: dict[str, str]) -> None:
        self._tell(Result=result.value if result else "", **told)
        self._details.forget()
        await self._call.ledger.write(end_payment, self.row, status, now=self._call.parts.clock.now())
        self.row.status = status

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Nothing else is done with it, and nothing is being keyed."""
        async with self._turn:
            if self._paying is not None:
                raise PaymentUnderWayError
            await self._stop()
            yield

    async def _stop(self) -> None:
        if self._capturing is not None and not self._capturing.done():
            self._capturing.cancel()
            await asyncio.wait([self._capturing])

    def _tell(self, **more: str) -> None:
        self._till.tell(
            {
                "Sid": self.row.sid,
                **self._order.told(),
                **{name: value for name, value in more.items() if value},
                **self._details.told(),
                "Required": ",".join(self._missing),
            }
        )


class PaymentSessions:
    """All that this process takes. `find` gives a live call by its SID, or raises NoSuchCallError."""

    def __init__(self, find: "Callable[[str], LiveCall]") -> None:
        self._find = find
        self._sessions: dict[str, PaymentSession] = {}

    async def begin(self, call_sid: str, order: PaymentOrder, *, url: str, key: str) -> Payment:
        """A payment of a live call that tells `url`; the same key gives the one of before.

        Raises NoSuchCallError and, for an order that no connector could carry out, PaymentError.
        """
        call, callback = self._find(call_sid), StatusCallback(url=url)
        call.parts.connectors.named(order)
        row, is_new = await call.ledger.write(begin_payment, call.row, key=key, now=call.parts.clock.now())
        if is_new:
            session = self._sessions[row.sid] = PaymentSession(call, row, order, callback)
            call.spawn(self._watch(call, session))
        return row

    def get(self, sid: str) -> PaymentSession:
        """Raises NoSuchPaymentError."""
        session = self._sessions.get(sid)
        if session is None or session.row.status is not PaymentStatus.IN_PROGRESS:
            raise NoSuchPaymentError(sid)
        return session

    async def _watch(self, call: "LiveCall", session: PaymentSession) -> None:
        try:
            await call.leg.gone()
            await session.hung_up()
        finally:
            del self._sessions[session.row.sid]
