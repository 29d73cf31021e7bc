"""What stands before everything served over HTTP: who may ask under which name, and which part answers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from hookflash.api.edge import ApiEdge, preflight_headers
from hookflash.own.names import SERVED_NAMES

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "hookflash"})


class Front:
    """The ASGI application of every HTTP listener.

    A request whose Host is none of ours, or that a page of another origin made a browser send, is refused: a web site
    must not reach a server on the visitor's machine.
    """

    def __init__(self, *, api: ApiEdge, own: Asgi, names: Asgi, hosts: frozenset[str]) -> None:
        self._api = api
        self._own = own
        self._names = names
        self._hosts = hosts | LOCAL_NAMES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
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
