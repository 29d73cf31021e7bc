"""Where a proxied connection goes: to our own listeners for Twilio's names, to the real destination for all others.

Rule 1: only programs on this machine, and in networks that are trusted by name, are served at all.
Rule 2: no connection to a name of ours ever leaves this machine, not even when our listener is down.
Rule 3: the proxy never calls itself, whatever name leads back to it.
Rule 4: whoever is not on this machine cannot reach what listens on this machine's loopback through us.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from hookflash.edge.http_head import MAX_HEAD
from hookflash.edge.names import is_ours
from hookflash.edge.tunnel import Streams

CONNECT_SECONDS = 10.0  # for each address of a name

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NotAllowedError(Exception):
    """The destination is refused; the text says why."""


class UnreachableError(Exception):
    """The destination does not resolve or does not take the connection; the text says which and why."""


def parse_address(text: str) -> Address:
    """The address `text`, an IPv4 address in IPv6 clothes as the IPv4 address that it is. Raises ValueError."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def is_address(host: str) -> bool:
    """Whether `host` is an IP address and no name."""
    try:
        parse_address(host)
    except ValueError:
        return False
    return True


@dataclass(kw_only=True)
class Dialler:
    """Opens the connections of one proxy."""

    plain: tuple[str, int]  #: host and port of our HTTP listener
    https: tuple[str, int]  #: of our HTTPS listener
    networks: Sequence[Network] = ()  #: the trusted ones besides loopback
    proxy_port: int = 0  #: our own port, known once we listen

    def admit(self, client: Address) -> None:
        """Raises NotAllowedError when `client` may not use the proxy."""
        if not client.is_loopback and not any(client in network for network in self.networks):
            raise NotAllowedError("this proxy serves its own machine and trusted networks only (see --trust-network)")

    async def dial(self, host: str, port: int, client: Address, tls: ssl.SSLContext | None = None) -> Streams:
        """Connect to `host` (a name or an address) for `client`, with TLS when a context is given.

        Raises NotAllowedError and UnreachableError.
        """
        if is_ours(host):
            listeners = {80: self.plain, 443: self.https}
            if port not in listeners:
                raise NotAllowedError(f"{host} is answered on ports 80 and 443 only, not on {port}")
            return await _open(*listeners[port], name=host, tls=tls)
        failure = UnreachableError(f"{host} has no address")
        for address in await _resolve(host, port):
            if not client.is_loopback:
                _refuse_local(address)
            try:
                streams = await _open(address, port, name=host, tls=tls)
            except UnreachableError as error:
                failure = error
                continue
            self._refuse_itself(streams)
            return streams
        raise failure

    def _refuse_itself(self, streams: Streams) -> None:
        there, here = streams.writer.get_extra_info("peername"), streams.writer.get_extra_info("sockname")
        if there[1] == self.proxy_port and there[0] == here[0]:
            streams.writer.transport.abort()
            raise NotAllowedError("the proxy does not connect to itself")


async def _open(host: str, port: int, *, name: str, tls: ssl.SSLContext | None) -> Streams:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(
                host, port, limit=MAX_HEAD, ssl=tls, server_hostname=name if tls else None
            )
    except TimeoutError as error:
        raise UnreachableError(f"{name} did not answer within {CONNECT_SECONDS:g} s") from error
    except OSError as error:
        raise UnreachableError(f"{name} cannot be reached: {error}") from error
    return Streams(reader, writer)


def _refuse_local(address: str) -> None:
    destination = parse_address(address)
    if destination.is_loopback or destination.is_link_local or destination.is_unspecified:
        raise NotAllowedError("this machine's own addresses are closed to other machines")


async def _resolve(host: str, port: int) -> list[str]:
    if is_address(host):
        return [host]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UnreachableError(f"{host} does not resolve: {error}") from error
    except UnicodeError as error:
        raise UnreachableError(f"{host!r} is not a host name") from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
