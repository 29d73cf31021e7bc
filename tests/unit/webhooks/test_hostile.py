"""The client against servers that are slow, broken or hostile; time-outs are real, at the shortest that is allowed."""

import asyncio
import socket

import msgspec
import pytest
from aiohttp import web
from tests.unit.webhooks.support import Serve, ServeBytes, twiml, webhook

from hookflash.domain.clock import VirtualClock
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.request import ANSWER_IGNORED, BODY_LIMIT


def head(*lines: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"Content-Type: text/xml", *lines, b"", b""))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", 11205),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", 11206),
        (b"HTTP/1.1 twohundred OK\r\n\r\n", 11206),
        (head(b"Content-Length: 100") + b"<Response>", 11206),
        (head(b"Transfer-Encoding: chunked") + b"5\r\n<Resp", 11206),
        (head(b"Transfer-Encoding: chunked") + b"zz\r\n<Resp", 11206),
        (head(b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 11770),
        (head(b"Content-Length: 12", b"Content-Encoding: gzip") + b"not gzipped!", 11206),
        (head(b"X: " + b"x" * 10_000), 11206),
        (head(*[b"X%d: 1" % number for number in range(500)]), 11206),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 11200),
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 11200),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", 11200),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", 11216),
        (b"HTTP/1.1 302 Found\r\nLocation: gopher://h/\r\nContent-Length: 0\r\n\r\n", 11216),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\nContent-Length: 0\r\n\r\n", 11216),
    ],
)
async def test_answers_that_cannot_be_used(
    serve_bytes: ServeBytes, client: WebhookClient, answer: bytes, code: int
) -> None:
    """Each broken answer has its code and a sentence, the attempt is recorded, and nothing is tried twice."""
    url, seen = await serve_bytes(answer)
    outcome = await client.fetch(webhook(url, method="GET"))
    assert outcome.error is not None
    assert (outcome.error.code.number, outcome.body) == (code, b"")
    [attempt] = outcome.attempts
    assert attempt.error_code == code
    assert len(seen) == 1


@pytest.mark.parametrize(("size", "code"), [(BODY_LIMIT, None), (BODY_LIMIT + 1, 11750), (50_000_000, 11750)])
async def test_a_body_has_a_limit(serve: Serve, client: WebhookClient, size: int, code: int | None) -> None:
    """64 KB are read and no more, also when they come compressed; the rest of the answer is left."""

    async def app(_: web.Request) -> web.StreamResponse:
        response = twiml("x" * size)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    outcome = await client.fetch(webhook(await serve(app)))
    assert (outcome.error and outcome.error.code.number) == code
    assert len(outcome.body) == (size if code is None else 0)
    assert len(outcome.attempts[0].response_body) == 4096


async def test_a_status_callback_does_not_mind_a_long_answer(serve: Serve, client: WebhookClient) -> None:
    """The answer of a status callback is read up to the limit and ignored."""

    async def app(_: web.Request) -> web.StreamResponse:
        return twiml("x" * (BODY_LIMIT + 1))

    outcome = await client.fetch(webhook(await serve(app), accepts=ANSWER_IGNORED))
    assert outcome.error is None


@pytest.mark.parametrize(
    ("fragment", "tries", "code"), [("rt=100", 1, 11200), ("rt=100&rp=rt&rc=2", 3, 11200), ("tt=100", 1, 11203)]
)
async def test_a_silent_server(
    serve_bytes: ServeBytes, client: WebhookClient, fragment: str, tries: int, code: int
) -> None:
    """`rt` ms without a first byte end a try, `tt` ms end everything; only `rp=rt` tries again, with the same token."""
    url, seen = await serve_bytes(None)
    outcome = await client.fetch(webhook(f"{url}/#{fragment}"))
    assert outcome.error is not None
    assert outcome.error.code.number == code
    assert len(outcome.attempts) == len(seen) == tries
    assert all(b"I-Twilio-Idempotency-Token: once\r\n" in request for request in seen)
    assert all(100 <= attempt.duration < 1000 for attempt in outcome.attempts)


async def test_a_partial_answer_is_never_retried(serve: Serve, client: WebhookClient) -> None:
    """A server that stops in the middle of its answer is not asked again, whatever the policy says."""
    over = asyncio.Event()

    async def app(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/xml"})
        await response.prepare(request)
        await response.write(b"<Response>")
        await over.wait()
        return response

    outcome = await client.fetch(webhook(f"{await serve(app)}/#rt=100&rp=all&rc=5"))
    over.set()
    assert outcome.error is not None
    assert len(outcome.attempts) == 1


async def test_a_server_that_refuses_is_tried_twice(client: WebhookClient) -> None:
    """Without overrides a connection that is not made is tried once more, then it is 11202."""
    with socket.socket() as taken:  # bound, not listening
        taken.bind(("127.0.0.1", 0))
        outcome = await client.fetch(webhook(f"http://127.0.0.1:{taken.getsockname()[1]}/"))
    assert [attempt.error_code for attempt in outcome.attempts] == [11202, 11202]
    assert outcome.error is not None
    assert "refused" in outcome.error.sentence


async def test_a_host_that_does_not_exist(client: WebhookClient) -> None:
    """A name that does not resolve is 11210."""
    outcome = await client.fetch(webhook("http://nowhere.invalid/#rc=0"))
    assert [attempt.error_code for attempt in outcome.attempts] == [11210]


async def test_error_statuses_are_retried_when_the_policy_says_so(
    serve_bytes: ServeBytes, client: WebhookClient
) -> None:
    """`rp=5xx` asks again after a 503 and is content with the 200; a 404 it leaves."""
    no = b"HTTP/1.1 %d No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    url, _ = await serve_bytes(no % 503, head(b"Content-Length: 11", b"Connection: close") + b"<Response/>")
    outcome = await client.fetch(webhook(f"{url}/#rp=5xx&rc=3"))
    assert [attempt.status for attempt in outcome.attempts] == [503, 200]
    assert [attempt.error_code for attempt in outcome.attempts] == [11200, None]
    assert outcome.error is None
    url, _ = await serve_bytes(no % 404)
    outcome = await client.fetch(webhook(f"{url}/#rp=5xx&rc=3"))
    assert [attempt.status for attempt in outcome.attempts] == [404]


async def test_a_connection_closed_while_it_was_idle_costs_nothing(
    serve_bytes: ServeBytes, client: WebhookClient
) -> None:
    """A kept-alive connection that the server has closed is no failure: the request goes out again on a new one."""
    url, seen = await serve_bytes(head(b"Content-Length: 11") + b"<Response/>")
    for number in range(3):
        outcome = await client.fetch(webhook(f"{url}/#rp=5xx"))
        assert outcome.error is None
        assert len(seen) == number + 1


async def test_an_account_cannot_reach_the_operators_network(serve: Serve) -> None:
    """In operator mode a private address is refused: as a literal, as a name, and at the end of a redirect."""
    called = False

    async def secret(_: web.Request) -> web.StreamResponse:
        nonlocal called
        called = True
        return twiml()

    url = await serve(secret)
    async with WebhookClient(egress=EgressPolicy(allow_private=False), clock=VirtualClock()) as client:
        for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "[::ffff:127.0.0.1]")):
            outcome = await client.fetch(webhook(address))
            assert outcome.error is not None
            assert "not an address that webhooks may reach" in outcome.error.sentence
            assert len(outcome.attempts) == 1
    assert not called


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "0177.0.0.1", "localhost.", "[::]", "0"])
async def test_other_spellings_of_an_address_are_no_way_round(host: str) -> None:
    """Numbers and short forms that a resolver would take for 127.0.0.1 are refused before any connection."""
    async with WebhookClient(egress=EgressPolicy(allow_private=False), clock=VirtualClock()) as client:
        outcome = await client.fetch(webhook(f"http://{host}:1/"))
    assert outcome.error is not None
    assert outcome.error.code.number in (11100, 11200, 11210)


async def test_headers_that_are_not_text(serve_bytes: ServeBytes, client: WebhookClient) -> None:
    """Bytes that are no UTF-8 in any header neither raise nor keep the record and the jar from being stored."""
    junk = b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n%b: %b\xff\xfe\r\n\r\n"
    url, _ = await serve_bytes(
        junk % (401, b"WWW-Authenticate", b'Digest realm="\xff", qop="auth", nonce='),
        junk % (302, b"Location", b"/\xff"),
        junk % (302, b"Location", b"http://\xff"),
    )
    outcome = await client.fetch(webhook(url.replace("//", "//u:p@"), jar=Jar(touched_at=0)))
    assert outcome.error is not None
    assert [attempt.status for attempt in outcome.attempts] == [401, 302, 302]
    assert msgspec.json.encode(outcome.attempts)
    url, _ = await serve_bytes(junk % (200, b"Set-Cookie", b"a="))
    outcome = await client.fetch(webhook(url, jar=Jar(touched_at=0)))
    assert outcome.jar is not None
    assert len(outcome.jar.cookies) == 1
    assert Jar.from_json(outcome.jar.to_json()) == outcome.jar
    assert (await client.fetch(webhook(url, jar=outcome.jar))).error is None


async def test_a_record_is_bounded(serve_bytes: ServeBytes, client: WebhookClient) -> None:
    """Of a server's headers the record keeps the first 64, and 1,024 characters of each."""
    lines = [b"X-%d: %b" % (number, b"x" * 5000) for number in range(100)]
    url, _ = await serve_bytes(head(*lines, b"Content-Length: 11") + b"<Response/>")
    [attempt] = (await client.fetch(webhook(url))).attempts
    assert attempt.status == 200
    assert len(attempt.response_headers) == 64
    assert max(len(value) for _, value in attempt.response_headers) == 1024


async def test_a_tls_handshake_that_does_not_come(serve_bytes: ServeBytes, client: WebhookClient) -> None:
    """`ct` covers TCP and TLS: a server that accepts and stays silent is 11201."""
    url, _ = await serve_bytes(None)
    outcome = await client.fetch(webhook(f"{url.replace('http:', 'https:')}/#ct=100&rc=0"))
    assert [attempt.error_code for attempt in outcome.attempts] == [11201]
