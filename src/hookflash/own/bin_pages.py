"""TwiML Bins as applications have them: a document for whoever shows by a signature that the bin's account asks.

They answer at https://handler.twilio.com/twiml/EH…, which never leaves this server, and at /twiml/EH… of its own names.
"""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hookflash.api.auth import Authenticator
from hookflash.domain.sids import is_sid
from hookflash.domain.twiml_bin import TwimlBin, filled_by
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx
from hookflash.webhooks.sign import is_signed

HANDLER = "https://handler.twilio.com/twiml/"
PATH = "/twiml/"
LARGEST_REQUEST = 64 * 1024  # bytes of a form
FORM = "application/x-www-form-urlencoded"


class BinPages:
    """Answers requests for bins."""

    def __init__(self, *, store: SqliteStore, auth: Authenticator) -> None:
        self._store = store
        self._auth = auth

    async def answer(self, request: Request, *, public_url: str = "") -> Response:
        """The document, filled with the parameters of `request`; `public_url` is how strangers may name this server."""
        if request.method not in ("GET", "HEAD", "POST"):
            return _sentence(405, "A TwiML Bin is asked with GET or POST.")
        sid = request.url.path.rstrip("/").removeprefix(PATH)
        row = await self._store.read(_find, sid) if is_sid(sid, "EH") else None
        if row is None:
            return _sentence(404, "There is no such TwiML Bin.")
        form = await _form(request)
        if form is None:
            return _sentence(413, f"A request to a TwiML Bin may have {LARGEST_REQUEST:,} bytes.")
        if not await self._is_signed(request, row, form, public_url):
            return _sentence(403, "A TwiML Bin answers only what is signed with the auth token of its account.")
        params = {**dict(request.query_params), **form}
        return Response(filled_by(row.twiml, params), media_type="text/xml")

    async def _is_signed(self, request: Request, row: TwimlBin, form: dict[str, str], public_url: str) -> bool:
        signature = request.headers.get("x-twilio-signature", "")
        url = str(request.url)
        named = [url, public_url + url.partition(request.url.netloc)[2]] if public_url else [url]
        try:
            token = await self._auth.token(row.account_sid)
        except KeyError:
            return False  # the account is gone
        return any(is_signed(token, each, form, signature) for each in named)


async def _form(request: Request) -> dict[str, str] | None:
    """The parameters in the body; None when it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            return None
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _sentence(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence + "\n", status)


async def _find(tx: Tx, sid: str) -> TwimlBin | None:
    return await tx.one(TwimlBin, "bins.by_sid", sid=sid)
