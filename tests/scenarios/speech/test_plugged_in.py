"""A call on a platform with engines of the operator's own: they speak to the caller, and understand the caller."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from benchmarks.understanding import on_the_phone
from tests.scenarios.plugin_support import App, running_app
from tests.unit.speech.engines.peers import Peer, vosk, wav

from hookflash.testing.platform import Platform
from hookflash.testing.server import BackgroundServer

WELCOME = "Welcome. How can I help?"


class Engines:
    """A vosk-server and a piper of this test."""

    def __init__(self) -> None:
        self.heard = Peer(vosk)
        self.spoken: list[str] = []
        self.port = 0

    async def speak(self, request: web.Request) -> web.Response:
        self.spoken.append((await request.json())["text"])
        return web.Response(body=wav(on_the_phone(self.spoken[-1], "en-gb"), 8_000))


@contextmanager
def running_engines() -> Iterator[Engines]:
    """In a thread with a loop of its own, as programs of their own would run."""
    engines = Engines()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    app = web.Application()
    app.router.add_get("/", engines.heard.handle)
    app.router.add_post("/synthesize", engines.speak)
    server = TestServer(app)
    asyncio.run_coroutine_threadsafe(server.start_server(), loop).result()
    assert server.port is not None
    engines.port = server.port
    yield engines
    asyncio.run_coroutine_threadsafe(server.close(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def engines() -> Iterator[Engines]:
    with running_engines() as engines:
        yield engines


@pytest.fixture
def platform(engines: Engines, tmp_path: Path) -> Iterator[Platform]:
    house = {"name": "house", "kind": "vosk", "url": f"ws://127.0.0.1:{engines.port}/", "languages": ["fr"]}
    voice = {"name": "voice", "kind": "piper", "url": f"http://127.0.0.1:{engines.port}/synthesize"}
    plugged = [house, voice | {"voices": {"Polly.*": "amy"}}]
    with BackgroundServer(tmp_path, speech_engines=plugged) as ready:
        yield Platform(ready)


@pytest.fixture
def app(platform: Platform) -> Iterator[App]:
    with running_app() as app:
        platform.configure(voice_url=app.url)
        yield app


def test_engines_speak_and_understand_on_a_call(platform: Platform, app: App, engines: Engines) -> None:
    """The caller hears piper's voice; what the caller says reaches vosk, and what vosk made of it the application."""
    app.document = (
        '<Response><Gather input="speech" language="fr-FR" action="/said" timeout="3" speechTimeout="1">'
        f'<Say voice="Polly.Joanna">{WELCOME}</Say></Gather></Response>'
    )
    call = platform.handset("+14155550123").dial(platform.number)
    call.hears_sync("How can I help")
    call.say("bonjour")
    told = app.wait_for(SpeechResult="hello there goodbye")
    assert 0 < float(told["Confidence"]) < 1
    assert engines.spoken == [WELCOME]
    assert len(engines.heard.audio) > 8_000
