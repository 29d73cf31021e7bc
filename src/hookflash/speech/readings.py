"""What stands in a `<say-as>`, as words of English; in another language it stands as it is."""

import re
from collections.abc import Callable

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
UNITS = {
    "kg": "kilograms", "g": "grams", "mg": "milligrams", "lb": "pounds", "oz": "ounces", "km": "kilometers",
    "m": "meters", "cm": "centimeters", "mm": "millimeters", "mi": "miles", "ft": "feet", "in": "inches",
    "l": "liters", "ml": "milliliters", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds",
    "mph": "miles per hour", "km/h": "kilometers per hour", "gb": "gigabytes", "mb": "megabytes",
}  # fmt: skip
STREETS = {
    "st": "street", "ave": "avenue", "rd": "road", "blvd": "boulevard", "dr": "drive", "ln": "lane", "ct": "court",
    "apt": "apartment", "ste": "suite",
}  # fmt: skip
_QUANTITY = re.compile(r"(\d+(?:[.,]\d+)?)\s*([A-Za-z/]+)")
_FRACTION = re.compile(r"(?:(\d+)[ +])?(\d+)/(\d+)")
_DURATION = re.compile(r"(?:(\d+)')?(?:(\d+)\")?")


def reading(text: str, meaning: str, order: str, language: str) -> str:
    """`text` as it is read aloud when it is a `meaning` of `say-as`; `order` is that of the parts of a date."""
    if not language.startswith("en"):
        return text
    if meaning == "date":
        return _date(text, order) or text
    read = _READINGS.get(meaning)
    return (read(text) if read else "") or text


def _ordinal(text: str) -> str:
    if not text.isdigit():
        return ""
    last = int(text) % 100
    suffix = "th" if last in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(last % 10, "th")
    return f"{int(text)}{suffix}"


def _fraction(text: str) -> str:
    found = _FRACTION.fullmatch(text)
    if found is None:
        return ""
    whole, over, under = found.groups()
    return f"{whole} and {over} over {under}" if whole else f"{over} over {under}"


def _unit(text: str) -> str:
    found = _QUANTITY.fullmatch(text)
    unit = UNITS.get(found[2].lower()) if found else None
    return f"{found[1]} {unit}" if found and unit else ""


def _time(text: str) -> str:
    found = _DURATION.fullmatch(text)
    if found is None:
        return ""
    parts = [(found[1], "minute"), (found[2], "second")]
    return " ".join(f"{count} {name}{'' if int(count) == 1 else 's'}" for count, name in parts if count)


def _address(text: str) -> str:
    return " ".join(STREETS.get(word.lower().rstrip(".,"), word) for word in text.split())


def _date(text: str, order: str) -> str:
    """A date whose parts are in `order`; empty when they are not there."""
    if order == "yyyymmdd":
        parts = dict(zip("ymd", (text[:4], text[4:6], text[6:]), strict=True))
    else:
        found = re.split(r"[^\d?]+", text)
        if len(found) != len(order):
            return ""
        parts = dict(zip(order, found, strict=True))
    known = {name: int(part) for name, part in parts.items() if part.isdigit()}
    if known.get("m", 1) not in range(1, len(MONTHS) + 1):
        return ""
    month = MONTHS[known["m"] - 1] if "m" in known else ""
    day = _ordinal(str(known["d"])) if "d" in known else ""
    year = str(known["y"]) if "y" in known else ""
    return ", ".join(filter(None, (f"{month} {day}".strip(), year)))


_READINGS: dict[str, Callable[[str], str]] = {
    "ordinal": _ordinal,
    "fraction": _fraction,
    "unit": _unit,
    "time": _time,
    "address": _address,
    "expletive": lambda _: "beep",
}
