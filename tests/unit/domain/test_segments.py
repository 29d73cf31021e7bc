"""Alphabets, parts and cuts of texts."""

# ruff: noqa: RUF001 - ambiguous characters are what this file is about

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.segments import (
    Encoding,
    count,
    encoding_of,
    from_gsm7,
    smart_encode,
    split,
    to_gsm7,
    utf16_length,
)

# Written out from 3GPP TS 23.038 §6.2.1, by name, so that a slip in the table of the code is seen.
BASIC_BY_CODE = {
    0x00: "COMMERCIAL AT",
    0x01: "POUND SIGN",
    0x03: "YEN SIGN",
    0x04: "LATIN SMALL LETTER E WITH GRAVE",
    0x09: "LATIN CAPITAL LETTER C WITH CEDILLA",
    0x0B: "LATIN CAPITAL LETTER O WITH STROKE",
    0x0F: "LATIN SMALL LETTER A WITH RING ABOVE",
    0x10: "GREEK CAPITAL LETTER DELTA",
    0x11: "LOW LINE",
    0x12: "GREEK CAPITAL LETTER PHI",
    0x13: "GREEK CAPITAL LETTER GAMMA",
    0x14: "GREEK CAPITAL LETTER LAMDA",
    0x15: "GREEK CAPITAL LETTER OMEGA",
    0x16: "GREEK CAPITAL LETTER PI",
    0x17: "GREEK CAPITAL LETTER PSI",
    0x18: "GREEK CAPITAL LETTER SIGMA",
    0x19: "GREEK CAPITAL LETTER THETA",
    0x1A: "GREEK CAPITAL LETTER XI",
    0x1C: "LATIN CAPITAL LETTER AE",
    0x1E: "LATIN SMALL LETTER SHARP S",
    0x1F: "LATIN CAPITAL LETTER E WITH ACUTE",
    0x20: "SPACE",
    0x24: "CURRENCY SIGN",
    0x40: "INVERTED EXCLAMATION MARK",
    0x5B: "LATIN CAPITAL LETTER A WITH DIAERESIS",
    0x5E: "LATIN CAPITAL LETTER U WITH DIAERESIS",
    0x5F: "SECTION SIGN",
    0x60: "INVERTED QUESTION MARK",
    0x7B: "LATIN SMALL LETTER A WITH DIAERESIS",
    0x7F: "LATIN SMALL LETTER A WITH GRAVE",
}
EXTENSION = "^{}\\[~]|€\f"
ALPHABET = "".join(from_gsm7(bytes([code])) for code in range(128) if code != 0x1B) + EXTENSION

gsm_texts = st.text(st.sampled_from(ALPHABET), max_size=700)
any_texts = st.text(st.sampled_from("aé€{🙂漢“") | st.characters(exclude_categories=["Cs"]), max_size=400)


@pytest.mark.parametrize(("code", "name"), BASIC_BY_CODE.items())
def test_a_septet_is_the_character_the_standard_names(code: int, name: str) -> None:
    """The basic table is that of 3GPP TS 23.038."""
    assert unicodedata.lookup(name) == from_gsm7(bytes([code]))


def test_every_character_of_the_alphabet_makes_a_round_trip() -> None:
    """127 basic characters take one septet, 10 of the extension table take two, and all come back."""
    assert len(set(ALPHABET)) == 137
    for char in ALPHABET:
        septets = to_gsm7(char)
        assert (2 if char in EXTENSION else 1) == len(septets)
        assert char == from_gsm7(septets)


def test_every_character_outside_the_alphabet_makes_the_text_ucs2() -> None:
    """One character that GSM-7 lacks turns the whole text to UCS-2, whichever it is."""
    for code in range(0x11000):
        char = chr(code)
        expected = Encoding.GSM7 if char in ALPHABET else Encoding.UCS2
        assert expected == encoding_of(f"a{char}b"), hex(code)


@pytest.mark.parametrize("char", ["`", "ç", "\t", "\x1b", "“", "🙂"])
def test_near_misses_are_not_in_the_alphabet(char: str) -> None:
    """Backtick, small c-cedilla, tabulator and the escape itself cannot be sent as GSM-7."""
    assert encoding_of(char) is Encoding.UCS2
    with pytest.raises(UnicodeEncodeError, match="GSM 7-bit"):
        to_gsm7(char)


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 159 + "{", 2),
        ("{" * 80, 1),
        ("{" * 81, 2),
        ("漢" * 70, 1),
        ("漢" * 71, 2),
        ("漢" * 134, 2),
        ("漢" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("a" * 69 + "ç", 1),
        ("a" * 70 + "ç", 2),
        ("a" * 1600, 11),
    ],
)
def test_limits_of_one_and_of_many_parts(body: str, parts: int) -> None:
    """160 septets or 70 UTF-16 units fit one part; of many, each takes 153 or 67."""
    assert parts == count(body) == len(split(body))


@pytest.mark.parametrize(
    ("body", "first", "parts"),
    [
        ("a" * 152 + "{" + "b" * 152, "a" * 152, 3),
        ("漢" * 66 + "🙂" + "字" * 66, "漢" * 66, 3),
    ],
)
def test_a_pair_that_would_be_cut_goes_to_the_next_part(body: str, first: str, parts: int) -> None:
    """Neither an escape pair nor a surrogate pair is split, even when that costs one more part than its length asks."""
    assert first == split(body)[0]
    assert parts == count(body)


@given(st.one_of(gsm_texts, any_texts))
def test_parts_join_to_the_body_and_each_fits(body: str) -> None:
    """Nothing is lost or doubled by splitting, no part exceeds its room, and the count is the number of parts."""
    parts = split(body)
    assert body == "".join(parts)
    assert count(body) == len(parts)
    if encoding_of(body) is Encoding.GSM7:
        room = 160 if len(parts) == 1 else 153
        assert all(len(to_gsm7(part)) <= room for part in parts)
    else:
        room = 70 if len(parts) == 1 else 67
        assert all(len(part.encode("utf-16-be")) <= 2 * room for part in parts)


@given(gsm_texts)
def test_gsm_texts_make_a_round_trip(text: str) -> None:
    """What can be said in GSM-7 comes back as it was."""
    assert text == from_gsm7(to_gsm7(text))


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(septets: bytes) -> None:
    """Carriers send anything; reading never fails and never gives more characters than bytes."""
    assert len(from_gsm7(septets)) <= len(septets)


@pytest.mark.parametrize(
    ("septets", "text"),
    [(b"a\x1b", "a "), (b"\x1b\x1ba", " a"), (b"\x1bA", "A"), (b"\x1b\x65", "€"), (b"\xffb", "\ufffdb")],
)
def test_broken_escapes_are_read_as_the_standard_asks(septets: bytes, text: str) -> None:
    """An unknown escape shows the basic character, a lone or doubled one a space."""
    assert text == from_gsm7(septets)


@given(any_texts)
def test_utf16_length_is_that_of_the_encoded_text(body: str) -> None:
    """A character beyond U+FFFF counts as two."""
    assert len(body.encode("utf-16-be")) // 2 == utf16_length(body)


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        ("“Don’t” – wait…", '"Don\'t" - wait...'),
        ("a\u00a0b\u200bc", "a bc"),
        ("• one", "* one"),
        ("caffè € {}", "caffè € {}"),
        ("漢“", '漢"'),
    ],
)
def test_smart_encoding_replaces_look_alikes(body: str, plain: str) -> None:
    """Look-alikes become GSM-7; what GSM-7 has already, or has nothing like, stays."""
    assert plain == smart_encode(body)


@given(gsm_texts)
def test_smart_encoding_leaves_gsm_texts_alone(body: str) -> None:
    """A text that needs no help is not touched."""
    assert body == smart_encode(body)


@given(any_texts)
def test_smart_encoding_is_done_once(body: str) -> None:
    """What it puts in is GSM-7, so that a second run changes nothing."""
    once = smart_encode(body)
    assert once == smart_encode(once)
