"""Redirects, logins, cookies, the cache, documents: against real servers on the loopback."""

import asyncio
import ipaddress
from base64 import b64encode

import pytest
from aiohttp import web
from tests.unit.webhooks.support import TOKEN, App, Serve, ServeBytes, twiml, webhook
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from hookflash.domain.clock import VirtualClock
from hookflash.webhooks.cache import AnswerCache
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.request import ANSWER_IGNORED


def redirect(status: int, location: str) -> web.Response:
    return web.Response(status=status, headers={"Location": location})


@pytest.mark.parametrize(
    ("status", "method", "then", "form"),
    [
        (301, "POST", "GET", False),
        (302, "POST", "GET", False),
        (303, "POST", "GET", False),
        (307, "POST", "POST", True),
        (308, "POST", "POST", True),
        (302, "GET", "GET", False),
        (307, "GET", "GET", False),
    ],
)
async def test_redirects(
    serve: Serve, client: WebhookClient, status: int, method: str, then: str, *, form: bool
) -> None:
    """As a browser: 307 and 308 repeat a POST, the others become a GET without parameters; each hop is signed anew."""
    app = App(redirect(status, "/next?x=1"))
    outcome = await client.fetch(request := webhook(f"{await serve(app)}/first?y=2", method=method))
    assert outcome.error is None
    assert [attempt.status for attempt in outcome.attempts] == [status, 200]
    second = app.seen[1]
    assert (second.method, second.path_qs) == (then, "/next?x=1")
    assert app.forms[1] == (request.params if form else {})
    assert RequestValidator(TOKEN).validate(str(second.url), app.forms[1], second.headers["X-Twilio-Signature"])
    assert outcome.url.endswith("/next?x=1")


async def test_ten_redirects_and_no_more(serve_bytes: ServeBytes, client: WebhookClient) -> None:
    """A loop ends after ten redirects with 11215."""
    url, seen = await serve_bytes(
        b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    outcome = await client.fetch(webhook(url))
    assert outcome.error is not None
    assert outcome.error.code.number == 11215
    assert len(seen) == 11


async def test_a_redirect_is_judged_by_the_egress_policy(serve_bytes: ServeBytes) -> None:
    """An allowed server cannot send us on to one that is not."""
    url, _ = await serve_bytes(
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n"
    )
    policy = EgressPolicy(allow_private=False, allowed=(ipaddress.ip_network("127.0.0.1/32"),))
    async with WebhookClient(egress=policy, clock=VirtualClock()) as client:
        outcome = await client.fetch(webhook(url))
    assert outcome.error is not None
    assert "169.254.169.254" in outcome.error.sentence
    assert [attempt.status for attempt in outcome.attempts] == [302, None]


def challenge(value: str) -> web.Response:
    return web.Response(status=401, headers={"WWW-Authenticate": value})


async def test_basic_is_sent_only_when_asked_for(serve: Serve, client: WebhookClient) -> None:
    """First without, after a 401 the same request with; the record never shows it."""
    app = App(challenge('Basic realm="x"'))
    url = (await serve(app)).replace("//", "//us%40er:p%3Aw@")
    outcome = await client.fetch(webhook(url))
    assert outcome.error is None
    assert "Authorization" not in app.seen[0].headers
    assert app.seen[1].headers["Authorization"] == f"Basic {b64encode(b'us@er:p:w').decode()}"
    assert app.forms[0] == app.forms[1]
    assert "p:w" not in repr(outcome.attempts)
    assert b64encode(b"us@er:p:w").decode() not in repr(outcome.attempts)
    assert "us@er" not in outcome.attempts[1].signed


async def test_digest(serve: Serve, client: WebhookClient) -> None:
    """A digest challenge is answered with a digest for the path and query on the wire."""
    app = App(challenge('Digest realm="x", nonce="n", qop="auth", algorithm=SHA-256'))
    url = (await serve(app)).replace("//", "//u:p@")
    outcome = await client.fetch(webhook(f"{url}/a%20b?c"))
    assert outcome.error is None
    assert 'uri="/a%20b?c"' in app.seen[1].headers["Authorization"]


async def test_a_wrong_password_is_an_error(serve: Serve, client: WebhookClient) -> None:
    """A second 401 is final; without a login in the URL the first one is."""
    app = App(*[challenge('Basic realm="x"') for _ in range(3)])
    url = await serve(app)
    outcome = await client.fetch(webhook(url.replace("//", "//u:p@")))
    assert [attempt.status for attempt in outcome.attempts] == [401, 401]
    outcome = await client.fetch(webhook(url))
    assert [attempt.error_code for attempt in outcome.attempts] == [11200]


async def test_a_login_stays_with_its_server(serve: Serve, client: WebhookClient) -> None:
    """A redirect on the same server keeps the login, one to another server does not get it."""
    other = App(challenge('Basic realm="x"'))
    elsewhere = await serve(other)
    app = App(challenge('Basic realm="x"'), redirect(302, "/here"), redirect(302, f"{elsewhere}/there"))
    url = (await serve(app)).replace("//", "//u:p@")
    outcome = await client.fetch(webhook(url))
    assert "Authorization" in app.seen[2].headers
    assert "Authorization" not in other.seen[0].headers
    assert [attempt.status for attempt in outcome.attempts] == [401, 302, 302, 401]


async def test_cookies_come_back_within_the_conversation(serve: Serve, client: WebhookClient) -> None:
    """A jar handed in sends its cookies and comes back with the new ones, those of redirects included."""
    first = redirect(302, "/b")
    first.set_cookie("seen", "1", path="/")
    second = twiml()
    second.set_cookie("step", "2", path="/")
    second.set_cookie("more", "3", path="/")
    app = App(first, second)
    url = await serve(app)
    outcome = await client.fetch(webhook(url, jar=Jar(touched_at=0)))
    assert dict(app.seen[1].cookies) == {"seen": "1"}
    assert outcome.jar is not None
    await client.fetch(webhook(url, jar=outcome.jar))
    assert dict(app.seen[2].cookies) == {"seen": "1", "step": "2", "more": "3"}


async def test_without_a_jar_there_are_no_cookies(serve: Serve, client: WebhookClient) -> None:
    """Status callbacks neither send nor keep cookies."""
    answer = twiml()
    answer.set_cookie("a", "1", path="/")
    app = App(answer)
    url = await serve(app)
    outcome = await client.fetch(webhook(url, accepts=ANSWER_IGNORED))
    await client.fetch(webhook(url, accepts=ANSWER_IGNORED))
    assert outcome.jar is None
    assert "Cookie" not in app.seen[1].headers


async def test_a_fresh_answer_to_a_get_is_not_fetched_again(serve: Serve, client: WebhookClient) -> None:
    """max-age keeps an answer for its account; another account asks for itself, and POST is never kept."""
    app = App(
        *[twiml(f"<Response>{number}</Response>", headers={"Cache-Control": "max-age=60"}) for number in range(4)]
    )
    url = await serve(app)
    first = await client.fetch(webhook(url, method="GET"))
    again = await client.fetch(webhook(url, method="GET"))
    assert first.body == again.body == b"<Response>0</Response>"
    assert [attempt.cached for attempt in again.attempts] == [True]
    assert again.content_type == first.content_type
    other = await client.fetch(webhook(url, method="GET", account_sid="AC2"))
    assert other.body == b"<Response>1</Response>"
    await client.fetch(webhook(url))
    await client.fetch(webhook(url))
    assert len(app.seen) == 4


@pytest.mark.parametrize(
    ("validator", "asked"),
    [({"ETag": '"v1"'}, "If-None-Match"), ({"Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT"}, "If-Modified-Since")],
)
async def test_a_known_answer_is_asked_about(
    serve: Serve, client: WebhookClient, validator: dict[str, str], asked: str
) -> None:
    """With a validator and no lifetime each GET is conditional; a 304 brings the stored answer, a 200 replaces it."""
    app = App(
        twiml("<Response>1</Response>", headers=validator),
        web.Response(status=304, headers=validator),
        twiml("<Response>2</Response>"),
    )
    url = await serve(app)
    outcomes = [await client.fetch(webhook(url, method="GET")) for _ in range(3)]
    assert [outcome.body[10:11] for outcome in outcomes] == [b"1", b"1", b"2"]
    assert [outcome.error for outcome in outcomes] == [None, None, None]
    assert app.seen[1].headers[asked] == next(iter(validator.values()))
    assert asked not in app.seen[0].headers


@pytest.mark.parametrize("limits", [{"entry_limit": 2}, {"byte_limit": 25_000}])
async def test_the_cache_is_bounded(serve: Serve, limits: dict[str, int]) -> None:
    """The least recently used answers make room, by number and by bytes."""
    app = App(*[twiml("x" * 10_000, headers={"Cache-Control": "max-age=60"}) for _ in range(6)])
    url = await serve(app)
    cache = AnswerCache(**limits)
    async with WebhookClient(egress=EgressPolicy(allow_private=True), clock=VirtualClock(), cache=cache) as client:
        for path in ("a", "b", "a", "c", "a", "b"):
            await client.fetch(webhook(f"{url}/{path}", method="GET"))
    assert [request.path for request in app.seen] == ["/a", "/b", "/c", "/b"]


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {"Content-Type": "TEXT/XML; charset=utf-8"}, b"<Response/>"),
        (200, {"Content-Type": "application/xml"}, b"<Response/>"),
        (201, {"Content-Type": "text/plain"}, b"hi"),
        (204, {}, b""),
        (200, {"Content-Type": "text/html", "Content-Length": "0"}, b""),
    ],
)
async def test_what_a_document_may_be(
    serve: Serve, client: WebhookClient, status: int, headers: dict[str, str], body: bytes
) -> None:
    """XML, HTML and plain text are documents with any 2xx; no content is one too."""
    outcome = await client.fetch(webhook(await serve(App(web.Response(status=status, headers=headers, body=body)))))
    assert outcome.error is None
    assert outcome.body == body


@pytest.mark.parametrize("content_type", ["application/json", "image/png", "text/xmlish", ";"])
async def test_what_a_document_may_not_be(serve: Serve, client: WebhookClient, content_type: str) -> None:
    """Any other type is 12300, and its body goes no further than the record."""
    app = App(web.Response(headers={"Content-Type": content_type}, body=b"{}"))
    outcome = await client.fetch(webhook(await serve(app)))
    assert outcome.error is not None
    assert (outcome.error.code.number, outcome.body) == (12300, b"")


async def test_many_at_once(serve: Serve, client: WebhookClient) -> None:
    """Requests at the same time do not mix their answers."""

    async def echo(request: web.Request) -> web.StreamResponse:
        return twiml(f"<Response>{dict(await request.post())['Body']!s}</Response>")

    url = await serve(echo)
    outcomes = await asyncio.gather(*[client.fetch(webhook(url, params={"Body": str(n)})) for n in range(200)])
    assert [outcome.body for outcome in outcomes] == [b"<Response>%d</Response>" % n for n in range(200)]
