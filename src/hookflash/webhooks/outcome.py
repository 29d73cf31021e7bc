"""What became of a webhook: the answer if there is one, and every attempt, for the caller to keep."""

from collections.abc import Mapping

import msgspec

from hookflash.webhooks.codes import WebhookError
from hookflash.webhooks.cookies import Jar

RECORDED_BODY = 4096  # bytes of an answer that an attempt's record keeps
RECORDED_HEADERS = 64  # of an answer
RECORDED_VALUE = 1024  # characters of each


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer, as the record and the console show them. Holds no credentials."""

    started_at: int  #: ms since the epoch
    duration: int  #: ms
    method: str
    url: str  #: as sent: no userinfo, no fragment
    request_headers: dict[str, str]  #: signature included, never Authorization
    params: dict[str, str]
    signed: str  #: the string that was signed
    status: int | None = None  #: None when no answer came
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: str = ""  #: its first 4 KiB
    error_code: int | None = None
    error: str = ""  #: a sentence
    cached: bool = False  #: the cache answered; nothing was sent


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a webhook, retries, redirects and logins included."""

    url: str  #: the one that gave the answer: what relative URLs in the document are relative to, login included
    status: int | None = None
    content_type: str = ""  #: as the answer's header says it
    body: bytes = b""
    attempts: tuple[Attempt, ...] = ()
    jar: Jar | None = None  #: the cookies now; None if the request brought no jar
    error: WebhookError | None = None  #: why the answer cannot be used; None: it can


def recorded_headers(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """An answer's headers as the record keeps them: a server may send a megabyte."""
    return tuple([(str(name), value[:RECORDED_VALUE]) for name, value in headers.items()][:RECORDED_HEADERS])
