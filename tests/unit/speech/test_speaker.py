"""Utterances that become something to play: made once, and played while they are made when that takes long."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from hookflash.domain.speech import Utterance, Voice
from hookflash.pending import Pending
from hookflash.speech.engine import SpeechError
from hookflash.speech.repertoire import Repertoire
from hookflash.speech.speaker import Speaker
from hookflash.speech.voices import Voices
from hookflash.store.shelf import Shelf
from hookflash.switch.protocol import File, Stream
from hookflash.switch.switch import Feed

SECOND = bytes(range(200)) * 80  # of audio at 8 kHz
HELLO = Utterance(Voice("man", "en-US", "male"), ("Hello.",))


class Engine:
    """Speaks a second of audio in two pieces; the second one when it may."""

    name = "test"
    rate = 8_000

    def __init__(self) -> None:
        self.spoken: list[str] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.fails = ""

    async def speak(self, utterance: Utterance) -> AsyncIterator[bytes]:
        self.spoken.append(utterance.text)
        if self.fails:
            raise SpeechError(self.fails)
        yield SECOND[:8_000]
        await self.goes_on.wait()
        yield SECOND[8_000:]


class Sink:
    """A stream into the switch, which keeps what came."""

    def __init__(self) -> None:
        self.source = Stream(stream=5)
        self.heard = bytearray()
        self.is_over = asyncio.Event()

    def write(self, pcm: bytes) -> None:
        assert not self.is_over.is_set()
        self.heard += pcm

    def end(self) -> None:
        self.is_over.set()


@pytest.fixture
async def engine() -> Engine:
    return Engine()


@pytest.fixture
async def sink() -> Sink:
    return Sink()


@pytest.fixture
def pending() -> Pending:
    return Pending()


@pytest.fixture
async def speaker(tmp_path: Path, engine: Engine, sink: Sink, pending: Pending) -> AsyncIterator[Speaker]:
    speaker = Speaker(
        Voices(engine),
        shelf=Shelf(tmp_path / "shelf"),
        feed=lambda: cast("Feed", sink),
        pending=pending,
        repertoire=Repertoire(),
    )
    yield speaker
    await speaker.close()


async def test_the_same_is_made_once(speaker: Speaker, engine: Engine) -> None:
    """The second time it is a file that is there; another voice is another file."""
    first = await speaker.say(HELLO)
    assert isinstance(first, File)
    assert await speaker.say(HELLO) == first
    assert engine.spoken == ["Hello."]
    other = await speaker.say(Utterance(Voice("woman", "en-US"), HELLO.words))
    assert isinstance(other, File)
    assert other.path != first.path


async def test_what_takes_long_is_played_meanwhile(speaker: Speaker, engine: Engine, sink: Sink) -> None:
    """The stream has the beginning at once, then the rest, and the whole is kept for the next time."""
    engine.goes_on.clear()
    assert await speaker.say(HELLO) == sink.source
    assert 0 < len(sink.heard) <= 8_000
    assert not sink.is_over.is_set()
    engine.goes_on.set()
    await asyncio.wait_for(sink.is_over.wait(), 5)
    whole = await speaker.render(HELLO)
    assert whole == bytes(sink.heard)
    assert engine.spoken == ["Hello."] or len(engine.spoken) == 2  # the file may still have been on its way


async def test_a_stream_ends_that_was_whole_before_it_began(
    tmp_path: Path, engine: Engine, sink: Sink, pending: Pending
) -> None:
    """Where the disk is what takes long, all is said already when the stream begins: who plays it must not wait on."""
    disk = asyncio.Event()

    class SlowShelf(Shelf):
        async def put(self, name: str, body: bytes) -> Path:
            await disk.wait()
            return await super().put(name, body)

    shelf = SlowShelf(tmp_path / "slow")
    speaker = Speaker(
        Voices(engine), shelf=shelf, feed=lambda: cast("Feed", sink), pending=pending, repertoire=Repertoire()
    )
    assert await speaker.say(HELLO) == sink.source
    assert sink.is_over.is_set()
    disk.set()
    assert await speaker.render(HELLO) == bytes(sink.heard)
    await speaker.close()


async def test_the_clock_waits_for_what_is_made(speaker: Speaker, engine: Engine, pending: Pending) -> None:
    """Making speech takes real time: the clock of simulated calls must not jump over it."""
    engine.goes_on.clear()
    await speaker.say(HELLO)
    settled = asyncio.create_task(pending.settled())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not settled.done()
    engine.goes_on.set()
    await asyncio.wait_for(settled, 5)


async def test_a_failure_at_the_start_is_told(speaker: Speaker, engine: Engine) -> None:
    """Nothing is kept of it: the next time it is tried again."""
    engine.fails = "no voice"
    with pytest.raises(SpeechError, match="no voice"):
        await speaker.say(HELLO)
    engine.fails = ""
    assert isinstance(await speaker.say(HELLO), File)


async def test_a_rendering_is_the_audio_itself(speaker: Speaker) -> None:
    """16-bit PCM at 8 kHz, as long as what was spoken."""
    assert len(await speaker.render(HELLO)) == pytest.approx(len(SECOND), abs=2_000)


async def test_who_closes_waits_for_nothing(speaker: Speaker, engine: Engine, sink: Sink) -> None:
    """What is being made is given up, and its stream ends."""
    engine.goes_on.clear()
    await speaker.say(HELLO)
    await asyncio.wait_for(speaker.close(), 5)
    assert sink.is_over.is_set()
