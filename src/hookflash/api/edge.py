"""The edge of the API: from an HTTP request to an operation and back, for every product, representation and error."""

import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import structlog

from hookflash.domain.account import Account
from hookflash.errors import ApiError, Code
from hookflash.store.store import StoreError

from .auth import Principal, Role, check_active
from .params import Form
from .product import API_2010, Product
from .represent import BY_SUFFIX, JSON, XML, Format, split_suffix
from .request import Answer, ApiRequest, error_content
from .resource import Operation
from .router import Match, Router

if TYPE_CHECKING:
    from hookflash.app import Exchange

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

BODY_LIMIT = 1024 * 1024  #: bytes of a request
MOST_FIELDS = 1_000
TWILIO = ".twilio.com"
WRONG_CREDENTIALS = "Your AccountSid or AuthToken was incorrect."  #: what XML says besides
_JSON_ONLY = (JSON.suffix,)

_COMMON: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-allow-methods", b"GET, POST, DELETE, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, "
        b"Idempotency-Key",
    ),
    (b"access-control-expose-headers", b"ETag"),
    (b"x-home-region", b"us1"),
    (b"strict-transport-security", b"max-age=31536000"),
]


@dataclass(frozen=True, slots=True)
class Place:
    """Which product a request is for, its path there, and the base of absolute links back to it."""

    product: Product
    path: str
    base: str


class ApiEdge:
    """Serves the operations of every product. `locate` says whether a request is one of ours at all."""

    def __init__(self, exchange: "Exchange", operations: dict[Product, list[Operation]]) -> None:
        self._exchange = exchange
        self._routers = {product: Router(found) for product, found in operations.items()}
        self._products = {(product.name, product.version): product for product in operations}
        self._names = {product.name for product in operations}
        self._busy: Counter[str] = Counter()

    def locate(self, scheme: str, host: str, path: str) -> Place | None:
        """The product that a host (with port) and path name, or None when they name none."""
        base = f"{scheme}://{host}"
        name = host.partition(":")[0].lower()
        version = _first_segment(path)
        if name.endswith(TWILIO):
            called = name.partition(".")[0]
            return Place(self._products.get((called, version), Product(called, version)), path, base)
        if version == API_2010.version:
            return Place(API_2010, path, base)
        if version in self._names:
            inner = path[len(version) + 1 :]
            product = self._products.get((version, _first_segment(inner)))
            return Place(product, inner, f"{base}/{version}") if product else None
        return None

    async def __call__(self, place: Place, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        is_2010 = place.product.is_2010
        path, suffix = split_suffix(place.path, BY_SUFFIX if is_2010 else _JSON_ONLY)
        form = BY_SUFFIX[suffix] if suffix else XML if is_2010 else JSON
        request_id = "RQ" + secrets.token_hex(16)
        busy = 0
        try:
            request, operation, busy = await self._admit(place, path, suffix, form, request_id, scope, receive)
            try:
                answer = await operation.handler(request)
            finally:
                self._busy[request.account.sid] -= 1
            request_id = request.request_id
        except ApiError as error:
            answer = self._refusal(error, form)
        except StoreError as error:
            log.error("the store could not serve a request", request_id=request_id, reason=str(error))
            answer = self._refusal(ApiError(Code.UNAVAILABLE, why=str(error)), form)
        except _GoneError:
            return
        except Exception:
            log.exception("a request broke", request_id=request_id, path=place.path)
            answer = self._refusal(ApiError(Code.INTERNAL, request_id=request_id), form)
        await _send(place, scope, send, answer, form, request_id, perf_counter() - started, busy)

    async def _admit(
        self, place: Place, path: str, suffix: str, form: Format, request_id: str, scope: Scope, receive: Receive
    ) -> tuple[ApiRequest, Operation, int]:
        """Everything that is checked before an operation runs."""
        query = _decode(scope["query_string"])
        method = _method(scope["method"], query)
        router = self._routers.get(place.product)
        match = router.match(method, path) if router else None
        body = b"" if method == "GET" else await _read_body(receive)
        principal = await self._principal(scope, place, match)
        if match is None:
            raise _not_found(place)
        if match.operation is None:
            raise ApiError(Code.METHOD_NOT_ALLOWED, method=method)
        operation = match.operation
        account = await self._account(principal, match.sids.get("AccountSid"), place, operation)
        form_pairs = query if method == "GET" else _decode(body)
        busy = self._busy[account.sid] + 1
        limit = self._exchange.settings.concurrent_requests
        if limit and busy > limit:
            raise ApiError(Code.TOO_MANY_REQUESTS)
        self._busy[account.sid] = busy
        request = ApiRequest(
            exchange=self._exchange,
            principal=principal,
            account=account,
            product=place.product,
            method=method,
            path=place.path,
            base=place.base,
            suffix=suffix,
            format=form,
            sids=match.sids,
            query=Form(query),
            form=Form(form_pairs),
            now=self._exchange.clock.now(),
            request_id=request_id,
            range=_header(scope["headers"], b"range"),
        )
        return request, operation, busy

    async def _principal(self, scope: Scope, place: Place, match: Match | None) -> Principal:
        """Who asks. Raises ApiError (401), also without credentials, unless what is asked for is open to all."""
        authorization = _header(scope["headers"], b"authorization")
        is_open = match.operation.is_open if match and match.operation else None
        if match and is_open and not authorization:
            owner = await self._exchange.auth.account(match.sids["AccountSid"])
            if owner and is_open(self._exchange, place.path, scope["query_string"].decode("latin-1")):
                return Principal(owner, Role.ACCOUNT)
        return await self._exchange.auth.principal(authorization)

    async def _account(self, principal: Principal, named: str | None, place: Place, operation: Operation) -> Account:
        """The account that the path is about. Raises ApiError where these credentials may not ask for it."""
        own, role = principal.account, principal.role
        check_active(own)
        if role is Role.TEST:
            if named not in (None, own.test_sid):
                raise ApiError(Code.UNAUTHENTICATED)
            if not operation.test_credentials:
                raise ApiError(Code.TEST_CREDENTIALS)
            return own
        if operation.needs_main and role is Role.KEY:
            raise ApiError(Code.UNAUTHENTICATED, "A standard API key may not manage accounts and keys")
        if named is None or named == own.sid:
            return own
        account = await self._exchange.auth.account(named)
        if account is None or account.owner_sid != own.owner_sid:
            raise _not_found(place)
        if not own.is_parent or role is Role.KEY:
            raise ApiError(Code.UNAUTHENTICATED)
        if not operation.of_inactive:
            check_active(account)
        return account

    def _refusal(self, error: ApiError, form: Format) -> Answer:
        status, content = error_content(error, self._exchange.public_url)
        if form is XML and error.message == Code.UNAUTHENTICATED.sentence:
            content.tree["detail"] = WRONG_CREDENTIALS
            content = replace(content, tree=dict(sorted(content.tree.items())))
        headers = [(b"x-twilio-error-code", str(error.code.number).encode())]
        if status == 401:
            headers.append((b"www-authenticate", b'Basic realm="Twilio API"'))
        if status == 429:
            headers.append((b"retry-after", b"1"))
        return Answer(status, content, headers=headers)


class _GoneError(Exception):
    """The client went away before its request was whole."""


def preflight_headers() -> Headers:
    """What an OPTIONS request is answered with."""
    return list(_COMMON)


async def _send(
    place: Place, scope: Scope, send: Send, answer: Answer, form: Format, request_id: str, seconds: float, busy: int
) -> None:
    body, content_type = answer.body, answer.content_type
    if answer.content is not None:
        body, content_type = form.write(answer.content), form.content_type
    headers = [
        *_COMMON,
        (b"x-api-domain", place.product.host.encode("latin-1", "replace")),
        (b"twilio-request-id", request_id.encode()),
        (b"twilio-request-duration", b"%.3f" % seconds),
        (b"twilio-concurrent-requests", b"%d" % max(busy, 1)),
        *answer.headers,
    ]
    if answer.status != 204:
        size = answer.stream.size if answer.stream else len(body)
        headers.append((b"content-length", b"%d" % size))
        headers.append((b"content-type", content_type))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    is_head = scope["method"] == "HEAD"
    if answer.stream is not None and not is_head:
        async for chunk in answer.stream.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if is_head else body})


def _first_segment(path: str) -> str:
    return path[1:].partition("/")[0].partition(".")[0] if path[:5] != "/2010" else path[1:].partition("/")[0]


def _method(method: str, query: list[tuple[str, str]]) -> str:
    """POST for PUT, GET for HEAD, and what `_method` says of a POST."""
    if method == "POST":
        wanted = next((value for name, value in query if name == "_method"), "POST")
        method = wanted if wanted in ("DELETE", "PUT") else "POST"
    return {"HEAD": "GET", "PUT": "POST"}.get(method, method)


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    return next((value for key, value in headers if key == name), None)


def _decode(raw: bytes) -> list[tuple[str, str]]:
    """The pairs of a query or form. Raises ApiError (20400) when they are not UTF-8, or too many."""
    if not raw:
        return []
    try:
        return parse_qsl(
            raw.decode(), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise ApiError(Code.MALFORMED_REQUEST, why=f"The parameters cannot be read: {error}") from None


async def _read_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise _GoneError
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > BODY_LIMIT:
            raise ApiError(Code.BODY_TOO_LARGE, limit=BODY_LIMIT)
        chunks.append(chunk)
        if not event.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _not_found(place: Place) -> ApiError:
    path = place.path
    if not place.product.is_2010:
        path = path.removeprefix(f"/{place.product.version}")
    return ApiError(Code.NOT_FOUND, path=path)
