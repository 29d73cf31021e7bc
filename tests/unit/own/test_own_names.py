"""The names of the original that apps call: answered inside the server, over its listeners and for its own webhooks."""

import io
import socket
import wave
from array import array
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hookflash.domain.clock import VirtualClock
from hookflash.own.hold_music import hold_music
from hookflash.own.names import DEMO_REPLY, ServedNames, is_answered_inside
from hookflash.testing.platform import Platform
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.inside import Inside
from hookflash.webhooks.outcome import Attempt, Outcome
from hookflash.webhooks.request import WebhookRequest


async def no_bins(request: Request) -> Response:
    return PlainTextResponse("There is no such TwiML Bin.", 404)


async def call(url: str, **more: Any) -> Outcome:
    """A webhook to `url` from a client that may call no private address."""
    inside = Inside(ServedNames(no_bins), is_inside=is_answered_inside)
    egress = EgressPolicy(allow_private=False)
    async with WebhookClient(egress=egress, clock=VirtualClock(), inside=inside, **more) as client:
        return await client.fetch(
            WebhookRequest(
                url=url,
                params={"Body": "hi"},
                account_sid="AC" + "0" * 32,
                auth_token="1" * 32,
                resource_sid="SM" + "0" * 32,
                idempotency_token="x",
                kind="incoming-message",
            )
        )


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing resolves: what needs a name server fails."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_names")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_demonstration_answers_webhooks(scheme: str) -> None:
    """A new number's SmsUrl is answered with TwiML, without a name server or a connection."""
    outcome = await call(f"{scheme}://demo.twilio.com/welcome/sms/reply")
    assert outcome.error is None
    assert DEMO_REPLY.encode() in outcome.body
    assert outcome.content_type.startswith("text/xml")


@pytest.mark.usefixtures("no_names")
async def test_an_answer_from_inside_is_an_attempt_like_others() -> None:
    """It is recorded and counted with its signature, as one over the network."""
    heard: list[Attempt] = []
    outcome = await call("https://demo.twilio.com/welcome/voice/", attempted=heard.append)
    assert list(outcome.attempts) == heard
    assert (heard[0].status, heard[0].url) == (200, "https://demo.twilio.com/welcome/voice/")
    assert heard[0].signed.startswith("https://demo.twilio.com/welcome/voice/")


@pytest.mark.usefixtures("no_names")
@pytest.mark.parametrize(
    "url",
    ["https://api.twilio.com/x", "https://demo.twilio.com/x", "https://demo.TWILIO.com:8443/", "http://a.b.twilio.com"],
)
async def test_nothing_reaches_the_real_hosts(url: str) -> None:
    """Any other page of the original's names is 404 here, not a request to them."""
    outcome = await call(url)
    assert outcome.status == 404


@pytest.mark.parametrize(
    ("host", "path", "status", "words"),
    [
        ("demo.twilio.com", "/welcome/sms/reply/", 200, "Hello from Hookflash"),
        ("demo.twilio.com", "/welcome/voice/", 200, "<Say>"),
        ("handler.twilio.com", "/twiml/EH0", 404, "There is no such TwiML Bin"),
        ("com.twilio.music.rock.s3.amazonaws.com", "/loud.mp3", 200, "audio/wav"),
        (
            "twimlets.com",
            "/holdmusic?Bucket=com.twilio.music.rock",
            200,
            '<Play loop="0">http://com.twilio.music.rock.',
        ),
    ],
)
def test_apps_that_ask_are_answered_too(hookflash: Platform, host: str, path: str, status: int, words: str) -> None:
    """Over the listener, by the Host header."""
    address = urlsplit(hookflash.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode("latin-1")
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert words in answer


def test_the_hold_music_is_music() -> None:
    """It is a sound that can be played over and over: loud, never clipped, and without a pause at its seam."""
    with wave.open(io.BytesIO(hold_music())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8_000)
        sound = array("h", file.readframes(file.getnframes()))
    assert len(sound) >= 5 * 8_000
    assert 5_000 < max(map(abs, sound)) < 32_000
    assert all(max(map(abs, sound[at : at + 800])) > 500 for at in range(0, len(sound), 800))
