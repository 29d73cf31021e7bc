"""What somebody pays with, key by key: which fields there are, whether what was keyed can be right, and how it is told.

Rule: what was keyed lives in `Details` and nowhere else, and is told masked.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class PaymentMethod(StrEnum):
    CREDIT_CARD = "credit-card"
    ACH_DEBIT = "ach-debit"


class PaymentField(StrEnum):
    """What is asked for."""

    CARD_NUMBER = "payment-card-number"
    EXPIRATION_DATE = "expiration-date"
    SECURITY_CODE = "security-code"
    POSTAL_CODE = "postal-code"
    ROUTING_NUMBER = "bank-routing-number"
    ACCOUNT_NUMBER = "bank-account-number"


class PaymentProblem(StrEnum):
    """What is wrong with what was keyed."""

    TIMEOUT = "timeout"
    CARD_NUMBER = "invalid-card-number"
    CARD_TYPE = "invalid-card-type"
    DATE = "invalid-date"
    SECURITY_CODE = "invalid-security-code"
    POSTAL_CODE = "invalid-postal-code"
    ROUTING_NUMBER = "invalid-bank-routing-number"
    ACCOUNT_NUMBER = "invalid-bank-account-number"
    MATCHING = "input-matching-failed"
    INTERNAL = "internal-error"


class PaymentResult(StrEnum):
    """How a payment ended."""

    SUCCESS = "success"
    TOO_MANY_FAILED_ATTEMPTS = "too-many-failed-attempts"
    CONNECTOR_ERROR = "payment-connector-error"
    INTERRUPTED = "caller-interrupted-with-star"
    HUNG_UP = "caller-hung-up"
    VALIDATION_ERROR = "validation-error"
    INTERNAL_ERROR = "internal-error"


#: Issuer numbers (ISO/IEC 7812) by card type, and how many digits such a card has. The first that fits counts.
_CARDS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("optima", r"3707", (15,)),
    ("amex", r"3[47]", (15,)),
    ("diners-club", r"3(?:0[0-5]|[689])", (14, 16, 19)),
    ("jcb", r"35(?:2[89]|[3-8])", (16, 17, 18, 19)),
    ("enroute", r"2(?:014|149)", (15,)),
    ("discover", r"6(?:011|4[4-9]|5)", (16, 19)),
    ("maestro", r"(?:5018|5020|5038|5893|6304|67)", tuple(range(12, 20))),
    ("mastercard", r"(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)", (16,)),
    ("visa", r"4", (13, 16, 19)),
)
CARD_TYPES = ("visa", "mastercard", "amex", "maestro", "discover", "optima", "jcb", "diners-club", "enroute")
USUAL_CARDS = ("visa", "mastercard", "amex")
MOST_DIGITS = {
    PaymentField.CARD_NUMBER: 19,
    PaymentField.EXPIRATION_DATE: 4,
    PaymentField.SECURITY_CODE: 4,
    PaymentField.POSTAL_CODE: 12,
    PaymentField.ROUTING_NUMBER: 9,
    PaymentField.ACCOUNT_NUMBER: 17,
}
MOST_MONEY = 1_000_000
_WITHOUT_CENTS = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
})  # fmt: skip
_CENTURY = 2000
_LONGEST_VALIDITY = 20  # years


def card_type(number: str) -> str | None:
    """Whose card a number is, by its first digits and its length; None for nobody's."""
    for name, issuers, lengths in _CARDS:
        if len(number) in lengths and re.match(issuers, number):
            return name
    return None


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1 annex B)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return bool(digits) and total % 10 == 0


def is_routing_number(digits: str) -> bool:
    """Whether it is nine digits whose weighted sum fits (ABA)."""
    return (
        len(digits) == 9
        and sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is asked for and accepted."""

    method: PaymentMethod = PaymentMethod.CREDIT_CARD
    security_code: bool = True
    postal_code: bool = True  #: False where it is known, or not wanted
    least_postal_code: int = 0  #: digits
    cards: tuple[str, ...] = USUAL_CARDS

    @property
    def fields(self) -> tuple[PaymentField, ...]:
        """In the order in which they are asked for."""
        if self.method is PaymentMethod.ACH_DEBIT:
            return (PaymentField.ROUTING_NUMBER, PaymentField.ACCOUNT_NUMBER)
        wanted = [PaymentField.CARD_NUMBER, PaymentField.EXPIRATION_DATE]
        if self.postal_code:
            wanted.append(PaymentField.POSTAL_CODE)
        if self.security_code:
            wanted.append(PaymentField.SECURITY_CODE)
        return tuple(wanted)


@dataclass(slots=True, repr=False)
class Details:
    """What was keyed so far. It has no `repr`, so that no log shows it."""

    values: dict[PaymentField, str] = field(default_factory=dict)

    @property
    def card_type(self) -> str | None:
        return card_type(self.values.get(PaymentField.CARD_NUMBER, ""))

    def take(self, wanted: PaymentField, digits: str, rules: Rules, *, year: int, month: int) -> PaymentProblem | None:
        """Keep `digits` as `wanted`, or say what is wrong with them. `year` and `month` are today's."""
        if not digits:
            return PaymentProblem.TIMEOUT
        problem = self._problem(wanted, digits, rules, year=year, month=month)
        if problem is None:
            self.values[wanted] = digits
        return problem

    def _problem(
        self, wanted: PaymentField, digits: str, rules: Rules, *, year: int, month: int
    ) -> PaymentProblem | None:
        match wanted:
            case PaymentField.CARD_NUMBER:
                kind = card_type(digits)
                if kind is None or not is_luhn(digits):
                    return PaymentProblem.CARD_NUMBER
                return None if kind in rules.cards else PaymentProblem.CARD_TYPE
            case PaymentField.EXPIRATION_DATE:
                return None if _is_ahead(digits, year, month) else PaymentProblem.DATE
            case PaymentField.SECURITY_CODE:
                length = 4 if self.card_type in ("amex", "optima") else 3
                return None if len(digits) == length else PaymentProblem.SECURITY_CODE
            case PaymentField.POSTAL_CODE:
                return None if len(digits) >= max(rules.least_postal_code, 1) else PaymentProblem.POSTAL_CODE
            case PaymentField.ROUTING_NUMBER:
                return None if is_routing_number(digits) else PaymentProblem.ROUTING_NUMBER
            case PaymentField.ACCOUNT_NUMBER:
                return None if len(digits) >= 3 else PaymentProblem.ACCOUNT_NUMBER

    def told(self) -> dict[str, str]:
        """As webhooks tell it: nothing that would let anybody pay."""
        values = self.values
        params = {
            "PaymentCardNumber": _masked(values.get(PaymentField.CARD_NUMBER, "")),
            "PaymentCardType": self.card_type or "",
            "ExpirationDate": values.get(PaymentField.EXPIRATION_DATE, ""),
            "SecurityCode": "x" * len(values.get(PaymentField.SECURITY_CODE, "")),
            "PaymentCardPostalCode": values.get(PaymentField.POSTAL_CODE, ""),
            "BankRoutingNumber": values.get(PaymentField.ROUTING_NUMBER, ""),
            "BankAccountNumber": _masked(values.get(PaymentField.ACCOUNT_NUMBER, "")),
        }
        return {name: value for name, value in params.items() if value}

    def forget(self) -> None:
        self.values.clear()


def _is_ahead(digits: str, year: int, month: int) -> bool:
    """Whether MMYY is a month that has not passed, and that a card of today can have."""
    if len(digits) != 4 or not 1 <= int(digits[:2]) <= 12:
        return False
    ends = (_CENTURY + int(digits[2:])) * 12 + int(digits[:2])
    today = year * 12 + month
    return today <= ends <= today + _LONGEST_VALIDITY * 12


def _masked(number: str) -> str:
    """All but the last four digits as x."""
    return "x" * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else "x" * len(number)


def read_amount(text: str) -> str:
    """An amount of money as it is written, empty for none. Raises ValueError."""
    try:
        amount = Decimal(text.strip() or "0")
    except InvalidOperation:
        raise ValueError("must be a number with at most two decimals") from None
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY or -int(amount.as_tuple().exponent) > 2:
        raise ValueError(f"must be from 0 to {MOST_MONEY:,}, with at most two decimals")
    return str(amount) if amount else ""


def read_postal_code(text: str) -> str:
    """`true`: it is asked for; `false`: not; else the code itself. Raises ValueError."""
    value = text.strip()
    if value.casefold() in ("true", "false"):
        return value.casefold()
    if not value or len(value) > 12:
        raise ValueError("must be true, false or a postal code")
    return value


def read_currency(text: str) -> str:
    """An ISO 4217 code in lower case. Raises ValueError."""
    value = text.strip().lower()
    if len(value) != 3 or not value.isascii() or not value.isalpha():
        raise ValueError("must be the three letters of a currency")
    return value


def fits_currency(amount: str, currency: str) -> bool:
    """Whether `currency` has the decimals that `amount` has."""
    return currency not in _WITHOUT_CENTS or "." not in amount
