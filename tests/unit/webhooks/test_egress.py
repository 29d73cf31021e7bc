"""Which addresses may be called."""

import ipaddress
import socket

import pytest

from hookflash.webhooks.egress import EgressPolicy, EgressRefusedError

OPERATOR = EgressPolicy(allow_private=False)
DEVELOPMENT = EgressPolicy(allow_private=True)

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "198.18.0.1",
]
NEVER = ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "fe80::1", "fe80::1%eth0"]
WRAPPED = [
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::",
    "::7f00:1",
    "64:ff9b:1::1",
    "fec0::1",
]


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_the_public_internet_may_be_called(address: str) -> None:
    """Global addresses are permitted in both modes, also where IPv6 carries them."""
    assert OPERATOR.permits(address)
    assert DEVELOPMENT.permits(address)


@pytest.mark.parametrize("address", PRIVATE + NEVER + WRAPPED)
def test_an_operator_calls_nothing_else(address: str) -> None:
    """Loopback, private, link-local, carrier NAT, multicast, unspecified, and IPv6 that hides one of them: refused."""
    assert not OPERATOR.permits(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_development_calls_its_own_machine(address: str) -> None:
    """On a developer's machine loopback and private networks are where the applications are."""
    assert DEVELOPMENT.permits(address)


@pytest.mark.parametrize("address", NEVER)
def test_metadata_services_and_groups_are_refused_even_in_development(address: str) -> None:
    """Link-local addresses (cloud metadata), multicast and the unspecified address are never an application."""
    assert not DEVELOPMENT.permits(address)


def test_an_operator_can_allow_networks() -> None:
    """A network on the list may be called whatever it is; its neighbours may not."""
    policy = EgressPolicy(
        allow_private=False, allowed=(ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/8"))
    )
    assert policy.permits("10.1.2.3")
    assert policy.permits("::ffff:10.1.2.3")
    assert policy.permits("fd12::1")
    assert not policy.permits("10.2.0.1")


def test_a_socket_is_only_made_for_a_permitted_address() -> None:
    """The check and the socket are one step: there is no address that is checked and another that is called."""
    stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    with pytest.raises(EgressRefusedError, match="may reach"):
        OPERATOR.open_socket(stream)
    with DEVELOPMENT.open_socket(stream) as made:
        assert made.family == socket.AF_INET
