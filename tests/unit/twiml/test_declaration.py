"""Declarations of verbs: the data that parser and reference are made from."""

from dataclasses import dataclass

import pytest

from hookflash.twiml.channels import MESSAGING, VOICE, WHISPER
from hookflash.twiml.declaration import TEXT, Verb, attribute, check_url, one_of, verb
from hookflash.twiml.document import channel
from hookflash.twiml.parse import parse_document
from hookflash.twiml.problems import TwimlCode


@verb("Later", coming="it comes tomorrow", code=TwimlCode.REFER)
@dataclass(frozen=True, kw_only=True, slots=True)
class Later(Verb):
    """Declared, and refused."""


@verb("Now", text="something")
@dataclass(frozen=True, kw_only=True, slots=True)
class Now(Verb):
    """Has attributes that are declared, and refused."""

    soft: str = attribute("soft", TEXT, default="", warn=TwimlCode.SAY_VOICE, coming="it comes soon", summary="x")
    hard: str = attribute("hard", TEXT, default="", refuse=TwimlCode.SAY_LOOP, coming="it comes soon", summary="x")


MIXED = channel("mixed", Later, Now, unknown_verb=TwimlCode.SCHEMA, plain_text=Now)


def test_what_is_coming_is_passed_over() -> None:
    """A declared element, or attribute, that is coming is told with its own code; only `refuse` skips the verb."""
    document = parse_document(b"<Response><Later a='1'/><Now soft='x'>a</Now><Now hard='x'>b</Now></Response>", MIXED)
    assert [each.text for each in document.verbs] == ["a"]
    assert [(int(each.code), "is not here yet: it comes" in each.sentence) for each in document.warnings] == [
        (13801, True), (13511, True), (13510, True),
    ]  # fmt: skip


@pytest.mark.parametrize("verb", [*MESSAGING.verbs.values(), *VOICE.verbs.values(), *WHISPER.verbs.values()])
def test_every_verb_and_attribute_explains_itself(verb: type[Verb]) -> None:
    """The reference page needs a summary of the verb, and of each attribute its values and what it is for."""
    declaration = verb.declaration
    assert declaration.summary
    for child in declaration.children.values():
        assert child.declaration.summary
    for each in declaration.attributes.values():
        assert each.summary
        assert each.kind.words
        assert hasattr(verb, each.field)


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
