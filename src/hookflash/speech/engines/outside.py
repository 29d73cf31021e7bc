"""Connections to engines. Their addresses are the operator's own: the egress policy of webhooks is not for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp

from hookflash.speech.recogniser import DEGRADED, RecognitionError

from .dialect import AnswerError

CONNECTIONS = 500
MOST_ANSWER = 1_000_000  #: bytes of JSON


class Outside:
    """One pool of connections for all engines, opened when it is first needed. Close it."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    @asynccontextmanager
    async def post(self, url: str, *, seconds: float, key: str, **body: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer to a POST with the key as a bearer token; redirects are not followed, for they would take the key
        along. Raises aiohttp.ClientError, OSError, TimeoutError."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        patience = aiohttp.ClientTimeout(total=None, connect=seconds, sock_read=seconds)
        async with self.session.post(url, headers=headers, timeout=patience, allow_redirects=False, **body) as answer:
            if answer.status != HTTPStatus.OK:
                raise aiohttp.ClientResponseError(answer.request_info, (), status=answer.status)
            yield answer

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


async def whole_answer(answer: aiohttp.ClientResponse) -> bytes:
    """The body of an answer. Raises AnswerError when it is too long."""
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > MOST_ANSWER:
            raise AnswerError(f"its answer is longer than {MOST_ANSWER} bytes")
    return bytes(body)


def reason_of(error: Exception) -> str:
    """Why an engine could not be asked, without its address, which may hold a secret."""
    match error:
        case aiohttp.ClientResponseError(status=401 | 403 as status):
            return f"it refuses the key (HTTP {status})"
        case aiohttp.ClientResponseError(status=status):
            return f"it answers HTTP {status}"
        case TimeoutError():
            return "it does not answer in time"
        case aiohttp.ClientConnectorError():
            return "it cannot be reached"
    return f"the connection broke ({type(error).__name__})"


def failure(name: str, error: Exception) -> RecognitionError:
    """What to tell of an engine that could not be asked."""
    return RecognitionError(DEGRADED, f"The speech engine {name} failed: {reason_of(error)}.")
