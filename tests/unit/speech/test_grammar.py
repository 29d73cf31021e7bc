"""Hints as a grammar: what may be said, and how what was heard is written."""

import pytest

from hookflash.speech.sphinx.grammar import GrammarError, grammar_of
from hookflash.speech.sphinx.phones import phones_of


def test_hints_are_alternatives_and_beginnings_are_shared() -> None:
    """One expansion with each hint once; what several begin with is there once."""
    grammar = grammar_of(("New York", "new jersey", "new", "Boston", "boston"))
    assert "public <hint> = (new [york | jersey] | boston);" in grammar.jsgf
    assert grammar.words == ("boston", "jersey", "new", "york")


@pytest.mark.parametrize(
    ("hint", "heard"),
    [
        ("New York", "new york"),
        ("Option 2", "option two"),
        ("route 66", "route sixty six"),
        ("flight 815", "flight eight one five"),
        ("IBM", "i. b. m."),
        ("don't know", "don't know"),
        ("café", "cafe"),
        ("terms & conditions", "terms and conditions"),
        ("yes, please!", "yes please"),
    ],
)
def test_what_is_heard_is_written_as_the_hint_was(hint: str, heard: str) -> None:
    """Numbers, initials, accents and signs have words to be spoken; the application gets its own writing back."""
    grammar = grammar_of((hint,))
    assert heard in grammar.phrases
    assert grammar.written(heard) == hint


@pytest.mark.parametrize(
    ("hint", "heard", "written"),
    [
        ("$OOV_CLASS_DIGIT_SEQUENCE", "four oh five", "405"),
        ("my pin is ${OOV_CLASS_DIGIT_SEQUENCE}", "my pin is one two", "my pin is 12"),
        ("$OPERAND", "forty two", "42"),
        ("$MONTH", "may", "may"),
        ("the $OOV_CLASS_ORDINAL of $MONTH", "the twenty first of may", "the twenty first of may"),
    ],
)
def test_classes_stand_for_what_is_of_their_kind(hint: str, heard: str, written: str) -> None:
    """Google's class tokens, alone or within a phrase; numbers are written in figures."""
    assert grammar_of((hint,)).written(heard) == written


def test_an_unfinished_phrase_is_not_a_hint() -> None:
    """Only whole hints are told."""
    assert grammar_of(("book a table", "cancel")).written("book a") == ""


def test_nothing_of_a_hint_reaches_the_grammar_but_words() -> None:
    """What means something in JSGF is no way out of a hint."""
    grammar = grammar_of(("yes; public <x> = <Void>", "a | b", "{tag} /2/ no*"))
    assert set(grammar.words) == {"yes", "public", "x", "void", "a", "b", "tag", "two", "no"}
    assert grammar.jsgf.count(";") == 3


def test_hints_without_a_word_are_refused() -> None:
    """Signs alone, or another script, leave nothing to listen for."""
    with pytest.raises(GrammarError):
        grammar_of(("!!!", "はい"))


def test_words_that_the_dictionary_lacks_get_phones_of_the_model() -> None:
    """What espeak-ng says, in the phones of the dictionary; the names of letters are known without it."""
    known = phones_of(("hookflash", "b."))
    assert known == {"hookflash": "HH UH K F L AE SH", "b.": "B IY"}
