"""What the tests of webhooks share."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from hookflash.webhooks.request import WebhookRequest

TOKEN = "12345"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[str]]
ServeBytes = Callable[..., Awaitable[tuple[str, list[bytes]]]]


def webhook(url: str, **changes: Any) -> WebhookRequest:
    """A request for a document about an incoming message, with `changes`."""
    fields: dict[str, Any] = {
        "url": url,
        "params": {"MessageSid": "SM1", "Body": "hello & <good> bye, ünï", "From": "+14155551212"},
        "account_sid": "AC1",
        "auth_token": TOKEN,
        "resource_sid": "SM1",
        "idempotency_token": "once",
        "kind": "incoming-message",
    }
    return WebhookRequest(**fields | changes)


def twiml(text: str = "<Response/>", **options: Any) -> web.Response:
    return web.Response(text=text, content_type="text/xml", **options)


class App:
    """Answers from a script and remembers what it was asked."""

    def __init__(self, *answers: web.Response) -> None:
        self._answers = list(answers)
        self.seen: list[web.Request] = []
        self.forms: list[dict[str, str]] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        self.forms.append({key: str(value) for key, value in (await request.post()).items()})
        return self._answers.pop(0) if self._answers else twiml()
