"""What can be a card, an account or a date, and how it is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.payment import (
    Details,
    PaymentField,
    PaymentMethod,
    PaymentProblem,
    Rules,
    card_type,
    is_luhn,
    is_routing_number,
    read_amount,
)

_F = PaymentField
_P = PaymentProblem
TODAY = {"year": 2026, "month": 11}

#: Numbers that card companies publish for tests.
CARDS = {
    "4111111111111111": "visa",
    "4222222222222": "visa",
    "5555555555554444": "mastercard",
    "2223003122003222": "mastercard",
    "378282246310005": "amex",
    "6011111111111117": "discover",
    "3530111333300000": "jcb",
    "30569309025904": "diners-club",
    "6759649826438453": "maestro",
}


@pytest.mark.parametrize(("number", "kind"), CARDS.items())
def test_a_card_is_known_by_its_first_digits(number: str, kind: str) -> None:
    assert card_type(number) == kind
    assert is_luhn(number)


@given(st.sampled_from(list(CARDS)), st.data())
def test_one_wrong_digit_is_noticed(number: str, data: st.DataObject) -> None:
    """The check digit of ISO/IEC 7812 finds each."""
    at = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[at]))
    assert not is_luhn(number[:at] + wrong + number[at + 1 :])


@given(st.text("0123456789", max_size=25))
def test_no_keys_are_too_odd(digits: str) -> None:
    """Whatever is keyed is taken, or told as one of the problems; what is told never has a whole number."""
    for wanted in PaymentField:
        details = Details()
        problem = details.take(wanted, digits, Rules(), **TODAY)
        assert (problem is None) == (wanted in details.values)
        if wanted in (_F.CARD_NUMBER, _F.ACCOUNT_NUMBER, _F.SECURITY_CODE) and len(digits) > 4:
            assert digits not in details.told().values()


@pytest.mark.parametrize(
    ("wanted", "digits", "problem"),
    [
        (_F.CARD_NUMBER, "", _P.TIMEOUT),
        (_F.CARD_NUMBER, "4111111111111112", _P.CARD_NUMBER),
        (_F.CARD_NUMBER, "6011111111111117", _P.CARD_TYPE),
        (_F.EXPIRATION_DATE, "1026", _P.DATE),
        (_F.EXPIRATION_DATE, "1126", None),
        (_F.EXPIRATION_DATE, "1327", _P.DATE),
        (_F.EXPIRATION_DATE, "0147", _P.DATE),
        (_F.SECURITY_CODE, "12", _P.SECURITY_CODE),
        (_F.ROUTING_NUMBER, "110000001", _P.ROUTING_NUMBER),
        (_F.ROUTING_NUMBER, "110000000", None),
        (_F.ACCOUNT_NUMBER, "12", _P.ACCOUNT_NUMBER),
    ],
)
def test_what_is_wrong_is_named(wanted: PaymentField, digits: str, problem: PaymentProblem | None) -> None:
    assert Details().take(wanted, digits, Rules(), **TODAY) == problem


def test_the_code_of_an_amex_has_four_digits() -> None:
    details, rules = Details(), Rules()
    assert details.take(_F.CARD_NUMBER, "378282246310005", rules, **TODAY) is None
    assert details.take(_F.SECURITY_CODE, "123", rules, **TODAY) is _P.SECURITY_CODE
    assert details.take(_F.SECURITY_CODE, "1234", rules, **TODAY) is None


def test_what_was_keyed_has_no_words_in_a_log() -> None:
    """`repr` is what a traceback or a debugger's line would show."""
    details = Details()
    details.take(_F.CARD_NUMBER, "4111111111111111", Rules(), **TODAY)
    assert "4111" not in repr(details)
    details.forget()
    assert details.told() == {}


def test_a_bank_account_is_asked_for_instead_of_a_card() -> None:
    assert Rules(method=PaymentMethod.ACH_DEBIT).fields == (_F.ROUTING_NUMBER, _F.ACCOUNT_NUMBER)
    assert is_routing_number("110000000")


@pytest.mark.parametrize("text", ["-1", "1000000.01", "1.234", "NaN", "Infinity", "ten", "1e9", "1e-9"])
def test_amounts_that_nobody_can_mean(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "amount"), [("", ""), ("0", ""), ("0.00", ""), ("12.5", "12.5"), (" 7 ", "7"), ("1000000", "1000000")]
)
def test_nothing_is_no_amount(text: str, amount: str) -> None:
    assert read_amount(text) == amount
