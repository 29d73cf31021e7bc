# ruff: noqa: RUF001 - these letters are what is meant
"""SSML for espeak-ng: pronunciations, readings and breaks in what it understands."""

import pytest

from hookflash.domain.speech import Mark, Utterance, Voice, Words
from hookflash.speech.espeak_markup import espeak_markup
from hookflash.speech.pronunciation import mnemonics
from hookflash.speech.readings import reading


def markup(*words: Mark | str, language: str = "en-US") -> str:
    content: Words = words
    made = espeak_markup(Utterance(Voice("Polly.Joanna", language), content), str.lower)
    return made.removeprefix("<speak>").removesuffix("</speak>")


@pytest.mark.parametrize(
    ("alphabet", "written", "phonemes"),
    [
        ("ipa", "pɪˈkɑːn", "pI'kA:n"),
        ("x-sampa", 'pI"kA:n', "pI'kA:n"),
        ("ipa", "tʃɜːtʃ", "tS3:tS"),
        ("ipa", "ǂ", ""),
        ("x-amazon-pinyin", "bo1", ""),
    ],
)
def test_pronunciations(alphabet: str, written: str, phonemes: str) -> None:
    """Longer symbols go first; what is not known leaves the word as it is written."""
    assert mnemonics(alphabet, written) == phonemes


@pytest.mark.parametrize(
    ("text", "meaning", "order", "read"),
    [
        ("1", "ordinal", "", "1st"),
        ("12", "ordinal", "", "12th"),
        ("113", "ordinal", "", "113th"),
        ("22", "ordinal", "", "22nd"),
        ("many", "ordinal", "", "many"),
        ("1 3/20", "fraction", "", "1 and 3 over 20"),
        ("3:20", "fraction", "", "3:20"),
        ("1.5 km", "unit", "", "1.5 kilometers"),
        ("10 parsecs", "unit", "", "10 parsecs"),
        ("1'", "time", "", "1 minute"),
        ("2'30\"", "time", "", "2 minutes 30 seconds"),
        ("noon", "time", "", "noon"),
        ("12.31.1999", "date", "mdy", "December 31st, 1999"),
        ("1999/12", "date", "ym", "December, 1999"),
        ("3", "date", "d", "3rd"),
        ("19991231", "date", "yyyymmdd", "December 31st, 1999"),
        ("31/12/1999", "date", "mdy", "31/12/1999"),
        ("1/2", "date", "mdy", "1/2"),
    ],
)
def test_readings(text: str, meaning: str, order: str, read: str) -> None:
    """What is not of its kind is read as it stands."""
    assert reading(text, meaning, order, "en-GB") == read
    assert reading(text, meaning, order, "de-DE") == text


def test_marks_that_espeak_lacks() -> None:
    """Languages become voices, dB percent, strengths times, and a word is what its role says."""
    assert markup(Mark("lang", (("xml:lang", "fr-FR"),), ("oui",))) == (
        '<voice xml:lang="fr-fr" gender="female">oui</voice>'
    )
    assert markup(Mark("prosody", (("volume", "-6db"),), ("low",))) == '<prosody volume="50%">low</prosody>'
    assert markup(Mark("break", (("strength", "strong"),))) == '<break time="500ms"></break>'
    assert markup(Mark("w", (("role", "amazon:VBD"),), ("read",))) == "red"
    assert markup(Mark("w", (("role", "amazon:VBD"),), ("read",)), language="de-DE") == "read"
