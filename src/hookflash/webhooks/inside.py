"""Names that are answered inside the server: a webhook to one of them goes to no network and resolves no name.

Numbers begin with webhooks to demo.twilio.com, and nothing that an app or an account says may make this server call
the real hosts.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

from multidict import CIMultiDict

from hookflash.webhooks.conversation import Answer
from hookflash.webhooks.request import Hop

Message = MutableMapping[str, Any]
Asgi = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class Inside:
    """The names for which `is_inside` is true are answered by `app` (ASGI), as if over HTTP."""

    def __init__(self, app: Asgi, *, is_inside: Callable[[str], bool]) -> None:
        self._app = app
        self._is_inside = is_inside

    def has(self, url: str) -> bool:
        """Whether the host of `url` is answered inside."""
        return self._is_inside(urlsplit(url).hostname or "")

    async def answer(self, hop: Hop, headers: dict[str, str]) -> Answer:
        """What the app answers to `hop`, sent with `headers`."""
        url = urlsplit(hop.url)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": hop.method,
            "scheme": url.scheme,
            "path": unquote(url.path) or "/",
            "raw_path": url.path.encode() or b"/",
            "query_string": url.query.encode(),
            "root_path": "",
            "headers": [
                (b"host", url.netloc.encode()),
                *((name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()),
            ],
            "client": None,
            "server": (url.hostname, url.port or 443),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": hop.body or b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        received = CIMultiDict(
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
        )
        return Answer(status=sent[0]["status"], headers=received, body=b"".join(part["body"] for part in sent[1:]))
