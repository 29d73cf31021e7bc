"""The names of the original that apps call, as we answer them: demo.twilio.com, handler.twilio.com, the hold music."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hookflash.edge.names import is_ours

SERVED_NAMES = frozenset({"demo.twilio.com", "handler.twilio.com", "com.twilio.music.s3.amazonaws.com"})

DEMO_REPLY = (
    "Hello from Hookflash! Your text has arrived. Set the SmsUrl of this number to your own application, and it will "
    "answer instead of me."
)
DEMO_GREETING = "Hello from Hookflash! Set the VoiceUrl of this number to your own application, and it will answer."
NO_MUSIC = "Hold music comes with calls, which this server does not carry yet."
NOTHING_HERE = "This server answers for this name, but has nothing at this path."


async def served_names(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """The ASGI application behind those names."""
    request = Request(scope)
    await _page(request.url.hostname or "", request.url.path.rstrip("/"))(scope, receive, send)


def is_answered_inside(name: str) -> bool:
    """Whether a webhook to the host `name` stays in this server: any name that apps take for the original's."""
    return name in SERVED_NAMES or is_ours(name)


def _page(name: str, path: str) -> Response:
    match name, path:
        case "demo.twilio.com", "/welcome/sms/reply":
            return _twiml(f"<Message>{DEMO_REPLY}</Message>")
        case "demo.twilio.com", "/welcome/voice":
            return _twiml(f"<Say>{DEMO_GREETING}</Say>")
        case "handler.twilio.com", _:
            return _twiml("")
        case "com.twilio.music.s3.amazonaws.com", _:
            return PlainTextResponse(NO_MUSIC + "\n", 404)
    return PlainTextResponse(NOTHING_HERE + "\n", 404)


def _twiml(verbs: str) -> Response:
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{verbs}</Response>\n'
    return Response(document, media_type="text/xml")
