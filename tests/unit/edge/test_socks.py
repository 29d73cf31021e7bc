"""The SOCKS 5 dialogue of RFC 1928, byte by byte."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.edge.socks import Reply, SocksError, read_greeting, read_request, reply


def heard(data: bytes) -> asyncio.StreamReader:
    """A client that has said `data` and hung up."""
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


async def test_a_client_without_credentials_is_welcome() -> None:
    """Of the offered methods "no authentication" is chosen (§3)."""
    assert await read_greeting(heard(b"\x02\x00\x02")) == b"\x05\x00"


async def test_a_client_that_insists_on_authentication_is_told() -> None:
    """When no offered method suits, the answer is FF and the connection ends (§3)."""
    with pytest.raises(SocksError) as refusal:
        await read_greeting(heard(b"\x01\x02"))
    assert refusal.value.answer == b"\x05\xff"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"\x05\x01\x00\x01\x0a\x00\x00\x01\x01\xbb", ("10.0.0.1", 443)),
        (b"\x05\x01\x00\x03\x0eapi.twilio.com\x01\xbb", ("api.twilio.com", 443)),
        (b"\x05\x01\x00\x04" + bytes(15) + b"\x01\x00\x50", ("::1", 80)),
    ],
)
async def test_every_kind_of_address_is_read(request_: bytes, expected: tuple[str, int]) -> None:
    """IPv4, name and IPv6 (§4, §5)."""
    assert await read_request(heard(request_)) == expected


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"\x05\x02\x00\x01\x0a\x00\x00\x01\x01\xbb", Reply.COMMAND_NOT_SUPPORTED),
        (b"\x05\x01\x00\x09\x0a\x00\x00\x01\x01\xbb", Reply.ADDRESS_TYPE_NOT_SUPPORTED),
        (b"\x05\x01\x00\x03\x00\x01\xbb", Reply.FAILURE),
        (b"\x05\x01\x00\x03\x02\xff\xfe\x01\xbb", Reply.FAILURE),
        (b"\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x00", Reply.FAILURE),
    ],
)
async def test_what_is_not_offered_is_refused_with_its_code(request_: bytes, code: Reply) -> None:
    """BIND, unknown address types, empty or odd names and port 0 have their replies (§6)."""
    with pytest.raises(SocksError) as refusal:
        await read_request(heard(request_))
    assert refusal.value.answer == reply(code)


@given(st.binary(max_size=300))
def test_random_bytes_never_break_the_dialogue(data: bytes) -> None:
    """Any bytes are a request, a refusal, or too few."""

    async def converse() -> None:
        reader = heard(data)
        try:
            await read_greeting(reader)
            await read_request(reader)
        except (SocksError, asyncio.IncompleteReadError):
            return

    asyncio.run(converse())
