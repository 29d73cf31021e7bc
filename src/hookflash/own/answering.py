"""How our own API answers: who may ask, JSON in, JSON out, and every refusal as `{"error": sentence}`."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hookflash.domain.call_address import CalleeKind, parse_callee
from hookflash.domain.phone_numbers import AddressKind, parse_recipient
from hookflash.errors import ApiError
from hookflash.settings import Mode
from hookflash.store.store import StoreError
from hookflash.store.vault import same_secret

if TYPE_CHECKING:
    from hookflash.app import Exchange

log = structlog.get_logger()

PREFIX = "/hookflash/v1"
BODY_LIMIT = 1_000_000  #: bytes
LISTED = 1_000  #: rows of a list
Handler = Callable[[Request], Awaitable[object]]
Endpoint = Callable[[Request], Awaitable[Response]]
T = TypeVar("T")


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """The request is answered with `status` and `sentence`."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Created(msgspec.Struct, frozen=True):
    """What a handler returns when it made something: 201 instead of 200."""

    value: object


class Answering:
    """Turns handlers into endpoints. A handler returns a value for JSON, a `Created`, a `Response`, or None for 204."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def operator(self, handler: Handler) -> Endpoint:
        """Only the operator may ask."""

        async def guarded(request: Request) -> object:
            self.check_operator(request)
            return await handler(request)

        return self.anyone(guarded)

    def developer(self, handler: Handler) -> Endpoint:
        """Only the operator, and only in development mode."""

        async def guarded(request: Request) -> object:
            self.check_operator(request)
            if self._exchange.settings.mode is not Mode.DEVELOPMENT:
                raise Refusal(
                    403, "Clock, faults and reset exist only in development mode; this server runs in operator mode."
                )
            return await handler(request)

        return self.anyone(guarded)

    def anyone(self, handler: Handler) -> Endpoint:
        """The handler itself decides who may ask."""

        async def endpoint(request: Request) -> Response:
            try:
                return _response(await handler(request))
            except Refusal as refusal:
                return refuse(refusal.status, refusal.sentence)
            except ApiError as error:
                return refuse(error.code.status or 400, error.message)
            except StoreError as error:
                log.error("our own API could not use the store", path=request.url.path, reason=str(error))
                return refuse(503, f"The store could not do it: {error}.")
            except Exception:
                log.exception("our own API broke", path=request.url.path)
                return refuse(500, "Something broke; the log says what.")

        return endpoint

    def is_operator(self, request: Request) -> bool:
        """Whether the request carries the operator token: as Bearer, or as a part of Basic."""
        given = _secrets(request.headers.get("authorization", ""))
        return any(same_secret(secret, self._exchange.operator_token) for secret in given)

    def check_operator(self, request: Request) -> None:
        """Raises Refusal (401) unless `is_operator`."""
        if not self.is_operator(request):
            raise Refusal(
                401,
                "This needs the operator token: it is `operator_token` of the ready file. Send it as a Bearer token.",
            )


class Part(Protocol):
    """A part of the site: the routes of its handlers."""

    def routes(self, answering: Answering) -> list[Route]: ...


async def read_body(request: Request, kind: type[T]) -> T:
    """The JSON body as a `kind`. Raises Refusal: 413 above BODY_LIMIT, 400 when it is not what it should be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Refusal(413, f"The body is larger than {BODY_LIMIT} bytes.")
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, f"The body is not usable: {error or 'it is nested too deep'}.") from None


def query_number(request: Request, name: str, default: int, most: int) -> int:
    """A parameter of the query as a number from 0 to `most`. Raises Refusal (400)."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or int(text) > most:
        raise Refusal(400, f"{name} must be a number from 0 to {most}.")
    return int(text)


def phone_number(text: str) -> str:
    """A phone number as people write it, as E.164. Raises Refusal (400)."""
    address = parse_recipient(text)
    if address is None or address.kind is not AddressKind.PHONE:
        raise Refusal(400, f"{text[:40]!r} is not a phone number; write it as +14155551212.")
    return address.text


def handset_name(text: str) -> str:
    """What a handset is called at: a phone number, as E.164, `client:name` or `sip:user@host`. Raises Refusal (400)."""
    callee = parse_callee(text)
    if callee is not None and callee.kind in (CalleeKind.CLIENT, CalleeKind.SIP):
        return callee.text.partition(";")[0]
    return phone_number(text)


def refuse(status: int, sentence: str) -> Response:
    """A refusal, as JSON."""
    headers = {"WWW-Authenticate": 'Bearer realm="hookflash"'} if status == 401 else None
    return _json({"error": sentence}, status, headers)


async def refuse_unknown(request: Request, error: Exception) -> Response:
    """What no route answers: JSON below our API, a line of text elsewhere."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentence = f"{request.method} is not allowed here." if status == 405 else "There is nothing here."
    return (
        refuse(status, sentence) if request.url.path.startswith("/hookflash") else PlainTextResponse(sentence, status)
    )


def _response(value: object) -> Response:
    if isinstance(value, Response):
        return value
    if value is None:
        return Response(status_code=204)
    return _json(value.value, 201) if isinstance(value, Created) else _json(value, 200)


def _json(value: object, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status, headers, media_type="application/json")


def _secrets(authorization: str) -> list[str]:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return [rest.strip()]
    if scheme.lower() != "basic":
        return []
    try:
        user, _, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return []
    return [user, password]
