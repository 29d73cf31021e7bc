"""Voices that are plugged in: what the engines are asked, who speaks what, and who speaks when one fails."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from structlog.testing import capture_logs
from tests.unit.speech.engines.peers import SECOND, serving, wav

from hookflash.domain.speech import Mark, Utterance, Voice
from hookflash.pending import Pending
from hookflash.speech.engine import SpeechEngine, SpeechError
from hookflash.speech.engines.config import EngineConfig, Kind
from hookflash.speech.engines.openai import Voices as OpenAi
from hookflash.speech.engines.outside import Outside
from hookflash.speech.engines.piper import Piper
from hookflash.speech.repertoire import Repertoire
from hookflash.speech.speaker import Speaker
from hookflash.speech.voices import Voices
from hookflash.store.shelf import Shelf
from hookflash.switch.protocol import File

JOANNA = Utterance(
    Voice("Polly.Joanna", "en-US"), ("Hello ", Mark("break"), Mark("sub", (("alias", "there"),), ("?",)))
)
KLAUS = Utterance(Voice("Polly.Hans", "de-DE", "male"), ("Hallo.",))


class Server:
    """An engine that answers whatever it is told to."""

    def __init__(self, *answers: web.Response) -> None:
        self.asked: list[Any] = []
        self.key = ""
        self._answers = [*answers]

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        self.key = request.headers.get("Authorization", "")
        return self._answers.pop(0)


async def spoken(kind: Kind, server: Server, utterance: Utterance = JOANNA, **settings: Any) -> bytes:
    outside = Outside()
    async with serving(server.handle) as http:
        config = EngineConfig(
            name="voice",
            kind=kind,
            url=f"http://127.0.0.1:{http.port}/",
            voices={"Polly.J*": "amy", "*": ""},
            **settings,
        )
        engine = Piper(config, outside) if kind is Kind.PIPER else OpenAi(config, outside)
        try:
            return b"".join([piece async for piece in engine.speak(utterance)])
        finally:
            await outside.close()


@pytest.mark.parametrize("rate", [16_000, 22_050])
async def test_piper_is_asked_for_plain_words_in_its_voice(rate: int) -> None:
    """JSON in, a WAV file out, whatever rate its voice has and though the size of a stream is not known."""
    server = Server(web.Response(body=wav(SECOND * 2, rate, size=0xFFFFFFFF)))
    pcm = await spoken(Kind.PIPER, server)
    assert server.asked == [{"text": "Hello there", "voice": "amy"}]
    assert len(pcm) == pytest.approx(len(SECOND) * 2 * Piper.rate / rate, rel=0.03)


async def test_the_only_voice_of_an_engine_is_not_named() -> None:
    """An empty name leaves the choice to the engine."""
    server = Server(web.Response(body=wav(SECOND, 16_000)))
    await spoken(Kind.PIPER, server, KLAUS)
    assert server.asked == [{"text": "Hallo."}]


async def test_openai_is_asked_for_plain_audio() -> None:
    """`pcm` is 16-bit mono at 24 kHz; an odd byte at the end is none."""
    server = Server(web.Response(body=SECOND + b"\x01"))
    pcm = await spoken(Kind.OPENAI_SPEECH, server, key="secret", model="tts-9")
    assert server.asked == [{"model": "tts-9", "input": "Hello there", "voice": "amy", "response_format": "pcm"}]
    assert server.key == "Bearer secret"
    assert pcm == SECOND


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (web.Response(body=b"an error page"), "no WAV file"),
        (web.Response(body=b""), "no WAV file"),
        (web.Response(body=b"RIFF\0\0\0\0WAVE" + b"LIST\xff\xff\xff\x7f" + bytes(10_000)), "no WAV file"),
        (web.Response(body=b"RIFF\0\0\0\0WAVEdata\0\0\0\0"), "does not say"),
        (web.Response(body=wav(SECOND, 16_000, channels=2)), "not 16-bit mono"),
        (web.Response(body=wav(SECOND, 4_000_000)), "not 16-bit mono"),
        (web.Response(body=wav(b"", 16_000)), "no sound"),
        (web.Response(status=500), "HTTP 500"),
        (web.Response(status=403), "refuses the key"),
    ],
)
async def test_a_wrong_answer_is_a_failure(answer: web.Response, says: str) -> None:
    """Nothing that is no sound is played to a caller."""
    with pytest.raises(SpeechError, match=says):
        await spoken(Kind.PIPER, Server(answer))


async def test_an_engine_that_speaks_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many minutes of audio, which is more than any text takes."""
    monkeypatch.setattr("hookflash.speech.engines.sound.MOST_SECONDS", 0)
    with pytest.raises(SpeechError, match="more than"):
        await spoken(Kind.OPENAI_SPEECH, Server(web.Response(body=SECOND)))


# -- who speaks --


class Engine:
    """Speaks a little, or fails."""

    rate = 8_000

    def __init__(self, name: str) -> None:
        self.name = name
        self.spoken: list[str] = []
        self.fails = False
        self.begins = asyncio.Event()
        self.begins.set()

    async def speak(self, utterance: Utterance) -> AsyncIterator[bytes]:
        await self.begins.wait()
        self.spoken.append(utterance.text)
        if self.fails:
            raise SpeechError("the speech engine cloud failed: it cannot be reached")
        yield SECOND[:4_000]


def plugged(name: str, engine: SpeechEngine, **settings: Any) -> tuple[EngineConfig, SpeechEngine]:
    return EngineConfig(name=name, kind=Kind.PIPER, **settings), engine


@pytest.fixture
def usual() -> Engine:
    return Engine("usual")


@pytest.fixture
def cloud() -> Engine:
    return Engine("cloud")


@pytest.fixture
async def speaker(tmp_path: Path, usual: Engine, cloud: Engine) -> AsyncIterator[Speaker]:
    speaker = Speaker(
        Voices(usual, [plugged("cloud", cloud, voices={"Polly.*": "amy"}, languages=["en"])]),
        shelf=Shelf(tmp_path / "shelf"),
        feed=lambda: cast("Any", None),
        pending=Pending(),
        repertoire=Repertoire(),
    )
    yield speaker
    await speaker.close()


async def test_an_engine_speaks_its_voices_and_languages(usual: Engine) -> None:
    """The first that fits; the usual one where none does."""
    german, english, every = Engine("german"), Engine("english"), Engine("every")
    voices = Voices(
        usual,
        [
            plugged("german", german, voices={"*": ""}, languages=["de"]),
            plugged("english", english, voices={"Polly.*": "amy"}, languages=["en-GB", "en-US"]),
            plugged("every", every, voices={"Google.*": ""}),
        ],
    )
    assert voices.of(KLAUS) is german
    assert voices.of(JOANNA) is english
    assert voices.of(Utterance(Voice("Google.en-AU-Wavenet-A", "en-AU"), ("Hi",))) is every
    assert voices.of(Utterance(Voice("man", "en-US"), ("Hi",))) is usual
    assert voices.of(Utterance(KLAUS.voice, (Mark("break"),))) is usual


async def test_what_an_engine_spoke_is_its_own(speaker: Speaker, usual: Engine, cloud: Engine) -> None:
    """The same words in the same voice are kept for each engine apart, and made once."""
    first, again = await speaker.say(JOANNA), await speaker.say(JOANNA)
    assert first == again
    cloud.fails = True
    await speaker.say(Utterance(JOANNA.voice, ("Else",)))
    assert await speaker.say(JOANNA) != first
    assert (cloud.spoken, usual.spoken) == (["Hello there", "Else"], ["Else", "Hello there"])


async def test_the_usual_voice_speaks_for_one_that_fails(speaker: Speaker, usual: Engine, cloud: Engine) -> None:
    """At once, and for a while without asking again; the log says so once."""
    cloud.fails = True
    with capture_logs() as logs:
        for words in ("One", "Two", "Three"):
            assert isinstance(await speaker.say(Utterance(JOANNA.voice, (words,))), File)
    assert usual.spoken == ["One", "Two", "Three"]
    assert cloud.spoken == ["One"]
    assert [(entry["log_level"], entry["reason"]) for entry in logs] == [
        ("warning", "the speech engine cloud failed: it cannot be reached")
    ]


async def test_one_that_takes_long_to_begin_is_waited_for(speaker: Speaker, usual: Engine, cloud: Engine) -> None:
    """A voice from far away comes late: nothing is played before it has begun, and it may still fail."""
    cloud.begins.clear()
    cloud.fails = True
    saying = asyncio.create_task(speaker.say(JOANNA))
    asyncio.get_running_loop().call_later(0.06, cloud.begins.set)  # longer than a voice at home takes
    assert isinstance(await saying, File)
    assert usual.spoken == ["Hello there"]
