"""Heads are read as RFC 9112 has them, and rewritten without losing what is meant for the other end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.edge.http_head import BadHeadError, parse_authority, parse_head, parse_target


def test_a_head_is_printed_as_it_was_read() -> None:
    """What is not changed goes on as it came, in its order and case."""
    raw = b"POST https://api.twilio.com/x HTTP/1.1\r\nHost: api.twilio.com\r\nX-Odd-CASE: a: b\r\n\r\n"
    assert bytes(parse_head(raw)) == raw


def test_a_closing_head_drops_what_concerns_one_connection() -> None:
    """Hop-by-hop headers end at the proxy (RFC 9110 §7.6.1); each forwarded message closes its connection."""
    head = parse_head(b"GET / HTTP/1.1\r\nProxy-Connection: keep-alive\r\nconnection: x\r\nHost: a\r\nA: b\r\n\r\n")
    assert bytes(head.closing(host=b"c")) == b"GET / HTTP/1.1\r\nHost: c\r\nA: b\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b" / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: line\r\n\r\n",
        b"GET / HTTP/1.1\r\nName : space\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\nInjected: c\r\n\r\n",
    ],
)
def test_malformed_heads_are_refused(raw: bytes) -> None:
    """Anything that two parsers could read in two ways is an error, not a guess."""
    with pytest.raises(BadHeadError):
        parse_head(raw)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("api.twilio.com:443", ("api.twilio.com", 443)), ("[::1]:8443", ("::1", 8443)), ("10.0.0.1:80", ("10.0.0.1", 80))],
)
def test_an_authority_is_host_and_port(text: str, expected: tuple[str, int]) -> None:
    """CONNECT names its target so, an IPv6 address in brackets."""
    assert parse_authority(text) == expected


@pytest.mark.parametrize(
    "text", ["", "host", "host:", ":443", "host:99999", "a@b:443", "host:443/x", "[::1:443", "host:x"]
)
def test_what_is_no_authority_is_refused(text: str) -> None:
    """No port, a port out of range, credentials or a path: not a CONNECT target."""
    with pytest.raises(BadHeadError):
        parse_authority(text)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"https://api.twilio.com/a?b=%20c", ("https", "api.twilio.com", 443, b"/a?b=%20c")),
        (b"http://localhost:3000", ("http", "localhost", 3000, b"/")),
        (b"http://user:secret@host?q", ("http", "host", 80, b"/?q")),
        (b"https://[::1]:8443//x#y", ("https", "::1", 8443, b"//x")),
    ],
)
def test_an_absolute_target_is_taken_apart(target: bytes, expected: tuple[str, str, int, bytes]) -> None:
    """The other end gets the origin form; credentials and fragments stay behind."""
    assert parse_target(target) == expected


@pytest.mark.parametrize("target", [b"/path", b"ftp://host/", b"https://", b"http://[/", b"\xff\xfe", b"*"])
def test_what_is_no_absolute_target_is_refused(target: bytes) -> None:
    """A request in origin form was meant for a server, not for a proxy."""
    with pytest.raises(BadHeadError):
        parse_target(target)


@given(st.binary(max_size=200))
def test_random_bytes_never_break_the_parsers(data: bytes) -> None:
    """Any bytes are a head and a target, or a BadHeadError."""
    for parse in (
        lambda: bytes(parse_head(data)),
        lambda: parse_target(data),
        lambda: parse_authority(data.decode("latin-1")),
    ):
        try:
            parse()
        except BadHeadError:
            continue


@given(st.text(max_size=60))
def test_random_urls_never_break_the_parser(text: str) -> None:
    """Whatever follows `http://` is a target or a BadHeadError; the origin form always starts with a slash."""
    try:
        *_, origin = parse_target(b"http://" + text.encode())
    except BadHeadError:
        return
    assert origin.startswith(b"/")
