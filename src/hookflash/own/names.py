"""The names of the original that apps call, as we answer them: demo.twilio.com, handler.twilio.com, the hold music."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hookflash.edge.names import is_ours

from .hold_music import hold_music

#: Hosts of the hold music: one for each kind, of which we have but one tune.
MUSIC = frozenset(
    "com.twilio.music" + kind + ".s3.amazonaws.com"
    for kind in ("", ".ambient", ".classical", ".electronica", ".guitars", ".rock", ".soft-rock")
)
PLAYLISTS = "twimlets.com"
BINS = "handler.twilio.com"
SERVED_NAMES = MUSIC | {"demo.twilio.com", BINS, PLAYLISTS}

DEMO_REPLY = (
    "Hello from Hookflash! Your text has arrived. Set the SmsUrl of this number to your own application, and it will "
    "answer instead of me."
)
DEMO_GREETING = "Hello from Hookflash! Set the VoiceUrl of this number to your own application, and it will answer."
_KEPT = {"Cache-Control": "max-age=86400"}
NOTHING_HERE = "This server answers for this name, but has nothing at this path."


class ServedNames:
    """The ASGI application behind those names; `bins` answers at handler.twilio.com."""

    def __init__(self, bins: Callable[[Request], Awaitable[Response]]) -> None:
        self._bins = bins

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        request = Request(scope, receive)
        name, path = request.url.hostname or "", request.url.path.rstrip("/")
        if name in MUSIC:
            answer = Response(await asyncio.to_thread(hold_music), media_type="audio/wav", headers=_KEPT)
        elif name == PLAYLISTS and path == "/holdmusic":
            answer = _playlist(request.query_params.get("Bucket", ""))
        elif name == BINS:
            answer = await self._bins(request)
        else:
            answer = _page(name, path)
        await answer(scope, receive, send)


def is_answered_inside(name: str) -> bool:
    """Whether a webhook to the host `name` stays in this server: any name that apps take for the original's."""
    return name in SERVED_NAMES or is_ours(name)


def _page(name: str, path: str) -> Response:
    match name, path:
        case "demo.twilio.com", "/welcome/sms/reply":
            return _twiml(f"<Message>{DEMO_REPLY}</Message>")
        case "demo.twilio.com", "/welcome/voice":
            return _twiml(f"<Say>{DEMO_GREETING}</Say>")
    return PlainTextResponse(NOTHING_HERE + "\n", 404)


def _playlist(bucket: str) -> Response:
    """Music without end: `bucket` names its kind."""
    host = f"{bucket}.s3.amazonaws.com"
    host = host if host in MUSIC else "com.twilio.music.classical.s3.amazonaws.com"
    return _twiml(f'<Play loop="0">http://{host}/hold-music.wav</Play><Redirect/>')


def _twiml(verbs: str) -> Response:
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{verbs}</Response>\n'
    return Response(document, media_type="text/xml")
