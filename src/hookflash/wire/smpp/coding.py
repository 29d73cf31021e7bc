"""How text becomes the octets of a short message, and back: data_coding, user data headers, numbering plans.

GSM-7 goes out unpacked, a septet in each octet, as data_coding 0, for that is what message centres expect; one whose
default alphabet is Latin-1 or ASCII is named by configuration, and then gets UCS-2 for what its alphabet lacks.
Sources: SMPP 3.4 §5.2.5, §5.2.6, §5.2.19; 3GPP TS 23.038 (alphabets), TS 23.040 §9.2.3.24 (headers).
"""

import re
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from hookflash.domain.segments import Encoding, encoding_of, from_gsm7, split, to_gsm7

UDH_INDICATOR = 0x40  #: the bit of esm_class that says the message begins with a user data header

_CONCATENATED_8_BIT = 0x00
_CONCATENATED_16_BIT = 0x08
_UCS2_PART = 67  # UTF-16 units, beside a header of six octets in 140

_E164 = re.compile(r"\+[0-9]{5,15}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")


class Alphabet(StrEnum):
    """What a carrier takes data_coding 0 to mean."""

    GSM = "gsm"
    LATIN1 = "latin1"
    ASCII = "ascii"


class Address(msgspec.Struct, frozen=True, gc=False):
    """A number and the plan it belongs to."""

    ton: int
    npi: int
    digits: str  #: without the plus sign of E.164


class Concatenation(msgspec.Struct, frozen=True, gc=False):
    """Which part of which message this is; `part` counts from 1."""

    reference: int
    total: int
    part: int


def address_of(number: str, *, short_code: tuple[int, int] = (3, 0)) -> Address:
    """TON and NPI by the look of `number`: E.164 is 1/1, a short code as configured, anything else a name, 5/0."""
    if _E164.fullmatch(number):
        return Address(1, 1, number[1:])
    if _SHORT_CODE.fullmatch(number):
        return Address(*short_code, number)
    return Address(5, 0, number)


def number_of(ton: int, digits: str) -> str:
    """The number as the product writes it: international ones get their plus sign back."""
    return f"+{digits}" if ton == 1 and digits.isdecimal() else digits


def encode_text(body: str, default: Alphabet) -> tuple[int, list[bytes]]:
    """The data_coding of `body` and the octets of each of its parts, of which there is at least one."""
    if default is Alphabet.GSM:
        if encoding_of(body) is Encoding.GSM7:
            return 0, [to_gsm7(part) for part in split(body)]
        return 8, [part.encode("utf-16-be", "replace") for part in split(body)]
    charset = _CHARSETS[default]
    try:
        body.encode(charset)
    except UnicodeEncodeError:
        return 8, [part.encode("utf-16-be", "replace") for part in _utf16_parts(body)]
    return 0, [part.encode(charset) for part in split(body)]


def decode_text(octets: bytes, data_coding: int, default: Alphabet) -> str:
    """The text of `octets`; what cannot be read becomes U+FFFD. Binary data is read as Latin-1, octet by octet."""
    charset = _CODINGS.get(data_coding)
    if charset is not None:
        return octets.decode(charset, "replace")
    if data_coding == 0 or _means_default_alphabet(data_coding):
        return from_gsm7(octets) if default is Alphabet.GSM else octets.decode(_CHARSETS[default], "replace")
    if data_coding & 0xF0 == 0xE0:
        return octets.decode("utf-16-be", "replace")
    return octets.decode("latin-1")


def header(at: Concatenation, *, wide: bool) -> bytes:
    """The user data header of a part, with a reference of 8 bits, or of 16 if `wide`."""
    if wide:
        reference = at.reference & 0xFFFF
        return bytes((6, _CONCATENATED_16_BIT, 4, reference >> 8, reference & 0xFF, at.total, at.part))
    return bytes((5, _CONCATENATED_8_BIT, 3, at.reference & 0xFF, at.total, at.part))


def read_header(octets: bytes) -> tuple[Concatenation | None, bytes]:
    """Which part a short message with a header is (None: a whole), and its octets after the header.

    Octets that hold no sound header come back as they are: better a text with dirt before it than none.
    """
    size = octets[0] + 1 if octets else 0
    if not 0 < size <= len(octets):
        return None, octets
    found = None
    for kind, value in _elements(octets[1:size]):
        if kind == _CONCATENATED_8_BIT and len(value) == 3:
            found = Concatenation(*value)
        elif kind == _CONCATENATED_16_BIT and len(value) == 4:
            found = Concatenation(value[0] << 8 | value[1], value[2], value[3])
    return found if found is not None and 1 <= found.part <= found.total else None, octets[size:]


def _elements(octets: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(octets):
        end = at + 2 + octets[at + 1]
        if end <= len(octets):
            yield octets[at], octets[at + 2 : end]
        at = end


def _utf16_parts(body: str) -> list[str]:
    if len(body.encode("utf-16-be", "replace")) <= 140:
        return [body]
    parts, units = [""], 0
    for character in body:
        width = 2 if character > "\uffff" else 1
        if units + width > _UCS2_PART:
            parts.append("")
            units = 0
        parts[-1] += character
        units += width
    return parts


def _means_default_alphabet(data_coding: int) -> bool:
    """Message waiting groups 0xC0 and 0xD0, and message class 0xF0 with its 8-bit flag clear (TS 23.038 §4)."""
    return data_coding & 0xF0 in (0xC0, 0xD0) or data_coding & 0xF4 == 0xF0


_CHARSETS = {Alphabet.LATIN1: "latin-1", Alphabet.ASCII: "ascii"}

#: SMPP 3.4 §5.2.19; what is missing is the default alphabet, a group of TS 23.038, or binary.
_CODINGS = {
    1: "ascii",
    3: "latin-1",
    5: "shift_jis",
    6: "iso8859-5",
    7: "iso8859-8",
    8: "utf-16-be",
    10: "iso2022_jp",
    13: "euc_jp",
    14: "euc_kr",
}
