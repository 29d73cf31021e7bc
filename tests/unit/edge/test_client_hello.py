"""The server name is read from any ClientHello, and hostile bytes do no more than hide it."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.edge.client_hello import IncompleteHelloError, server_name


def client_hello(name: str | None) -> bytes:
    """What this Python's own TLS client says first."""
    context = ssl.create_default_context()
    context.check_hostname = False
    sent = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        connection.do_handshake()
    return sent.read()


def in_records(hello: bytes, size: int) -> bytes:
    """The same hello cut into records of `size` bytes each, as RFC 8446 §5.1 allows."""
    body = hello[5:]
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"\x16\x03\x01" + len(piece).to_bytes(2, "big") + piece for piece in pieces)


def test_the_name_of_a_real_hello_is_read() -> None:
    """A TLS client's first flight names the host it wants."""
    assert server_name(client_hello("api.twilio.com")) == "api.twilio.com"


def test_a_hello_without_a_name_has_none() -> None:
    """Whoever connects by address sends no name; nothing is made up."""
    assert server_name(client_hello(None)) is None


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_hello_in_several_records_is_put_together(size: int) -> None:
    """The handshake message may be spread over records of any length."""
    assert server_name(in_records(client_hello("verify.twilio.com"), size)) == "verify.twilio.com"


def test_every_beginning_of_a_hello_asks_for_more() -> None:
    """As long as bytes are missing the answer is neither a name nor "no name"."""
    hello = client_hello("api.twilio.com")
    for length in range(len(hello)):
        with pytest.raises(IncompleteHelloError):
            server_name(hello[:length])


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"\x16\x03\x01\x00\x04\x02\x00\x00\x00"]
)
def test_other_protocols_have_no_name(data: bytes) -> None:
    """What is not a ClientHello is told apart at once, so that it can be carried on unread."""
    assert server_name(data) is None


def test_a_hello_that_claims_to_be_huge_is_not_waited_for() -> None:
    """A length of 16 MB in the first bytes does not make us collect them."""
    assert server_name(b"\x16\x03\x01\x40\x00\x01\xff\xff\xff") is None


@given(st.binary(max_size=400))
def test_random_bytes_never_break_the_parser(data: bytes) -> None:
    """Any bytes: a name, no name, or a wish for more."""
    try:
        assert server_name(data) is None or data[:1] == b"\x16"
    except IncompleteHelloError:
        assert data[:1] in (b"", b"\x16")


HELLO = client_hello("api.twilio.com")


@given(st.integers(0, len(HELLO) - 1), st.integers(0, 255))
def test_a_damaged_hello_never_breaks_the_parser(position: int, value: int) -> None:
    """One wrong byte anywhere, in lengths too: a name, no name, or a wish for more."""
    damaged = HELLO[:position] + bytes([value]) + HELLO[position + 1 :]
    try:
        name = server_name(damaged)
    except IncompleteHelloError:
        return
    assert name is None or isinstance(name, str)
