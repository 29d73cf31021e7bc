"""How numbers, days and usual commands are said in English."""

DIGITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", "thirtieth",
)  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
COMMANDS = (
    "yes", "no", "okay", "cancel", "stop", "help", "repeat", "back", "next", "start over", "main menu", "operator",
    "agent", "representative", "goodbye",
)  # fmt: skip


def number(digits: str) -> list[str]:
    """The words of a number: up to 99 as a number, longer ones digit by digit."""
    if len(digits) > 2 or (digits.startswith("0") and len(digits) > 1):
        return [UNITS[int(digit)] for digit in digits]
    value = int(digits)
    if value < len(UNITS):
        return [UNITS[value]]
    return [TENS[value // 10], *([UNITS[value % 10]] if value % 10 else [])]


def figures_of(words: list[str]) -> tuple[str, int]:
    """The number that `words` begin with, in figures, and how many of them it takes; none: an empty text and 0."""
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in TENS[2:]:
        tens = TENS.index(first) * 10
        if second in ORDINALS:
            return "", 0
        if second in UNITS[1:10]:
            return str(tens + UNITS.index(second)), 2
        return str(tens), 1
    if first in UNITS:
        return str(UNITS.index(first)), 1
    return DIGITS.get(first, ""), int(first in DIGITS)
