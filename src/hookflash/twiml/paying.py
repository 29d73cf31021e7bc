"""What a call offers those who take payments: a till that tells, keeps quiet and pays; and how a field is keyed."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from hookflash.domain.payment import MOST_DIGITS, Details, PaymentField, PaymentResult, Rules
from hookflash.switch.leg import Leg
from hookflash.switch.protocol import AnySource, Collect

ABORT = "*"


class PaymentError(Exception):
    """A payment that cannot be: the code for the debugger, a sentence, and what the connector said of it."""

    def __init__(self, code: int, sentence: str, *, result: PaymentResult, connector_error: str = "") -> None:
        self.code = code
        self.sentence = sentence
        self.result = result
        self.connector_error = connector_error
        super().__init__(f"{code}: {sentence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOrder:
    """What is to be paid, and how it is keyed."""

    rules: Rules
    connector: str = "Default"
    amount: str = ""  #: decimal; empty: a token for later is made, and nothing charged
    currency: str = "usd"
    token_type: str = "reusable"  # noqa: S105 - a kind of token: one-time, reusable, payment-method
    description: str = ""
    bank_account_type: str = "consumer-checking"
    postal_code: str = ""  #: where it is known already
    parameters: Mapping[str, str] = field(default_factory=dict)  #: for the connector
    key_ms: int = 5_000  #: how long to wait for each key


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a connector gives for a payment."""

    token: str = ""
    profile: str = ""
    confirmation: str = ""

    def told(self) -> dict[str, str]:
        params = {
            "PaymentToken": self.token,
            "ProfileId": self.profile,
            "PaymentConfirmationCode": self.confirmation,
        }
        return {name: value for name, value in params.items() if value}


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

    `first_ms` is the wait for the first key, where it is another. The other side of a bridge hears none of the keys.
    Raises HungUp, and OSError when a prompt cannot be played.
    """
    collected = await leg.collect(
        Collect(
            leg=0,
            op=0,
            sources=list(prompts),
            most=MOST_DIGITS[wanted],
            finish="#" + ABORT,
            first_ms=first_ms or key_ms,
            between_ms=key_ms,
        )
    )
    return Keyed(collected.digits, collected.key == ABORT)
