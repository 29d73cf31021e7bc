"""A payment as it is ordered, what becomes of it, and why it cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from .payment import PaymentField, PaymentMethod, PaymentResult, Rules


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
    matching: tuple[PaymentField, ...] = ()  #: that are keyed twice before it is paid, where an agent takes it
    key_ms: int = 5_000  #: how long to wait for each key

    def told(self) -> dict[str, str]:
        """What webhooks tell of it."""
        params = {"PaymentMethod": self.rules.method.value}
        if self.rules.method is PaymentMethod.ACH_DEBIT:
            params["BankAccountType"] = self.bank_account_type
        return params


class NoSuchPaymentError(Exception):
    """This process takes no such payment: it is over, or never began."""


class IncompletePaymentError(Exception):
    """A payment cannot be made yet; says which fields are missing."""


class PaymentUnderWayError(Exception):
    """A payment is being made: it can neither be changed nor given up any more."""


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


class PaymentStatus(StrEnum):
    """Of a payment that REST asks for."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


class Payment(msgspec.Struct, kw_only=True):
    """A row of `payments`: that there was one, and nothing of what it was paid with."""

    account_sid: str
    sid: str
    call_sid: str
    status: PaymentStatus = PaymentStatus.IN_PROGRESS
    idempotency_key: str
    date_created: int
    date_updated: int
