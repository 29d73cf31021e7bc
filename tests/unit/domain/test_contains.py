"""The pattern language of searches for numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.contains import Pattern, parse_pattern


@pytest.mark.parametrize(
    ("text", "digits", "matches"),
    [
        ("510555****", "15105551234", True),
        ("510555****", "14155551234", False),
        ("storm", "14157867655", True),
        ("555", "15105551234", True),
        ("+1510", "15105551234", True),
        ("+510", "15105551234", False),
        ("1234$", "15105551234", True),
        ("5551$", "15105551234", False),
        ("%555%", "15105551234", True),
        ("5*5", "15105551234", True),
        ("+15105551234$", "15105551234", True),
    ],
)
def test_patterns_match_the_digits_of_a_number(text: str, digits: str, matches: bool) -> None:
    """Letters are keys, `*` is one digit, `+` and `$` hold the ends; else a pattern may lie anywhere."""
    assert parse_pattern(text).matches(digits) is matches


@pytest.mark.parametrize(
    "text", ["", "5", "1" * 17, "5*", "**", "%%", "5%5", "5+5", "$55", "55-5", "\uff15\uff15", "5\n5"]
)
def test_what_is_no_pattern_is_refused(text: str) -> None:
    """Two to sixteen characters, two of them digits or letters, and marks only where they mean something."""
    with pytest.raises(ValueError, match=r"must have|may have"):
        parse_pattern(text)


@given(st.from_regex(r"\A[0-9*]{2,16}\Z"), st.booleans(), st.booleans(), st.integers(0, 40))
def test_a_pattern_pressed_into_a_number_is_found_in_it(digits: str, start: bool, end: bool, turn: int) -> None:
    """Pressing keeps the length and makes the number match, unless the pattern is longer, or fixed at both ends."""
    pattern = Pattern(digits, start, end)
    pressed = pattern.press_into("14155551234", turn)
    assert len(pressed) == 11
    if len(digits) == 11 or (len(digits) < 11 and not (start and end)):
        assert pattern.matches(pressed)


@given(st.text(max_size=20))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    """Nothing but ValueError comes of a bad pattern."""
    try:
        parse_pattern(text).matches("14155551234")
    except ValueError:
        return
