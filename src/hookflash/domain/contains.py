"""The pattern language of `Contains`: digits, letters of the keypad, `*` for any digit, `+` and `$` for the ends."""

import re
from dataclasses import dataclass
from functools import cached_property

from hookflash.domain.phone_numbers import KEYPAD

_PATTERN = re.compile(r"(?P<start>\+?)%?(?P<body>[0-9A-Za-z*]+)%?(?P<end>\$?)")


@dataclass(frozen=True)
class Pattern:
    """Digits and `*`; where neither end is fixed it may match anywhere in a number, the country code included."""

    digits: str
    at_start: bool = False
    at_end: bool = False

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        start, end = "^" if self.at_start else "", "$" if self.at_end else ""
        return re.compile(start + self.digits.replace("*", "[0-9]") + end)

    def matches(self, digits: str) -> bool:
        """Whether the digits of an E.164 number, without the plus sign, match."""
        return self._regex.search(digits) is not None

    def press_into(self, digits: str, turn: int) -> str:
        """`digits` with the pattern written over some of them; each `turn` (from 0) tries another place."""
        room = len(digits) - len(self.digits)
        if room < 0:
            return digits
        places = [0] if self.at_start else [room] if self.at_end else list(range(room, -1, -1))
        at = places[turn % len(places)]
        under = digits[at : at + len(self.digits)]
        pressed = "".join(old if new == "*" else new for old, new in zip(under, self.digits, strict=True))
        return digits[:at] + pressed + digits[at + len(self.digits) :]


def parse_pattern(text: str) -> Pattern:
    """The pattern that `text` is.

    Two to sixteen characters, at least two of them digits or letters. `%` at either end stands for any digits, as an
    open end does. Raises ValueError, with what is wrong as a phrase, for anything else.
    """
    if not 2 <= len(text) <= 16:
        raise ValueError("must have 2 to 16 characters")
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise ValueError("may have digits, letters and *, with % or + before and % or $ after them")
    digits = match["body"].upper().translate(KEYPAD)
    if len(digits.replace("*", "")) < 2:
        raise ValueError("must have at least two digits or letters")
    return Pattern(digits, bool(match["start"]), bool(match["end"]))
