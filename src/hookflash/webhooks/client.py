"""The one client that calls applications: signed requests out, an outcome with the record of every attempt back."""

import asyncio
import ssl
from functools import lru_cache
from pathlib import Path
from socket import socket

import aiohttp
import certifi
from aiohappyeyeballs import AddrInfoType
from yarl import URL

from hookflash.domain.clock import SECOND, Clock
from hookflash.webhooks.codes import WebhookError
from hookflash.webhooks.conversation import Answer, Conversation
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.failures import Diagnosis, diagnose
from hookflash.webhooks.outcome import RECORDED_BODY, Attempt, Outcome
from hookflash.webhooks.policy import Policy
from hookflash.webhooks.request import WebhookRequest

CONNECTIONS = 1_000  # in all
CONNECTIONS_PER_HOST = 100  # one slow application must not hold every connection
KEEP_ALIVE = 15.0  # seconds; servers close idle connections after 2 to 75
DNS_TTL = 10  # seconds; a name that moves is followed soon


class WebhookClient:
    """Calls applications. One for the whole server; use it as an async context manager, or `close` it.

    `egress` says which addresses may be called; `ca_bundle` is a PEM file with authorities to trust besides the
    usual public ones; `validate_certificates` is the account setting "SSL certificate validation".
    """

    def __init__(
        self, *, egress: EgressPolicy, clock: Clock, ca_bundle: Path | None = None, validate_certificates: bool = True
    ) -> None:
        self._egress = egress
        self._clock = clock
        self._tls = _tls_context(ca_bundle, validate=validate_certificates)
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
        try:
            conversation = Conversation(request, self._clock.now())
        except WebhookError as refusal:
            return Outcome(url=request.url, jar=request.jar, error=refusal)
        loop = asyncio.get_running_loop()
        started = loop.time()
        attempts: list[Attempt] = []
        answer: Answer | None = None
        again = True
        while again:
            elapsed = int((loop.time() - started) * SECOND)
            hop = conversation.hop
            sent_at, sent = self._clock.now(), loop.time()
            result = await self._send(conversation, elapsed)
            now = loop.time()
            elapsed = int((now - started) * SECOND)
            if isinstance(result, Answer):
                answer = result
                again = conversation.answered(result, self._clock.now(), elapsed)
            else:
                answer = None
                again = conversation.failed(*result, elapsed)
            error = conversation.error
            attempts.append(
                Attempt(
                    started_at=sent_at,
                    duration=int((now - sent) * SECOND),
                    method=hop.method,
                    url=hop.url,
                    request_headers=hop.headers,
                    params=hop.params,
                    signed=hop.signed,
                    status=answer.status if answer else None,
                    response_headers=tuple(answer.headers.items()) if answer else (),
                    response_body=answer.body[:RECORDED_BODY].decode("utf-8", "replace") if answer else "",
                    error_code=error.code.number if error else None,
                    error=error.sentence if error else "",
                )
            )
        return Outcome(
            url=conversation.url,
            status=answer.status if answer else None,
            content_type=answer.headers.get("Content-Type", "") if answer else "",
            body=answer.body if answer and conversation.error is None else b"",
            attempts=tuple(attempts),
            jar=conversation.jar,
            error=conversation.error,
        )

    async def _send(self, conversation: Conversation, elapsed: int) -> Answer | Diagnosis:
        hop = conversation.hop
        headers = hop.headers
        if conversation.login is not None:
            headers = headers | conversation.credentials()
        answering = False
        try:
            async with self._open_session().request(
                hop.method,
                URL(hop.url, encoded=True),
                headers=headers,
                data=hop.body,
                allow_redirects=False,
                timeout=_timeout(conversation.policy, elapsed),
                ssl=self._tls,
            ) as response:
                answering = True
                body, complete = await _read(response, conversation.request.body_limit)
                return Answer(
                    status=response.status,
                    headers=response.headers,
                    set_cookies=response.headers.getall("Set-Cookie", ()),
                    challenges=response.headers.getall("WWW-Authenticate", ()),
                    body=body,
                    complete=complete,
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return diagnose(error, answering=answering)

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
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._session

    def _open_socket(self, info: AddrInfoType) -> socket:
        return self._egress.open_socket(info)


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
def _fresh_timeout(policy: Policy) -> aiohttp.ClientTimeout:
    return _timeout_of(policy, policy.total)


def _timeout(policy: Policy, elapsed: int) -> aiohttp.ClientTimeout:
    return _fresh_timeout(policy) if not elapsed else _timeout_of(policy, policy.total - elapsed)


def _timeout_of(policy: Policy, left: int) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        # aiohttp takes 0 for "no limit".
        total=max(left, 1) / SECOND,
        sock_connect=policy.connect / SECOND,
        sock_read=policy.read / SECOND,
        ceil_threshold=60,  # aiohttp rounds longer waits up to a whole second; ours are shorter
    )


def _tls_context(ca_bundle: Path | None, *, validate: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_bundle is not None:
        context.load_verify_locations(ca_bundle)
    if not validate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
