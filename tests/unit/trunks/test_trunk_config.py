"""What an operator writes of a trunk is checked when it is written, with a sentence that helps."""

from typing import Any

import pytest

from hookflash.store.vault import Vault
from hookflash.trunks.config import FAILOVER, sip_address
from hookflash.trunks.load import TrunkError, call_route_row, trunk_row

VAULT = Vault(b"secret")
GATEWAY = {"address": "192.0.2.1"}


def row(**fields: Any) -> dict[str, Any]:
    return trunk_row("west", {"gateways": [GATEWAY], **fields}, vault=VAULT, origin="api", now=0).config


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("192.0.2.1", "sip:192.0.2.1"),
        ("SBC.example.net:5080", "sip:sbc.example.net:5080"),
        ("sip:sbc.example.net:5061;transport=tls", "sip:sbc.example.net:5061;transport=tls"),
        ("[2001:db8::1]:5060", "sip:[2001:db8::1]:5060"),
    ],
)
def test_addresses_are_read_as_people_write_them(text: str, uri: str) -> None:
    """Host, host and port, or a SIP address with a transport."""
    assert sip_address(text) == uri


@pytest.mark.parametrize(
    "text", ["", "sip:", "a b", "host:0", "host:70000", "sip:user@host", "host;transport=smoke", "host\r\nVia: x"]
)
def test_other_addresses_are_refused(text: str) -> None:
    """Nothing that could become another header, another user or nowhere."""
    with pytest.raises(ValueError, match="is no address"):
        sip_address(text)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"gateways": []}, "no call could come or go"),
        ({"registrar": "sip.example.net"}, "takes username and password"),
        ({"networks": ["192.0.2.1/24"]}, "a network is wrong"),
        ({"networks": ["0.0.0.0/0"]}, "the whole internet"),
        ({"countries": ["USA"]}, "ISO codes"),
        ({"country": "us"}, "ISO code"),
        ({"format": "national"}, "takes the country"),
        ({"prefix": "+1"}, "made of digits"),
        ({"codecs": ["G729"]}, "codecs are of"),
        ({"codecs": []}, "none at all"),
        ({"failover": [200]}, "from 300 to 699"),
        ({"gateways": [{"address": "nowhere;at=all"}]}, "is no address"),
        ({"channels": -1}, "channels"),
        ({"chanels": 1}, "chanels"),
    ],
)
def test_what_cannot_be_used_is_refused(fields: dict[str, Any], sentence: str) -> None:
    """The sentence names the field or says how to write it."""
    with pytest.raises(TrunkError, match=sentence):
        row(**fields)


def test_a_password_is_sealed_in_its_row() -> None:
    """Nobody reads it in the data file."""
    config = row(registrar="sip.example.net", username="us", password="s3cr3t")
    assert "s3cr3t" not in str(config)
    assert VAULT.open(config["password"]) == "s3cr3t"


def test_the_simulated_network_is_no_trunk() -> None:
    """Its name is taken."""
    with pytest.raises(TrunkError, match="simulated"):
        trunk_row("simulated", {"gateways": [GATEWAY]}, vault=VAULT, origin="api", now=0)


def test_a_route_names_a_trunk_and_a_prefix_of_digits() -> None:
    """A prefix begins with + and a country."""
    assert call_route_row({"trunk": "west", "prefix": "+351"}, origin="api", now=0).weight == 1
    with pytest.raises(TrunkError, match="prefix"):
        call_route_row({"trunk": "west", "prefix": "351"}, origin="api", now=0)


def test_failover_is_by_statuses_of_a_failing_gateway() -> None:
    """What a callee answers (busy, declined, not found, unavailable) never leads to another gateway by default."""
    assert not {404, 480, 486, 487, 600, 603} & set(FAILOVER)
