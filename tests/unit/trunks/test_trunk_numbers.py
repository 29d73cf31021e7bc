"""Numbers on the wire are the trunk's, those inside are E.164."""

from typing import Any

import msgspec
import pytest

from hookflash.runtime.places import _from_trunk
from hookflash.switch import protocol
from hookflash.trunks.config import TrunkConfig
from hookflash.trunks.live_trunk import LiveTrunk
from hookflash.trunks.numbers import caller_headers, caller_of, dialled, forwarded_by, read, written


def config(**fields: Any) -> TrunkConfig:
    return msgspec.convert({"networks": ["192.0.2.0/24"], **fields}, TrunkConfig)


@pytest.mark.parametrize(
    ("fields", "e164", "wire"),
    [
        ({}, "+14155550100", "+14155550100"),
        ({"format": "plain"}, "+14155550100", "14155550100"),
        ({"format": "plain", "prefix": "9911#"}, "+14155550100", "9911#14155550100"),
        ({"format": "national", "country": "US"}, "+14155550100", "4155550100"),
        ({"format": "national", "country": "GB"}, "+442071838750", "02071838750"),
        ({"format": "national", "country": "GB"}, "+14155550100", "0014155550100"),
        ({"format": "national", "country": "US", "international_prefix": "011"}, "+442071838750", "011442071838750"),
        ({"format": "plain", "prefix": "99"}, "911", "911"),
    ],
)
def test_a_callee_is_dialled_as_the_trunk_writes_numbers(fields: dict[str, Any], e164: str, wire: str) -> None:
    """The prefix stands in front of numbers, never of an emergency number."""
    assert dialled(e164, config(**fields)) == wire


def test_a_caller_has_no_prefix() -> None:
    """An access code is dialled; it is no part of who calls."""
    assert written("+14155550100", config(format="plain", prefix="99")) == "14155550100"


@pytest.mark.parametrize(
    ("fields", "wire", "e164"),
    [
        ({}, "+14155550100", "+14155550100"),
        ({}, "14155550100", "+14155550100"),
        ({}, "0044 2071838750".replace(" ", ""), "+442071838750"),
        ({}, "+14155550100;npdi;rn=+14155550000", "+14155550100"),
        ({"country": "US"}, "4155550100", "+14155550100"),
        ({"country": "US"}, "14155550100", "+14155550100"),
        ({"country": "US", "international_prefix": "011"}, "011442071838750", "+442071838750"),
        ({"country": "GB"}, "02071838750", "+442071838750"),
        ({"country": "GB"}, "442071838750", "+442071838750"),
        ({}, "anonymous", None),
        ({}, "911", None),
        ({}, "", None),
    ],
)
def test_what_comes_is_read_as_the_trunk_writes_it(fields: dict[str, Any], wire: str, e164: str | None) -> None:
    """Without a country, digits are an international number; with one, they are dialled in it first."""
    assert read(wire, config(**fields)) == e164


def test_the_caller_stands_where_the_trunk_says() -> None:
    """An asserted identity goes before From where the trunk has one, and is written when we call."""
    asserted = config(caller_id="p-asserted-identity")
    header = {"p-asserted-identity": '"Ann" <sip:+14155550100@example.net;user=phone>'}
    assert caller_of("anonymous", header, asserted) == "+14155550100"
    assert caller_of("+14155550199", {}, asserted) == "+14155550199"
    assert caller_of("+14155550199", header, config()) == "+14155550199"
    assert caller_headers("+14155550100", asserted, "us.test") == {"P-Asserted-Identity": "<sip:+14155550100@us.test>"}
    assert caller_headers("+14155550100", config(), "us.test") == {}


@pytest.mark.parametrize(
    ("header", "number"),
    [
        ({"Diversion": "<sip:4155550100@carrier.example>;reason=no-answer"}, "+14155550100"),
        ({"diversion": '"Office" <tel:+442071838750>;reason=unconditional;counter=1'}, "+442071838750"),
        ({"Diversion": "<sip:anonymous@anonymous.invalid>"}, None),
        ({"X-Diversion": "<sip:4155550100@carrier.example>"}, None),
        ({}, None),
    ],
)
def test_a_forwarded_call_says_whose_number_was_dialled(header: dict[str, str], number: str | None) -> None:
    """The Diversion of RFC 5806 names the phone that sends the call on."""
    assert forwarded_by(header, config(country="US")) == number


def test_the_application_learns_who_forwarded_a_call() -> None:
    """An invitation of a trunk brings it along."""
    diversion = {"Diversion": "<sip:+14155550100@carrier.example>;reason=user-busy"}
    event = protocol.Invited(leg=1, at=0, from_="+14155550199", to="+14155550177", headers=diversion)
    assert _from_trunk(event, LiveTrunk("carrier", config())).forwarded_from == "+14155550100"
