"""Text to octets and back, headers of parts, and the plans that numbers belong to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.wire.smpp.coding import (
    Address,
    Alphabet,
    Concatenation,
    address_of,
    decode_text,
    encode_text,
    header,
    number_of,
    read_header,
)


@pytest.mark.parametrize(
    ("body", "alphabet", "coding", "octets"),
    [
        ("Hi @ {€}", Alphabet.GSM, 0, b"Hi \x00 \x1b\x28\x1b\x65\x1b\x29"),
        ("Привет", Alphabet.GSM, 8, "Привет".encode("utf-16-be")),
        ("\U0001f600", Alphabet.GSM, 8, b"\xd8\x3d\xde\x00"),
        ("né @", Alphabet.LATIN1, 0, b"n\xe9 @"),
        ("5 €", Alphabet.LATIN1, 8, "5 €".encode("utf-16-be")),
        ("né", Alphabet.ASCII, 8, "né".encode("utf-16-be")),
        ("", Alphabet.GSM, 0, b""),
    ],
)
def test_a_text_takes_the_smallest_alphabet_that_has_it(
    body: str, alphabet: Alphabet, coding: int, octets: bytes
) -> None:
    """data_coding 0 is the carrier's default alphabet; what it lacks goes as UCS-2."""
    assert encode_text(body, alphabet) == (coding, [octets])


@pytest.mark.parametrize("alphabet", list(Alphabet))
@pytest.mark.parametrize(
    ("body", "sizes"),
    [
        ("a" * 161, [153, 8]),
        ("я" * 71, [134, 8]),
        ("я" * 66 + "\U0001f600" + "я" * 10, [132, 24]),  # the pair would straddle the cut
    ],
)
def test_long_texts_are_cut_where_a_header_still_fits(alphabet: Alphabet, body: str, sizes: list[int]) -> None:
    """153 septets or 67 UTF-16 units to a part, and no pair is cut in two."""
    assert [len(part) for part in encode_text(body, alphabet)[1]] == sizes


def test_latin1_with_a_character_beyond_it_is_cut_as_ucs2() -> None:
    """€ is in GSM-7 but not in Latin-1: 80 of them are two parts of UCS-2."""
    coding, parts = encode_text("€" * 80, Alphabet.LATIN1)
    assert (coding, [len(part) for part in parts]) == (8, [134, 26])


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.sampled_from(list(Alphabet)))
def test_what_is_written_is_read(body: str, alphabet: Alphabet) -> None:
    """The parts of any text, read by themselves and joined, are the text again."""
    coding, parts = encode_text(body, alphabet)
    assert "".join(decode_text(part, coding, alphabet) for part in parts) == body
    assert all(len(part) <= 160 for part in parts)


@pytest.mark.parametrize(
    ("octets", "coding", "text"),
    [
        (b"\x00 \x1b\x65", 0, "@ €"),
        (b"plain", 1, "plain"),
        (b"\xe9", 3, "é"),
        (b"\x00\xe9", 8, "é"),
        (b"\x00\xe9\x00", 8, "é\ufffd"),  # half a unit
        (b"\xd8\x3d", 8, "\ufffd"),  # half a pair
        (b"\x02\xff", 4, "\x02\xff"),  # binary
        (b"\xbf", 6, "П"),
        (b"\x00", 0xF1, "@"),  # message class 1, default alphabet
        (b"\xe9", 0xF5, "é"),  # message class 1, 8-bit
        (b"\x00", 0xC8, "@"),  # message waiting, default alphabet
        (b"\x00\xe9", 0xE0, "é"),  # message waiting, UCS-2
    ],
)
def test_data_codings_of_others_are_read(octets: bytes, coding: int, text: str) -> None:
    """SMPP 3.4 §5.2.19 and TS 23.038 §4; what cannot be read becomes U+FFFD."""
    assert decode_text(octets, coding, Alphabet.GSM) == text


def test_the_default_alphabet_is_the_carriers() -> None:
    """data_coding 0 is read in the alphabet that the carrier is configured with."""
    assert decode_text(b"@\xe9", 0, Alphabet.LATIN1) == "@é"
    assert decode_text(b"@\xe9", 0, Alphabet.ASCII) == "@\ufffd"


@given(st.binary(max_size=200), st.integers(0, 255), st.sampled_from(list(Alphabet)))
def test_no_octets_fail_to_be_read(octets: bytes, coding: int, alphabet: Alphabet) -> None:
    """Whatever comes becomes a text that can be stored as UTF-8."""
    decode_text(octets, coding, alphabet).encode()
    read_header(octets)


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("+15550001111", Address(1, 1, "15550001111")),
        ("12345", Address(3, 0, "12345")),
        ("Hookflash", Address(5, 0, "Hookflash")),
        ("4U", Address(5, 0, "4U")),
    ],
)
def test_the_plan_of_a_number_is_told_by_its_look(number: str, address: Address) -> None:
    """E.164 is 1/1, a short code 3/0, a name 5/0."""
    assert address_of(number) == address
    assert number_of(address.ton, address.digits) == number


def test_short_codes_have_the_plan_that_the_carrier_wants() -> None:
    """There is no agreement on the TON of short codes."""
    assert address_of("12345", short_code=(0, 1)) == Address(0, 1, "12345")


@given(st.integers(0, 0xFFFF), st.integers(1, 255), st.booleans())
def test_headers_are_read_back(reference: int, total: int, wide: bool) -> None:
    """References of 8 and of 16 bits, and the text that follows is untouched."""
    at = Concatenation(reference if wide else reference & 0xFF, total, total)
    assert read_header(header(at, wide=wide) + b"text") == (at, b"text")


@pytest.mark.parametrize(
    ("octets", "found", "rest"),
    [
        (b"\x06\x05\x04\x0b\x84\x0b\x84text", None, b"text"),  # ports, no concatenation
        (b"\x0a\x24\x01\x01\x00\x03\x07\x02\x01\x05\x00text", Concatenation(7, 2, 1), b"text"),  # after another
        (b"\x05\x00\x03\x07\x02\x03text", None, b"text"),  # part 3 of 2
        (b"\x05\x00\x03\x07\x02\x00text", None, b"text"),  # part 0
        (b"\x05\x00\x09\x07\x02\x01text", None, b"text"),  # the element is longer than its header
        (b"\x20text", None, b"\x20text"),  # the header is longer than the message
        (b"", None, b""),
    ],
)
def test_strange_headers_do_no_harm(octets: bytes, found: Concatenation | None, rest: bytes) -> None:
    """Other elements are passed over; a header that cannot be one leaves the octets as they are."""
    assert read_header(octets) == (found, rest)
