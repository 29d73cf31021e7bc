"""The elements of SSML inside `<Say>`: how stretches of its text are spoken."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hookflash.domain.speech import Mark, Words
from hookflash.domain.voices import language_named
from hookflash.twiml.declaration import TEXT, ValueKind, Verb, attribute, by_name, one_of, verb
from hookflash.twiml.problems import TwimlCode

TEXT_INSIDE = "text that is spoken"

#: What each group of elements may hold; filled in below, as they hold each other.
ANYTHING: dict[str, type[Verb]] = {}
IN_PARAGRAPH: dict[str, type[Verb]] = {}
IN_SENTENCE: dict[str, type[Verb]] = {}
IN_EMPHASIS: dict[str, type[Verb]] = {}
IN_WORD: dict[str, type[Verb]] = {}


def _pattern(expression: str, words: str) -> ValueKind:
    form = re.compile(expression, re.IGNORECASE | re.ASCII)

    def read(text: str) -> str:
        if not form.fullmatch(text.strip()):
            raise ValueError(f"must be {words}")
        return text.strip().lower()

    return ValueKind(words, read)


def _language(text: str) -> str:
    language = language_named(text)
    if language is None:
        raise ValueError("is not a language that is spoken")
    return language


_VOLUMES = "default, silent, x-soft, soft, medium, loud, x-loud or a change in dB"
_RATES = "x-slow, slow, medium, fast, x-fast or a percentage"
_PITCHES = "default, x-low, low, medium, high, x-high or a change in percent"
_MEANINGS = (
    "characters", "spell-out", "cardinal", "number", "ordinal", "digits", "fraction", "unit", "date", "time", "address",
    "expletive", "telephone",
)  # fmt: skip
_ALPHABETS = ("ipa", "x-sampa", "x-amazon-jyutping", "x-amazon-pinyin", "x-amazon-pron-kana", "x-amazon-yomigana")
_DATES = ("mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y", "yyyymmdd")


@verb("break")
@dataclass(frozen=True, kw_only=True, slots=True)
class Break(Verb):
    """A pause in speech."""

    strength: str | None = attribute(
        "strength",
        one_of("none", "x-weak", "weak", "medium", "strong", "x-strong"),
        summary="how long, as after a comma (weak), a sentence (strong) or a paragraph (x-strong)",
    )
    time: str | None = attribute(
        "time", _pattern(r"\d{1,6}(\.\d{1,3})?(s|ms)", "a time such as `500ms` or `2s`"), summary="how long exactly"
    )


@verb("emphasis", text=TEXT_INSIDE, children=IN_EMPHASIS)
@dataclass(frozen=True, kw_only=True, slots=True)
class Emphasis(Verb):
    """Words that are stressed."""

    level: str | None = attribute("level", one_of("strong", "moderate", "reduced"), summary="how much")


@verb("lang", text=TEXT_INSIDE, children=ANYTHING)
@dataclass(frozen=True, kw_only=True, slots=True)
class Lang(Verb):
    """Words in another language."""

    language: str | None = attribute("xml:lang", ValueKind("language", _language), summary="which one, as `fr-FR`")


@verb("p", text=TEXT_INSIDE, children=IN_PARAGRAPH)
@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph(Verb):
    """A paragraph."""


@verb("phoneme", text="how the word is written")
@dataclass(frozen=True, kw_only=True, slots=True)
class Phoneme(Verb):
    """A word with its pronunciation."""

    alphabet: str | None = attribute("alphabet", one_of(*_ALPHABETS), summary="what `ph` is written in")
    ph: str | None = attribute("ph", TEXT, summary="the pronunciation")


@verb("prosody", text=TEXT_INSIDE, children=ANYTHING)
@dataclass(frozen=True, kw_only=True, slots=True)
class Prosody(Verb):
    """Words that are louder, faster or higher than others."""

    volume: str | None = attribute(
        "volume",
        _pattern(r"default|silent|x-soft|soft|medium|loud|x-loud|[+-]?\d{1,3}(\.\d+)?db", _VOLUMES),
        summary="how loud",
    )
    rate: str | None = attribute(
        "rate",
        _pattern(r"x-slow|slow|medium|fast|x-fast|\d{1,3}(\.\d+)?%", _RATES),
        warn=TwimlCode.SAY_RATE,
        summary="how fast",
    )
    pitch: str | None = attribute(
        "pitch",
        _pattern(r"default|x-low|low|medium|high|x-high|[+-]\d{1,3}(\.\d+)?%", _PITCHES),
        summary="how high",
    )


@verb("s", text=TEXT_INSIDE, children=IN_SENTENCE)
@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence(Verb):
    """A sentence."""


@verb("say-as", text=TEXT_INSIDE)
@dataclass(frozen=True, kw_only=True, slots=True)
class SayAs(Verb):
    """Text with what it means: a date, digits, a telephone number."""

    interpret_as: str | None = attribute("interpret-as", one_of(*_MEANINGS), summary="what it is")
    role: str | None = attribute("role", TEXT, summary="the older name of `format`")
    format: str | None = attribute("format", one_of(*_DATES), summary="the order of a date")


@verb("sub", text="what is written")
@dataclass(frozen=True, kw_only=True, slots=True)
class Sub(Verb):
    """Text of which something else is spoken."""

    alias: str | None = attribute("alias", TEXT, summary="what is spoken")


@verb("w", text="a word", children=IN_WORD)
@dataclass(frozen=True, kw_only=True, slots=True)
class Word(Verb):
    """A word with the part that it plays in its sentence."""

    role: str | None = attribute("role", TEXT, summary="such as `amazon:VB`, a verb")


IN_WORD |= by_name((Break, Emphasis, Phoneme, Prosody, SayAs, Sub))
IN_EMPHASIS |= by_name((Break, Emphasis, Lang, Phoneme, Prosody, SayAs, Sub, Word))
IN_SENTENCE |= IN_EMPHASIS
IN_PARAGRAPH |= {**IN_SENTENCE, **by_name((Sentence,))}
ANYTHING |= {**IN_PARAGRAPH, **by_name((Paragraph,))}


def words_of(content: Iterable[Verb | str]) -> Words:
    """What is inside a `<Say>`, as words that any speech engine reads."""
    return tuple(part if isinstance(part, str) else _mark(part) for part in content)


def _mark(element: Verb) -> Mark:
    declared = element.declaration.attributes.values()
    values = ((attribute.name, getattr(element, attribute.field)) for attribute in declared)
    given = tuple((name, value) for name, value in values if value is not None)
    return Mark(element.declaration.name, given, words_of(element.content))
