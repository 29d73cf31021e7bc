"""Which addresses a webhook may reach, so that an account's URL cannot be turned against the platform's own network.

The check happens where a socket is made for one resolved address, and that socket connects to that address and no
other: a name that resolves differently the second time, an address literal and a redirect all pass the same door.
"""

import ipaddress
import socket
from functools import lru_cache

import msgspec
from aiohappyeyeballs import AddrInfoType

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# IPv6 ranges that carry an IPv4 address: the address inside is what is reached, so it is what is judged.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291 §2.5.5.1

# Not global, but for everyone's use behind carrier NAT, or handed out by routers as local ranges.
_REFUSED = (
    ipaddress.IPv4Network("100.64.0.0/10"),  # shared address space, RFC 6598
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # local NAT64, RFC 8215
    ipaddress.IPv6Network("fec0::/10"),  # site-local, RFC 3879
)


class EgressRefusedError(OSError):
    """The address may not be called. An OSError, so that the next address of the same name is tried."""


class EgressPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What may be called beyond the public internet."""

    allow_private: bool  #: loopback and private networks too: a development machine
    allowed: tuple[Network, ...] = ()  #: networks that may be called whatever they are

    def permits(self, address: str) -> bool:
        """Whether `address`, an IP address as text, may be called."""
        return _permits(self, address)

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """A socket for one resolved address, as aiohttp's `socket_factory`. Raises EgressRefusedError."""
        family, kind, protocol, _, (host, *_) = info
        if not self.permits(str(host)):
            raise EgressRefusedError(f"{host} is not an address that webhooks may reach")
        return socket.socket(family, kind, protocol)


@lru_cache(maxsize=4096)
def _permits(policy: EgressPolicy, text: str) -> bool:
    address = _reached(ipaddress.ip_address(text.partition("%")[0]))
    if any(address in network for network in policy.allowed if network.version == address.version):
        return True
    if address.is_loopback:  # asked first: ::1 lies in a reserved range
        return policy.allow_private
    if address.is_multicast or address.is_unspecified or address.is_link_local or address.is_reserved:
        return False
    refused = any(address in network for network in _REFUSED if network.version == address.version)
    return policy.allow_private or (address.is_global and not refused)


def _reached(address: Address) -> Address:
    """The address that packets end up at: the IPv4 address inside, where there is one."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inside is not None:
        return inside
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
