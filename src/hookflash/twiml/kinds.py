"""What attributes of verbs may hold, beyond one word of a few: whole numbers, truth, keys, lists of words."""

from collections.abc import Iterable

from hookflash.twiml.declaration import ValueKind

KEYS = "0123456789*#"  # of a phone
TONES = KEYS + "ABCD"  # that can be sent; a phone has no keys for the last four

_MOST_DIGITS = 9  # of a number that is read: more cannot be meant, and int() would take long over a million


def whole(least: int, most: int | None = None, *, unit: str = "") -> ValueKind:
    """A whole number from `least` to `most`."""
    limits = f"from {least} to {most:,}" if most is not None else f"of at least {least}"
    words = f"whole number {limits} {unit}".rstrip()

    def read(text: str) -> int:
        digits = text.strip()
        if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
            value = int(digits)
            if value >= least and (most is None or value <= most):
                return value
        raise ValueError(f"must be a {words}")

    return ValueKind(words, read)


def words_of(*allowed: str) -> ValueKind:
    """Words with spaces between, each of them one of `allowed`, in any order."""
    listed = ", ".join(allowed)

    def read(text: str) -> tuple[str, ...]:
        found = tuple(text.split())
        if not found or any(word not in allowed for word in found):
            raise ValueError(f"must name some of {listed}, with spaces between")
        return found

    return ValueKind(f"some of {listed}, with spaces between", read)


def keys_of(allowed: str, words: str, *, longest: int | None = None) -> ValueKind:
    """A string of keys."""

    def read(text: str) -> str:
        keys = text.strip()
        if any(key not in allowed for key in keys) or (longest is not None and len(keys) > longest):
            raise ValueError(f"must be {words}")
        return keys

    return ValueKind(words, read)


def short_text(longest: int) -> ValueKind:
    """Text of at most `longest` characters."""

    def read(text: str) -> str:
        if len(text.strip()) > longest:
            raise ValueError(f"is longer than {longest} characters")
        return text.strip()

    return ValueKind(f"text of at most {longest} characters", read)


def synonyms(kind: ValueKind, **others: str) -> ValueKind:
    """`kind`, or a word that stands for one of its values."""

    def read(text: str) -> object:
        return kind.read(others.get(text.strip().casefold(), text))

    return ValueKind(f"{kind.words}; {listed(f'{word} for {value}' for word, value in others.items())}", read)


def listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _truth(text: str) -> bool:
    match text.strip().casefold():
        case "true":
            return True
        case "false":
            return False
    raise ValueError("must be true or false")


TRUTH = ValueKind("true or false", _truth)
SENT_KEYS = keys_of(TONES + "wW", "keys of 0-9 A-D # *, w for half a second and W for a second of silence")
