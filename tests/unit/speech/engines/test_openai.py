"""An engine that takes whole utterances by HTTP: what it is sent, and how it fails."""

import asyncio
import io
import wave

import pytest
from aiohttp import web
from benchmarks.understanding import on_the_phone
from tests.unit.speech.engines.peers import SECOND, engine_of, serving, transcripts

from hookflash.speech.recogniser import DEGRADED, Hearing, RecognitionError


class Api:
    """`/v1/audio/transcriptions` as its reference describes it."""

    def __init__(self, answer: web.Response | None = None) -> None:
        self.fields: list[dict[str, str]] = []
        self.sounds: list[bytes] = []
        self.key = ""
        self._answer = answer

    async def handle(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.key = request.headers.get("Authorization", "")
        file = form["file"]
        assert isinstance(file, web.FileField)
        with wave.open(io.BytesIO(file.file.read())) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8_000, 1, 2)
            self.sounds.append(sound.readframes(sound.getnframes()))
        self.fields.append({name: value for name, value in form.items() if isinstance(value, str)})
        return self._answer or web.json_response({"text": f" Utterance {len(self.sounds)}.\n"})


async def test_an_utterance_is_a_file() -> None:
    """With model, language (ISO 639-1) and hints as the prompt; the key is a bearer token; the text is trimmed."""
    api = Api()
    async with serving(api.handle) as server, engine_of("openai", server, key="secret", model="whisper-2") as engine:
        [said] = await transcripts(engine, Hearing(language="pt-BR", hints=("sim", "não")))
    assert (said.text, said.confidence, said.is_final) == ("Utterance 1.", None, True)
    assert api.sounds == [SECOND]
    assert api.fields == [{"model": "whisper-2", "response_format": "json", "language": "pt", "prompt": "sim, não"}]
    assert api.key == "Bearer secret"


async def test_a_stream_is_cut_at_pauses() -> None:
    """Each utterance is a request, and they are told in their order."""
    pause = bytes(16_000)
    audio = on_the_phone("speak to an agent") + pause + on_the_phone("opening hours") + pause
    api = Api()
    async with serving(api.handle) as server, engine_of("openai", server) as engine:
        said = await transcripts(engine, Hearing(is_one_utterance=False), audio)
    assert [one.text for one in said] == ["Utterance 1.", "Utterance 2."]


async def test_next_to_nothing_is_not_asked_about() -> None:
    """A file shorter than a fifth of a second would be refused."""
    api = Api()
    async with serving(api.handle) as server, engine_of("openai", server) as engine:
        assert await transcripts(engine, Hearing(), bytes(1_000)) == []
    assert api.sounds == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (web.Response(text="hello"), "no JSON object"),
        (web.json_response({"texts": []}), "no text"),
        (web.json_response({"text": "a" * 30_000}), "no text"),
        (web.Response(body=b" " * 1_100_000), "longer than"),
        (web.Response(status=401), "refuses the key"),
        (web.Response(status=429), "HTTP 429"),
        (web.Response(status=302, headers={"Location": "http://192.0.2.1/"}), "HTTP 302"),
    ],
)
async def test_a_wrong_answer_is_a_failure(answer: web.Response, says: str) -> None:
    """Nor is a redirect followed: it would take the caller's voice and the key along."""
    async with serving(Api(answer).handle) as server, engine_of("openai", server, key="secret") as engine:
        with pytest.raises(RecognitionError, match=says) as failure:
            await transcripts(engine, Hearing())
    assert failure.value.code == DEGRADED
    assert "secret" not in failure.value.sentence


async def test_a_slow_answer_is_given_up() -> None:
    """So many milliseconds for the whole of it."""
    may_end = asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        await may_end.wait()
        return web.Response()

    async with serving(handle) as server, engine_of("openai", server, timeout=100) as engine:
        with pytest.raises(RecognitionError, match="not answer in time"):
            await transcripts(engine, Hearing())
        may_end.set()


async def test_a_stream_waits_for_an_engine_that_is_slow() -> None:
    """Audio that comes faster than it is understood, as that of a recording, is taken as fast as the engine can."""
    may_answer = asyncio.Event()
    api = Api()

    async def handle(request: web.Request) -> web.Response:
        await may_answer.wait()
        return await api.handle(request)

    audio = (on_the_phone("opening hours") + bytes(16_000)) * 6
    async with serving(handle) as server, engine_of("openai", server) as engine:
        listening = asyncio.create_task(transcripts(engine, Hearing(is_one_utterance=False), audio))
        _, waiting = await asyncio.wait([listening], timeout=0.1)
        assert waiting
        may_answer.set()
        assert len(await listening) == len(api.sounds) == 6


async def test_a_stream_goes_on_to_its_end_behind_a_failure() -> None:
    """Who writes is never held up by an engine that has failed; the failure is told once."""
    audio = (on_the_phone("opening hours") + bytes(16_000)) * 6
    async with serving(Api(web.Response(status=500)).handle) as server, engine_of("openai", server) as engine:
        with pytest.raises(RecognitionError, match="HTTP 500"):
            await transcripts(engine, Hearing(is_one_utterance=False), audio)
