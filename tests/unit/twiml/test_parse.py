"""Answers to webhooks read into documents: what is understood, what is passed over, what is refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.messaging_response import MessagingResponse  # type: ignore[import-untyped]

from hookflash.twiml.channels import MESSAGING
from hookflash.twiml.document import MOST_WARNINGS, Document
from hookflash.twiml.parse import parse_answer
from hookflash.twiml.problems import TwimlCode, TwimlError
from hookflash.twiml.verbs.message import Message
from hookflash.twiml.verbs.redirect import Redirect


def parse(text: str | bytes, content_type: str = "text/xml") -> Document:
    return parse_answer(text if isinstance(text, bytes) else text.encode(), content_type, MESSAGING)


def refusal(text: str | bytes, content_type: str = "text/xml") -> TwimlError:
    with pytest.raises(TwimlError) as caught:
        parse(text, content_type)
    return caught.value


def codes(document: Document) -> list[int]:
    return [warning.code for warning in document.warnings]


def test_verbs_keep_their_order_and_place() -> None:
    """Verbs come out as they stand in the document, each with its line and column, counted from 1."""
    document = parse(
        "<?xml version='1.0'?>\n<Response>\n  <Message>Hi</Message><Redirect>/next</Redirect>\n</Response>"
    )
    assert [(Message, 3, 3), (Redirect, 3, 24)] == [(type(v), v.line, v.column) for v in document.verbs]
    assert not document.warnings


def test_the_published_builder_is_understood() -> None:
    """What the SDK's MessagingResponse prints is read back without a warning."""
    response = MessagingResponse()
    message = response.message(to="+14155551212", from_="+14155552345", action="/a", method="GET", status_callback="/b")
    message.body("Hello, <world> & all")
    message.media("https://example.com/cat.png")
    response.redirect("/next", method="POST")
    document = parse(str(response))
    first, second = document.verbs
    assert isinstance(first, Message)
    assert (
        first.to,
        first.from_,
        first.action,
        first.method,
        first.status_callback,
    ) == ("+14155551212", "+14155552345", "/a", "GET", "/b")
    assert isinstance(second, Redirect)
    assert second.text == "/next"
    assert not document.warnings


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml; charset=utf-8", "TEXT/HTML;charset=UTF-8"])
def test_accepted_types_are_parsed(content_type: str) -> None:
    """The three XML types, in any case and with a charset, hold TwiML."""
    assert len(parse("<Response><Message>é</Message></Response>", content_type).verbs) == 1


@pytest.mark.parametrize("content_type", ["", "application/json", "image/png", "nonsense"])
def test_other_types_are_refused(content_type: str) -> None:
    """Any other Content-Type, or none, is error 12300."""
    assert refusal("<Response/>", content_type).code == TwimlCode.CONTENT_TYPE


def test_no_body_is_no_reply() -> None:
    """An empty answer of whatever type does nothing."""
    assert Document() == parse("", "") == parse("", "application/json")


def test_plain_text_is_one_message() -> None:
    """A text/plain answer is the text of one message, in its own charset."""
    (message,) = parse("caf\xe9\n".encode("latin-1"), "text/plain; charset=ISO-8859-1").verbs
    assert isinstance(message, Message)
    assert message.text == "café"
    assert Document() == parse("\n", "text/plain")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("<Response><Message>é€</Message></Response>", "utf-8"),
        ("\ufeff<Response><Message>é€</Message></Response>", "utf-8"),
        ("<?xml version='1.0' encoding='UTF-16'?><Response><Message>é€</Message></Response>", "utf-16"),
        ("<?xml version='1.0' encoding='windows-1252'?><Response><Message>é€</Message></Response>", "windows-1252"),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    """A document is read in the encoding that its first bytes or its declaration name; UTF-8 otherwise."""
    (message,) = parse(text.encode(encoding)).verbs
    assert message.text == "é€"


def test_charset_of_the_header_goes_before_the_declaration_but_not_before_the_bytes() -> None:
    """RFC 7303 §3: a byte order mark, then the header, then the declaration."""
    latin = "<?xml version='1.0' encoding='UTF-8'?><Response><Message>é</Message></Response>".encode("latin-1")
    assert parse(latin, "text/xml; charset=iso-8859-1").verbs[0].text == "é"
    marked = "\ufeff<Response><Message>é</Message></Response>".encode()
    assert parse(marked, "text/xml; charset=iso-8859-1").verbs[0].text == "é"


def test_namespaces_comments_and_instructions_mean_nothing() -> None:
    """Schema hints, comments, processing instructions and CDATA marks do not disturb a document."""
    document = parse(
        "<Response xmlns='urn:x' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='x'>"
        "<!-- a --><?php ?><Message>a<!-- b --><![CDATA[ < ]]>b</Message></Response>"
    )
    assert document.verbs[0].text == "a < b"
    assert not document.warnings


@pytest.mark.parametrize(
    ("body", "code", "line", "column"),
    [
        ("<Response>\n <Say>Hi</Say></Response>", 14110, 2, 2),
        ("<Response><message>Hi</message></Response>", 14110, 1, 11),
        ("<Response><Message colour='red'>Hi</Message></Response>", 12200, 1, 11),
        ("<Response><Message TO='x'>Hi</Message></Response>", 12200, 1, 11),
        ("<Response version='1'/>", 12200, 1, 1),
        ("<Response>Hi</Response>", 12200, 1, 1),
        ("<Response><Message>Hi<b>you</b></Message></Response>", 12200, 1, 22),
        ("<Response><Message method='PUT'>Hi</Message></Response>", 14104, 1, 11),
        ("<Response><Redirect method='PUT'>/x</Redirect></Response>", 14104, 1, 11),
        ("<Response><Message statusCallback='ftp://x/y'>Hi</Message></Response>", 14105, 1, 11),
        ("<Response><Message action='http://[::1/'>Hi</Message></Response>", 14105, 1, 11),
        ("<Response><Message action='http://h:port/'>Hi</Message></Response>", 14105, 1, 11),
        ("<Response><Message action='a b'>Hi</Message></Response>", 14105, 1, 11),
    ],
)
def test_what_is_out_of_place_is_a_warning(body: str, code: int, line: int, column: int) -> None:
    """Unknown verbs and attributes, stray text and refused values cost a warning that says where."""
    (warning,) = parse(body).warnings
    assert (code, line, column) == (warning.code, warning.line, warning.column)


def test_a_refused_attribute_costs_its_verb_only() -> None:
    """The verb with a bad method is left out, an unknown attribute is not held against it, and the rest stands."""
    document = parse(
        "<Response><Message method='PUT'>1</Message><Message colour='red'>2</Message><Message>3</Message></Response>"
    )
    assert [verb.text for verb in document.verbs] == ["2", "3"]


def test_warnings_are_limited() -> None:
    """A document of nothing but mistakes does not become thousands of alerts."""
    assert len(parse("<Response>" + "<x/>" * 1000 + "</Response>").warnings) == MOST_WARNINGS


BILLION_LAUGHS = (
    "<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;&lol;&lol;'><!ENTITY lol3 '&lol2;&lol2;&lol2;'>]>"
    "<Response><Message>&lol3;</Message></Response>"
)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (" ", 12100),
        ("Hello", 12100),
        ("<Response>", 12100),
        ("<Response><Message>Hi</Response>", 12100),
        ("<Response/><Response/>", 12100),
        (" <?xml version='1.0'?><Response/>", 12100),
        ("<Response>&nbsp;</Response>", 12100),
        ("<Response>a & b</Response>", 12100),
        ("<Response><Message to='1' to='2'/></Response>", 12100),
        ("<Response>\x00</Response>", 12100),
        ("<Response>\x08</Response>", 12100),
        (b"<Response>\xff\xfe</Response>", 12100),
        ("<?xml version='1.0' encoding='unicode_escape'?><Response/>", 12100),
        ("<?xml version='1.0' encoding='utf-16'?><Response/>", 12100),
        (BILLION_LAUGHS, 12100),
        ("<!DOCTYPE Response SYSTEM 'file:///etc/passwd'><Response/>", 12100),
        ("<!DOCTYPE html><html></html>", 12100),
        ("<a>" * 10_000, 12100),
        ("<Response>" + "<Message>" * 40 + "</Message>" * 40 + "</Response>", 12100),
        ("<?xml version='1.1'?><Response/>", 12101),
        ("<response/>", 12102),
        ("<Message>Hi</Message>", 12102),
        ("<t:Response xmlns:t='urn:t'/>", 12102),
        ("<Response>" + "a" * 65_536 + "</Response>", 11750),
        ("<Response><Message to='" + "1" * 65_536 + "'/></Response>", 11750),
    ],
)
def test_what_is_not_twiml_is_an_error(body: str | bytes, code: int) -> None:
    """Broken, hostile, oversized or foreign documents are refused with their code, at once."""
    assert code == refusal(body).code


def test_unknown_charset_of_the_header_is_an_error() -> None:
    """A charset that we do not read is named."""
    assert "x-secret" in refusal("<Response/>", "text/xml; charset=x-secret").sentence
    assert refusal(b"\xff", "text/plain; charset=utf-8").code == TwimlCode.NOT_PARSABLE


def test_an_error_says_where() -> None:
    """The place of a mistake is given as line and column, counted from 1, and in the text of the exception."""
    error = refusal("<Response>\n  <Message>Hi</Massage>\n</Response>")
    assert (error.line, error.column) == (2, 16)
    assert str(error) == "12100: The document is not well-formed XML: mismatched tag. (line 2, column 16)"


def test_the_largest_document_is_read() -> None:
    """64 KB exactly is not too much."""
    frame = "<Response><Message></Message></Response>"
    document = parse(frame.replace("></M", ">" + "a" * (65_536 - len(frame)) + "</M"))
    assert not document.warnings


FRAGMENTS = [
    "<Response>",
    "</Response>",
    "<Message",
    " to='1'",
    ">",
    "</Message>",
    "<Body>",
    "</Body>",
    "<!--",
    "-->",
    "&amp;",
    "&#0;",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    "<!DOCTYPE a>",
    "<Redirect/>",
    "Hi",
    "\x00",
    "\ufeff",
    "é",
]
fragments = st.sampled_from(FRAGMENTS)


@given(st.one_of(st.binary(max_size=300), st.lists(fragments).map(lambda parts: "".join(parts).encode())), st.text())
def test_any_answer_is_a_document_or_a_twiml_error(body: bytes, parameter: str) -> None:
    """Whatever an app answers, nothing but TwimlError is ever raised."""
    for content_type in ("text/xml", "text/plain", f"text/xml; charset={parameter}", parameter):
        with contextlib.suppress(TwimlError):
            assert isinstance(parse(body, content_type), Document)
