"""Keywords and their replies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.opt_out import DEFAULT, NONE, TOLL_FREE, Keyword, policy, policy_of


@pytest.mark.parametrize(
    ("words", "keyword"),
    [
        ("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT OPTOUT REVOKE", Keyword.STOP),
        ("START YES UNSTOP", Keyword.START),
        ("HELP INFO", Keyword.HELP),
    ],
)
def test_every_default_word(words: str, keyword: Keyword) -> None:
    """Each word counts in any case and with white space around it."""
    for word in words.split():
        for body in (word, word.lower(), word.title(), f" {word}\r\n"):
            assert DEFAULT.keyword_of(body) is keyword


@pytest.mark.parametrize("body", ["", "STOP it", "please stop", "STOP.", "S T O P", "STOP" * 1000, " " * 65 + "STOP"])
def test_a_keyword_is_the_whole_body(body: str) -> None:
    """A keyword in a sentence, or with punctuation, is an ordinary text."""
    assert DEFAULT.keyword_of(body) is None


def test_yes_means_something_only_from_who_is_blocked() -> None:
    """YES is an answer to many questions; it restarts only what was stopped."""
    assert DEFAULT.keyword_of("yes", blocked=False) is None
    assert DEFAULT.keyword_of("start", blocked=False) is Keyword.START


def test_toll_free_numbers_know_fewer_words_and_answer_for_the_network() -> None:
    """Only STOP blocks a toll-free number."""
    assert TOLL_FREE.keyword_of("stop") is Keyword.STOP
    assert TOLL_FREE.keyword_of("cancel") is None
    assert TOLL_FREE.keyword_of("yes") is None
    assert TOLL_FREE.replies[Keyword.STOP].startswith("NETWORK MSG: ")


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("+14155552345", DEFAULT),
        ("+447400123456", DEFAULT),
        ("+18005550123", TOLL_FREE),
        ("+448001234567", DEFAULT),
        ("12345", NONE),
    ],
)
def test_the_policy_follows_the_sender(sender: str, expected: object) -> None:
    """North American toll-free numbers have the network's policy, short codes on their own none."""
    assert policy_of(sender) is expected


def test_a_service_may_bring_words_of_its_own() -> None:
    """Custom words replace the default ones, and may have more than one word."""
    custom = policy(stop=["alto", "no más"], start=["hola"], help_=["ayuda"], replies={Keyword.STOP: "Adiós"})
    assert custom.keyword_of("No Más") is Keyword.STOP
    assert custom.keyword_of("stop") is None


@pytest.mark.parametrize("words", [["x", "X"], [""], ["y" * 65]])
def test_a_policy_must_make_sense(words: list[str]) -> None:
    """A word of two meanings, none, or too many characters is refused."""
    with pytest.raises(ValueError, match=r"X cannot mean both|a keyword has 1 to 64 characters"):
        policy(stop=words, start=["x"], help_=[], replies={})


@given(st.text())
def test_any_body_can_be_asked(body: str) -> None:
    """Whatever people write is a keyword or none."""
    assert DEFAULT.keyword_of(body) in (None, *Keyword)
