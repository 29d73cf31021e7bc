"""What a caller may say, made of hints, as a grammar in JSGF (Java Speech Grammar Format 1.0).

A hint is one thing that may be said. A class token of Google's Speech-to-Text (`$OOV_CLASS_DIGIT_SEQUENCE`, `$MONTH` …)
stands for whatever is of its kind, alone or inside a phrase; those of letters are too much for the decoder.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .said import COMMANDS, DIGITS, MONTHS, ORDINALS, TENS, UNITS, figures_of, number

MOST_HINTS = 500
MOST_WORDS = 20  #: of a hint

#: The rules that class tokens refer to.
_RULES = {
    "digit": " | ".join(DIGITS),
    "digits": "<digit> [<digits>]",
    "number": f"{' | '.join(UNITS)} | ({' | '.join(TENS[2:])}) [{' | '.join(UNITS[1:10])}]",
    "month": " | ".join(MONTHS),
    "ordinal": f"{' | '.join(ORDINALS)} | (twenty | thirty) ({' | '.join(ORDINALS[:9])})",
}
_CLASSES = {
    "OOV_CLASS_DIGIT_SEQUENCE": "digits",
    "OOV_CLASS_FULLPHONENUM": "digits",
    "FULLPHONENUM": "digits",
    "POSTALCODE": "digits",
    "OOV_CLASS_POSTALCODE": "digits",
    "OOV_CLASS_NUMBER": "number",
    "OPERAND": "number",
    "ADDRESSNUM": "number",
    "MONTH": "month",
    "DAY": "number",
    "OOV_CLASS_ORDINAL": "ordinal",
}
_NEEDS = {"digits": ("digit",)}
_CLASS = re.compile(r"\$\{?([A-Z_]+)\}?")
_TOKEN = re.compile(r"\$\{?[A-Z_]+\}?|[a-z]+(?:'[a-z]+)*\.?|[0-9]+")


class GrammarError(ValueError):
    """Hints of which no grammar can be made; says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """What may be said."""

    jsgf: str
    words: tuple[str, ...]  #: all that occur; `a.` is the name of a letter
    phrases: dict[str, str]  #: from what is heard, as words, to the hint as it was written
    has_classes: bool  #: whether something may be said that is in no phrase

    def written(self, heard: str) -> str:
        """What was heard as a text: the hint itself, or words with digits as digits; empty when it is unfinished."""
        phrase = self.phrases.get(heard, "")
        if phrase or not self.has_classes:
            return phrase
        return _with_digits(heard.split())


@lru_cache(maxsize=64)
def grammar_of(hints: tuple[str, ...], *, with_numbers: bool = False) -> Grammar:
    """The grammar of hints; `with_numbers` adds digits, numbers and usual commands. Raises GrammarError."""
    phrases: dict[str, str] = {}
    rules: set[str] = set()
    alternatives: list[str] = []
    for hint in [*hints[:MOST_HINTS], *(COMMANDS if with_numbers else ())]:
        tokens = _tokens(hint)
        if not 0 < len(tokens) <= MOST_WORDS:
            continue
        classes = {token[1:-1] for token in tokens if token.startswith("<")}
        spoken = " ".join(tokens)
        if spoken not in phrases:
            alternatives.append(spoken)
        rules |= classes
        if not classes:
            phrases.setdefault(spoken, hint.strip())
    if with_numbers:
        alternatives += ["<digits>", "<number>"]
        rules |= {"digits", "number"}
    if not alternatives:
        raise GrammarError("there is no word of English in the hints")
    rules |= {needed for rule in rules for needed in _NEEDS.get(rule, ())}
    lines = [f"<{rule}> = {_RULES[rule]};" for rule in sorted(rules)]
    jsgf = "\n".join(["#JSGF V1.0;", "grammar hints;", f"public <hint> = {_folded(alternatives)};", *lines])
    return Grammar(
        jsgf + "\n", _words_in([*phrases, *(_RULES[rule] for rule in rules), *alternatives]), phrases, bool(rules)
    )


def _folded(alternatives: Iterable[str]) -> str:
    """An expansion that allows each of `alternatives`; beginnings that they share are there once, which saves time."""
    branches: dict[str, list[str]] = {}
    ends = False
    for alternative in alternatives:
        first, _, rest = alternative.partition(" ")
        ends |= not first
        if first:
            branches.setdefault(first, []).append(rest)
    parts = [f"{first} {_folded(rests)}".strip() for first, rests in branches.items()]
    if not parts:
        return ""
    either = " | ".join(parts)
    return f"[{either}]" if ends else f"({either})"


def _tokens(hint: str) -> list[str]:
    """The words of a hint as they are spoken; a class token as the reference to its rule."""
    classes = _CLASS.findall(hint)
    plain = unicodedata.normalize("NFKD", _CLASS.sub(" \0 ", hint)).encode("ascii", "ignore").decode()
    tokens: list[str] = []
    for part in plain.split("\0"):
        tokens += _spoken(part)
        if classes:
            rule = _CLASSES.get(classes.pop(0))
            if rule is None:
                return []  # a class that this grammar does not have: the hint cannot be heard
            tokens.append(f"<{rule}>")
    return tokens


def _spoken(text: str) -> Iterable[str]:
    spread = re.sub(r"\b([A-Z]{2,4})\b", lambda found: " ".join(f"{letter}." for letter in found[1]), text)
    for token in _TOKEN.findall(spread.lower().replace("&", " and ")):
        yield from (
            number(token) if token.isdigit() else [token if re.fullmatch(r"[a-z]\.", token) else token.rstrip(".")]
        )


def _words_in(texts: Iterable[str]) -> tuple[str, ...]:
    found = {word for text in texts for word in re.findall(r"[a-z']+\.?", re.sub(r"<\w+>", " ", text))}
    return tuple(sorted(found))


def _with_digits(words: list[str]) -> str:
    """Spoken words as a text: numbers in figures, digits in a row as one number."""
    text = ""
    had_digits = False
    while words:
        figures, taken = figures_of(words)
        text += figures if figures and had_digits else f" {figures or words[0]}"
        words = words[max(taken, 1) :]
        had_digits = bool(figures)
    return text.strip()
