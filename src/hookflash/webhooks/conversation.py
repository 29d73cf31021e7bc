"""What to do with each answer on the way to the last one: follow it, log in, try again, or stop.

No I/O here: `Conversation.hop` is the request to make, `answered` and `failed` take what came of it and say whether
there is another. Redirects follow RFC 9110 §15.4 as browsers do; each hop is signed anew for its own URL.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import msgspec

from hookflash.webhooks.codes import WebhookCode, WebhookError
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.login import Login
from hookflash.webhooks.policy import Failure, Retry, after_failure
from hookflash.webhooks.request import (
    Hop,
    Target,
    WebhookRequest,
    build_hop,
    check_callback_url,
    media_type,
    parse_target,
    resolve_url,
)

REDIRECT_LIMIT = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said to one hop."""

    status: int
    headers: Mapping[str, str]  #: looked up without regard to case
    set_cookies: Iterable[str] = ()
    challenges: Iterable[str] = ()  #: the values of WWW-Authenticate
    body: bytes = b""
    complete: bool = True  #: False: the body is longer than the request allows
    cached: bool = False  #: it came from the cache


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """One hop that brought no answer."""

    error: WebhookError
    failure: Failure | None = None  #: how a retry policy names it; None: no policy can
    stale: bool = False  #: the server had closed a connection that was kept alive: that says nothing about the request


class Conversation:
    """One webhook on its way: starts at the request's URL and ends with an answer or an error.

    Raises WebhookError when the URL cannot be called.
    """

    def __init__(self, request: WebhookRequest, now: int) -> None:
        target = parse_target(request.url)
        if not request.accepts:
            check_callback_url(request.url)
        self.request = request
        self.policy = target.policy
        self.hop: Hop = build_hop(request, target, request.method, request.params, request.body)
        self.url = request.url  #: of this hop, login included: what a relative Location is relative to
        self.jar: Jar | None = request.jar.at(now) if request.jar is not None else None
        self.login: Login | None = self._login_at(target, request.url)
        self.error: WebhookError | None = None
        self._tries = 1
        self._redirects = 0

    def private_headers(self, now: int) -> dict[str, str]:
        """What goes with this hop and into no record: cookies, and a login once the server has asked for it."""
        headers: dict[str, str] = {}
        if self.jar is not None and (cookies := self.jar.header(self.hop.url, now)):
            headers["Cookie"] = cookies
        if self.login is not None:
            headers |= self.login.headers(self.hop.method, self.hop.url)
        return headers

    def failed(self, failed: Failed, elapsed: int) -> bool:
        """No answer came, `elapsed` ms after the start; returns whether to send `hop` again."""
        self.error = failed.error
        return failed.stale or self._try_again(failed.failure, elapsed)

    def answered(self, answer: Answer, now: int, elapsed: int) -> bool:
        """An answer came, `elapsed` ms after the start; returns whether to send `hop`, which may be a new one."""
        self.error = None
        if self.jar is not None and answer.set_cookies:
            self.jar = self.jar.receive(answer.set_cookies, self.hop.url, now)
        if answer.status == 401 and self.login is not None and self.login.challenged(answer.challenges):
            return True
        try:
            if answer.status in _REDIRECTS:
                self._redirect(answer)
                return True
            judge(answer, self.request)
        except WebhookError as error:
            self.error = error
            return self._try_again(_failure_of(answer.status), elapsed)
        return False

    def _try_again(self, failure: Failure | None, elapsed: int) -> bool:
        again = isinstance(after_failure(self.policy, failure, tries=self._tries, elapsed=elapsed), Retry)
        self._tries += again
        return again

    def _redirect(self, answer: Answer) -> None:
        location = answer.headers.get("Location", "")
        if not location:
            raise WebhookError(WebhookCode.INVALID_REDIRECT, f"status {answer.status} without a Location")
        if self._redirects == REDIRECT_LIMIT:
            raise WebhookError(WebhookCode.TOO_MANY_REDIRECTS, f"{REDIRECT_LIMIT} were followed")
        self._redirects += 1
        try:
            url = resolve_url(self.url, location)
            target = parse_target(url)
        except (WebhookError, ValueError) as error:
            raise WebhookError(WebhookCode.INVALID_REDIRECT, f"Location {location[:200]!r}") from error
        if answer.status in (307, 308) and self.hop.method == "POST":
            self.hop = build_hop(self.request, target, "POST", self.hop.params, self.request.body)
        else:
            self.hop = build_hop(self.request, target, "GET", {}, None)
        self._keep_login(target, url)
        self.url = url

    def _login_at(self, target: Target, url: str) -> Login | None:
        """The login that a URL brings along: in a call, the one that its server may have asked for already."""
        if target.login is None:
            return None
        logins = self.request.logins
        return Login(*target.login) if logins is None else logins.at(_origin(url), *target.login)

    def _keep_login(self, target: Target, url: str) -> None:
        """A login goes to the server it was written for, and to no other."""
        if target.login is not None:
            if (
                self.login is None
                or self.login.user_and_password != target.login
                or not _same_origin(self.url, target.url)
            ):
                self.login = self._login_at(target, url)
        elif not _same_origin(self.url, target.url):
            self.login = None


def judge(answer: Answer, request: WebhookRequest) -> None:
    """Raise WebhookError unless the final `answer` is one that `request` can use."""
    if not 200 <= answer.status < 300:
        raise WebhookError(WebhookCode.RETRIEVAL, f"the server answered with status {answer.status}")
    if not request.accepts:
        return
    if not answer.complete:
        limit = request.limit_of(answer.headers.get("Content-Type", ""))
        raise WebhookError(WebhookCode.BODY_TOO_LONG, f"more than {limit} bytes")
    if not answer.body:
        if answer.status == 204 or answer.headers.get("Content-Length") == "0":
            return
        raise WebhookError(WebhookCode.EMPTY_BODY, f"status {answer.status}")
    written = answer.headers.get("Content-Type", "")
    if not written:
        raise WebhookError(WebhookCode.RETRIEVAL, "the answer has no Content-Type")
    if media_type(written) not in request.accepts:
        raise WebhookError(
            WebhookCode.CONTENT_TYPE, f"{written[:200]!r} is none of {', '.join(sorted(request.accepts))}"
        )


def _failure_of(status: int) -> Failure | None:
    return {4: Failure.CLIENT_ERROR, 5: Failure.SERVER_ERROR}.get(status // 100)


def _same_origin(one: str, other: str) -> bool:
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
