"""Addresses as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.phone_numbers import (
    Address,
    AddressKind,
    NumberType,
    is_valid_e164,
    national_format,
    number_type,
    parse_recipient,
    parse_sender,
    parse_short_code,
    region_of,
)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+14155552345", "+14155552345"),
        ("(415) 555-2345", "+14155552345"),
        ("415-555-2345", "+14155552345"),
        ("415.555.2345", "+14155552345"),
        ("4155552345", "+14155552345"),
        ("14155552345", "+14155552345"),
        ("1 (415) 555-2345", "+14155552345"),
        ("+1 (415) 555-2345", "+14155552345"),
        (" 14155552345", "+14155552345"),
        ("1-800-FLOWERS", "+18003569377"),
        ("+1 800 flowers", "+18003569377"),
        ("447911123456", "+447911123456"),
        (" 447911123456", "+447911123456"),
        ("+44 (0)7911 123456", "+447911123456"),
        ("+351 912 345 678", "+351912345678"),
        ("+15005550006", "+15005550006"),
        ("(500) 555-0006", "+15005550006"),
    ],
)
def test_a_number_is_understood_however_it_is_written(written: str, number: str) -> None:
    """Separators, a missing country or plus sign and keypad letters all lead to E.164."""
    assert Address(AddressKind.PHONE, number) == parse_recipient(written)


@pytest.mark.parametrize("number", ["+14155551212", "+12025550143", "+14155552345", "+15551234567", "+15005550001"])
def test_fictional_numbers_pass(number: str) -> None:
    """A number nobody has been given is accepted when its length is right: apps are tried with such numbers."""
    assert is_valid_e164(number)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "+",
        "+1415555234",
        "+1415555234567",
        "+15551212",
        "+10000000000",
        "+11234567890",
        "1234567890",
        "+999123456789",
        "+0123456789",
        "+4479",
        "+1415555234a5b",
        "gdygadba",
        "hello",
        "12345",
        "43942322",
        "+1415555\uff12\uff13\uff14\uff15",
        "+14155552345;ext=1",
        "+1415555\n2345",
        "4" * 300,
        "nochannel:+14155552345",
        "whatsapp:",
        "whatsapp:+123",
        "messenger:",
        "messenger:a b",
    ],
)
def test_what_no_country_dials_is_refused(written: str) -> None:
    """Numbers too short or too long for their country, words, short codes and other scripts are no recipients."""
    assert parse_recipient(written) is None


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("07911 123456", "GB", "+447911123456"),
        ("7911123456", "GB", "+447911123456"),
        ("912345678", "PT", "+351912345678"),
        ("14155552345", "GB", "+14155552345"),
        ("+14155552345", "GB", "+14155552345"),
        ("(416) 555-2345", "CA", "+14165552345"),
    ],
)
def test_a_number_without_plus_takes_the_country_given(written: str, region: str, number: str) -> None:
    """National notation of the given country is tried first, then the digits as an international number."""
    assert Address(AddressKind.PHONE, number) == parse_recipient(written, region)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("whatsapp:+14155238886", "whatsapp:+14155238886"),
        ("WhatsApp:+1 415 523 8886", "whatsapp:+14155238886"),
        ("messenger:104834", "messenger:104834"),
        ("rcs:acme_agent", "rcs:acme_agent"),
        ("rcs:+14155238886", "rcs:+14155238886"),
        ("client:alice", "client:alice"),
        ("sim:DE0123456789abcdef0123456789abcdef", "sim:DE0123456789abcdef0123456789abcdef"),
    ],
)
def test_channel_addresses_keep_their_channel(written: str, address: str) -> None:
    """A channel address is the channel's name in small letters, a colon, and its own kind of identifier."""
    parsed = parse_recipient(written)
    assert Address(AddressKind.CHANNEL, address) == parsed == parse_sender(written)
    assert parsed is not None
    assert address.partition(":")[0] == parsed.channel


@pytest.mark.parametrize(
    ("written", "kind", "text"),
    [
        ("+14155552345", AddressKind.PHONE, "+14155552345"),
        ("(415) 555-2345", AddressKind.PHONE, "+14155552345"),
        ("1-800-FLOWERS", AddressKind.PHONE, "+18003569377"),
        ("123", AddressKind.SHORT_CODE, "123"),
        ("894546", AddressKind.SHORT_CODE, "894546"),
        ("12345678", AddressKind.SHORT_CODE, "12345678"),
        ("Emojified", AddressKind.ALPHANUMERIC, "Emojified"),
        ("A&B_c-d +1", AddressKind.ALPHANUMERIC, "A&B_c-d +1"),
        ("x", AddressKind.ALPHANUMERIC, "x"),
    ],
)
def test_senders_may_be_codes_and_names_too(written: str, kind: AddressKind, text: str) -> None:
    """A sender is a number, 3 to 8 digits, or up to 11 characters with at least one letter."""
    assert Address(kind, text) == parse_sender(written)


@pytest.mark.parametrize("written", ["", "12", "ABCDEFGHIJKL", "Café", "a.b", "!?", "a\nb"])
def test_other_senders_are_refused(written: str) -> None:
    """Too short, too long, or with a character a handset may not show: no sender."""
    assert parse_sender(written) is None


@given(st.text() | st.from_regex(r"\A[+0-9() -]{1,20}\Z"))
def test_any_text_is_an_address_or_none(text: str) -> None:
    """Parsing never fails, and an address parses to itself."""
    for parse in (parse_recipient, parse_sender, parse_short_code):
        address = parse(text)
        assert address is None or address == parse(address.text)


@pytest.mark.parametrize(
    ("number", "region", "kind", "national"),
    [
        ("+14155552345", "US", NumberType.FIXED_OR_MOBILE, "(415) 555-2345"),
        ("+14165551234", "CA", NumberType.FIXED_OR_MOBILE, "(416) 555-1234"),
        ("+18003569377", "US", NumberType.TOLL_FREE, "(800) 356-9377"),
        ("+447400123456", "GB", NumberType.MOBILE, "07400 123456"),
        ("+351212345678", "PT", NumberType.FIXED, "21 234 5678"),
        ("+15551234567", "US", NumberType.UNKNOWN, "(555) 123-4567"),
        ("+80012345678", "", NumberType.TOLL_FREE, "1234 5678"),
    ],
)
def test_what_a_number_tells_of_itself(number: str, region: str, kind: NumberType, national: str) -> None:
    """Country, kind of line and national notation come from the number's range."""
    assert (region, kind, national) == (region_of(number), number_type(number), national_format(number))
