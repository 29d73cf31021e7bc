"""What a call offers those who take payments: a till that tells, keeps quiet and pays; and how a field is keyed."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from hookflash.domain.payment import MOST_DIGITS, Details, PaymentField
from hookflash.domain.payment_order import PaymentOrder, Receipt
from hookflash.switch.leg import Leg
from hookflash.switch.protocol import AnySource, Collect

ABORT = "*"
FINISH = "#"


class Till(Protocol):
    """Takes one payment of a call."""

    @property
    def today(self) -> tuple[int, int]:
        """Year and month, on the platform's clock."""
        ...

    def check(self, order: PaymentOrder) -> None:
        """Raises PaymentError when nobody could do what is ordered."""
        ...

    def private(self) -> AbstractAsyncContextManager[None]:
        """While the block runs, recordings of the call hear nothing."""
        ...

    def tell(self, params: Mapping[str, str]) -> None:
        """Post `params` to the status callback."""
        ...

    async def pay(self, order: PaymentOrder, details: Details) -> Receipt:
        """Charge, or make a token. Raises PaymentError."""
        ...


@dataclass(frozen=True, slots=True)
class Keyed:
    """What was keyed for a field. It has no value of its own in any log: `digits` is left out of `repr`."""

    digits: str = field(repr=False)
    aborted: bool = False


async def key_in(
    leg: Leg, wanted: PaymentField, *, key_ms: int, first_ms: int = 0, prompts: Sequence[AnySource] = ()
) -> Keyed:
    """Let somebody key a field: `#`, enough digits or a pause of `key_ms` ends it, `*` gives up.

    A `#` before any digit belongs to the field before, which had ended by itself: it is asked once more.
    `first_ms` is the wait for the first key, where it is another. The other side of a bridge hears none of the keys.
    Raises HungUp, and OSError when a prompt cannot be played.
    """
    command = Collect(
        leg=0,
        op=0,
        sources=list(prompts),
        most=MOST_DIGITS[wanted],
        finish=FINISH + ABORT,
        private=True,
        first_ms=first_ms or key_ms,
        between_ms=key_ms,
    )
    collected = await leg.collect(command)
    if not collected.digits and collected.key == FINISH:
        collected = await leg.collect(command)
    return Keyed(collected.digits, collected.key == ABORT)
