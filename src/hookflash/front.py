"""What stands before everything served over HTTP: who may ask under which name, and which part answers."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from hookflash.api.edge import ApiEdge, preflight_headers
from hookflash.own.names import SERVED_NAMES

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "hookflash"})


@dataclass(frozen=True)
class Clients:
    """Whose connections are taken: those of this machine, of `networks`, or everybody's."""

    everybody: bool = False
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def include(self, address: str) -> bool:
        """Whether `address` (an IP address as text) is one of them."""
        return self.everybody or _is_among(address, self.networks)


@lru_cache(4096)
def _is_among(text: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or any(address in network for network in networks)


class Front:
    """The ASGI application of every HTTP listener.

    A request whose Host is none of ours, or that a page of another origin made a browser send, is refused: a web site
    must not reach a server on the visitor's machine.
    """

    def __init__(self, *, api: ApiEdge, own: Asgi, names: Asgi, hosts: frozenset[str], clients: Clients) -> None:
        self._api = api
        self._own = own
        self._names = names
        self._hosts = hosts | LOCAL_NAMES
        self._clients = clients

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        client = scope["client"]
        if client is not None and not self._clients.include(client[0]):
            await refuse(send, 403, "This server serves its own machine; see --mode operator and --trust-network.")
            return
        host, origin = _host_and_origin(scope)
        name = _name(host)
        if not self._knows(name):
            await refuse(send, 421, f"This server is not {name}. Name it with --public-url or allowed_hosts.")
            return
        if origin and not self._knows(_name(urlsplit(origin).netloc)):
            await refuse(send, 403, "Pages of other origins may not use this server.")
            return
        if name in SERVED_NAMES:
            await self._names(scope, receive, send)
            return
        place = self._api.locate(scope["scheme"], host, scope["path"])
        if place is None:
            await self._own(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": preflight_headers()})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._api(place, scope, receive, send)

    def _knows(self, name: str) -> bool:
        return name in self._hosts or name.endswith(".twilio.com") or name in SERVED_NAMES or name == "api.authy.com"


def _host_and_origin(scope: Scope) -> tuple[str, str]:
    host = origin = ""
    for key, value in scope["headers"]:
        if key == b"host":
            host = value.decode("latin-1")
        elif key == b"origin":
            origin = value.decode("latin-1")
    return host, origin


def _name(netloc: str) -> str:
    if netloc.startswith("["):
        return netloc.partition("]")[0].lower() + "]"
    return netloc.partition(":")[0].lower()


async def refuse(send: Send, status: int, sentence: str) -> None:
    """Answer with a sentence of plain text."""
    body = sentence.encode() + b"\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
