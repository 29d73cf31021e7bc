"""Declarations of verbs: the data that parser and reference are made from."""

import pytest

from hookflash.twiml.channels import MESSAGING
from hookflash.twiml.declaration import Verb, check_url, one_of


@pytest.mark.parametrize("verb", MESSAGING.verbs.values())
def test_every_verb_and_attribute_explains_itself(verb: type[Verb]) -> None:
    """The reference page needs a summary of the verb, and of each attribute its values and what it is for."""
    declaration = verb.declaration
    assert declaration.summary
    for child in declaration.children.values():
        assert child.declaration.summary
    for attribute in declaration.attributes.values():
        assert attribute.summary
        assert attribute.kind.words
        assert hasattr(verb, attribute.field)


def test_the_messaging_channel() -> None:
    """A document that answers a message may have these verbs, with these attributes."""
    attributes = {"to", "from", "action", "method", "statusCallback"}
    declared = {name: set(verb.declaration.attributes) for name, verb in MESSAGING.verbs.items()}
    assert declared == {"Message": attributes, "Sms": attributes, "Redirect": {"method"}}


def test_words_are_read_in_any_case_as_they_are_declared() -> None:
    """`get` is GET; another word is refused with those that are allowed."""
    method = one_of("GET", "POST")
    assert method.read(" get ") == "GET"
    with pytest.raises(ValueError, match="must be GET or POST"):
        method.read("PUT")


@pytest.mark.parametrize(
    "url", ["", "/a", "a?b=c", "https://a.example/x%20y", "http://u:p@a:80/", "//a.example/b", "#rc=2"]
)
def test_urls(url: str) -> None:
    """Absolute http(s) and relative URLs pass."""
    assert check_url(f" {url} ") == url


@pytest.mark.parametrize(
    "url", ["ftp://a/b", "javascript:alert(1)", "http:///x", "http://[::1", "http://a:b/", "a b", "a\x00"]
)
def test_other_urls_are_refused(url: str) -> None:
    """Other schemes, broken hosts and ports, and characters that no URL has, are refused."""
    with pytest.raises(ValueError, match="URL"):
        check_url(url)
