"""The one client that calls applications: signed requests out, an outcome with the record of every attempt back."""

import asyncio
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from socket import socket

import aiohttp
from aiohappyeyeballs import AddrInfoType
from multidict import CIMultiDict
from yarl import URL

from hookflash.domain.clock import SECOND, Clock
from hookflash.pending import Pending
from hookflash.webhooks.cache import AnswerCache
from hookflash.webhooks.codes import WebhookError
from hookflash.webhooks.conversation import Answer, Conversation, Failed
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.failures import diagnose
from hookflash.webhooks.inside import Inside
from hookflash.webhooks.outcome import RECORDED_BODY, Attempt, Outcome, recorded_headers
from hookflash.webhooks.policy import Policy
from hookflash.webhooks.request import Hop, WebhookRequest
from hookflash.webhooks.tls import tls_context

CONNECTIONS = 1_000  # in all
CONNECTIONS_PER_HOST = 100  # one slow application must not hold every connection
KEEP_ALIVE = 15.0  # seconds; servers close idle connections after 2 to 75
DNS_TTL = 10  # seconds; a name that moves is followed soon


class _Dial:
    """Whether the attempt under way opened a connection of its own; if not, it used one that was kept alive."""

    opened = False


_DIAL: ContextVar[_Dial] = ContextVar("dial")


class WebhookClient:
    """Calls applications. One for the whole server; use it as an async context manager, or `close` it.

    `egress` says which addresses may be called; `ca_bundle` is a PEM file with authorities to trust besides the usual
    public ones; `cache` keeps answers to GET; `inside` answers the names that never leave this server;
    `attempted` hears of every attempt.
    """

    def __init__(
        self,
        *,
        egress: EgressPolicy,
        clock: Clock,
        ca_bundle: Path | None = None,
        cache: AnswerCache | None = None,
        inside: Inside | None = None,
        attempted: Callable[[Attempt], None] = lambda attempt: None,
        pending: Pending | None = None,
    ) -> None:
        self._egress = egress
        self._clock = clock
        self._ca_bundle = ca_bundle
        self._cache = cache if cache is not None else AnswerCache()
        self._inside = inside
        self._attempted = attempted
        self._pending = pending or Pending()
        self._tls: dict[tuple[bool, bool], ssl.SSLContext] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "WebhookClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, request: WebhookRequest) -> Outcome:
        """Make the request, following redirects, logins and retries. Never raises for what the other side does."""
        with self._pending:
            return await self._fetch(request)

    async def _fetch(self, request: WebhookRequest) -> Outcome:
        try:
            conversation = Conversation(request, self._clock.now())
        except WebhookError as refusal:
            return Outcome(url=request.url, jar=request.jar, error=refusal)
        time = asyncio.get_running_loop().time
        started = time()
        attempts: list[Attempt] = []
        answer: Answer | None = None
        again = True
        while again:
            hop, began, began_at = conversation.hop, time(), self._clock.now()
            result = await self._attempt(conversation, int((began - started) * SECOND))
            ended = time()
            elapsed = int((ended - started) * SECOND)
            if isinstance(result, Answer):
                answer = result
                again = conversation.answered(answer, self._clock.now(), elapsed)
            else:
                answer = None
                again = conversation.failed(result, elapsed)
            attempts.append(_record(hop, answer, conversation.error, began_at, int((ended - began) * SECOND)))
            self._attempted(attempts[-1])
        error = conversation.error
        return Outcome(
            url=conversation.url,
            status=answer.status if answer else None,
            content_type=answer.headers.get("Content-Type", "") if answer else "",
            body=answer.body if answer and error is None else b"",
            attempts=tuple(attempts),
            jar=conversation.jar,
            error=error,
        )

    async def _attempt(self, conversation: Conversation, elapsed: int) -> Answer | Failed:
        """Bring the answer to the conversation's hop, from the cache or from the server."""
        hop = conversation.hop
        headers = hop.headers | conversation.private_headers(self._clock.now())
        if hop.method != "GET":
            return await self._send(conversation, headers, elapsed)
        lookup = self._cache.look(conversation.request.account_sid, hop.url, headers)
        if lookup.fresh is not None:
            return lookup.fresh
        result = await self._send(conversation, headers | lookup.headers(), elapsed)
        return self._cache.settle(lookup, result) if isinstance(result, Answer) else result

    async def _send(self, conversation: Conversation, headers: dict[str, str], elapsed: int) -> Answer | Failed:
        hop, policy = conversation.hop, conversation.policy
        if self._inside is not None and self._inside.has(hop.url):
            return await self._inside.answer(hop, headers)
        dial = _Dial()
        _DIAL.set(dial)
        answering = False
        try:
            async with self._open_session().request(
                hop.method,
                URL(hop.url, encoded=True),
                headers=headers,
                data=hop.body,
                allow_redirects=False,
                timeout=_timeout(policy, policy.total - elapsed),
                ssl=self._context(validate=conversation.request.validate_certificates, sni=policy.sni),
            ) as response:
                answering = True
                body, complete = await _read(response, _limit(response, conversation.request))
                received = CIMultiDict([(name, _readable(value)) for name, value in response.headers.items()])
                return Answer(
                    status=response.status,
                    headers=received,
                    set_cookies=received.getall("Set-Cookie", ()),
                    challenges=received.getall("WWW-Authenticate", ()),
                    body=body,
                    complete=complete,
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return diagnose(error, reused=not dial.opened, answering=answering)

    def _open_session(self) -> aiohttp.ClientSession:
        """The session, made in the loop that uses it."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=CONNECTIONS,
                limit_per_host=CONNECTIONS_PER_HOST,
                ttl_dns_cache=DNS_TTL,
                keepalive_timeout=KEEP_ALIVE,
                socket_factory=self._open_socket,
            )
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
            # Whether a request is made again is the conversation's business, and each one has its record.
            self._session._retry_connection = False
        return self._session

    def _open_socket(self, info: AddrInfoType) -> socket:
        _DIAL.get().opened = True
        return self._egress.open_socket(info)

    def _context(self, *, validate: bool, sni: bool) -> ssl.SSLContext:
        """One context for each way of doing TLS, made at its first use (reading the authorities takes 20 ms)."""
        context = self._tls.get((validate, sni))
        if context is None:
            context = tls_context(ca_bundle=self._ca_bundle, validate=validate, sni=sni)
            self._tls[validate, sni] = context
        return context


def _record(hop: Hop, answer: Answer | None, error: WebhookError | None, started_at: int, duration: int) -> Attempt:
    return Attempt(
        started_at=started_at,
        duration=duration,
        method=hop.method,
        url=hop.url,
        request_headers=hop.headers,
        params=hop.params,
        signed=hop.signed,
        status=answer.status if answer else None,
        response_headers=recorded_headers(answer.headers) if answer else (),
        response_body=answer.body[:RECORDED_BODY].decode("utf-8", "replace") if answer else "",
        error_code=error.code.number if error else None,
        error=error.sentence if error else "",
        cached=answer.cached if answer else False,
    )


def _readable(text: str) -> str:
    """A header's value as text that can be kept: what is not UTF-8 comes as lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _limit(response: aiohttp.ClientResponse, request: WebhookRequest) -> int:
    return request.limit_of(response.headers.get("Content-Type", ""))


async def _read(response: aiohttp.ClientResponse, limit: int) -> tuple[bytes, bool]:
    """The body up to `limit` bytes, and whether that is all of it."""
    chunks: list[bytes] = []
    size = 0
    while chunk := await response.content.readany():
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            response.close()
            return b"".join(chunks)[:limit], False
    return b"".join(chunks), True


@lru_cache(maxsize=256)
def _timeout(policy: Policy, left: int) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=max(left, 1) / SECOND,  # aiohttp takes 0 for "no limit"
        sock_connect=policy.connect / SECOND,
        sock_read=policy.read / SECOND,
        ceil_threshold=60,  # aiohttp rounds longer waits up to a whole second; ours are all shorter than this
    )
