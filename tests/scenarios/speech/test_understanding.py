"""What pocketsphinx makes of speech on a telephone, and what it says when it cannot."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
import pytest_asyncio
from benchmarks.understanding import HINTS, OTHER, VOICES, Said, on_the_phone, understand

from hookflash.speech.recogniser import DEGRADED, NOT_CONFIGURED, Hearing, RecognitionError, Transcript
from hookflash.speech.sphinx.recogniser import Pocketsphinx
from hookflash.speech.sphinx.workers import Workers

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIECE = 1_600  # bytes: 100 ms
OFFICE = HINTS[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    workers = Workers(most=1)
    yield workers
    await workers.close()


@pytest.fixture(scope="module")
def engine(workers: Workers) -> Pocketsphinx:
    return Pocketsphinx(workers)


async def transcripts(engine: Pocketsphinx, how: Hearing, *pieces: bytes) -> list[Transcript]:
    async with engine.listen(how) as session:
        pcm = b"".join(pieces)
        for start in range(0, len(pcm), PIECE):
            await session.write(pcm[start : start + PIECE])
        await session.end()
        return [transcript async for transcript in session]


def few() -> Iterable[Said]:
    """Every other hint, the voices in turns; and some other phrases."""
    phrases = [(hints, phrase) for hints in HINTS for phrase in hints[::2]]
    phrases += [(HINTS[place], phrase) for place, phrase in enumerate(OTHER)]
    for place, (hints, phrase) in enumerate(phrases):
        yield Said(hints, phrase, VOICES[place % len(VOICES)], 165)


async def test_most_hints_are_understood_and_most_else_is_not() -> None:
    """At least 80 % of hints as they were written, and hardly one for another; most of what is no hint is refused."""
    figures = await understand([*few()])
    assert figures.understood >= 0.8 * figures.hints
    assert figures.mistaken <= 0.05 * figures.hints
    assert figures.refused >= 0.7 * figures.others


async def test_digits_are_told_as_digits(engine: Pocketsphinx) -> None:
    """A class token stands for any digits; the text has them as an application would write them."""
    how = Hearing(hints=("$OOV_CLASS_DIGIT_SEQUENCE",))
    [said] = await transcripts(engine, how, on_the_phone("four one five, five five, zero one two", "en-us+f2"))
    assert said.text == "41555012"
    assert said.is_final
    assert said.confidence is not None
    assert 0.3 < said.confidence <= 1


async def test_numbers_and_commands_need_no_hints(engine: Pocketsphinx) -> None:
    """The model of that name knows numbers and usual commands."""
    how = Hearing(model="numbers_and_commands")
    assert [s.text for s in await transcripts(engine, how, on_the_phone("main menu", "en-us+f2"))] == ["main menu"]
    assert [s.text for s in await transcripts(engine, how, on_the_phone("forty two", "en-us+f2"))] == ["42"]


async def test_a_word_that_no_dictionary_has_is_understood(engine: Pocketsphinx) -> None:
    """espeak-ng says how it would be spoken."""
    how = Hearing(hints=("Hookflash", "Zyrtec", "gnocchi"))
    assert [said.text for said in await transcripts(engine, how, on_the_phone("zyrtec", "en-us"))] == ["Zyrtec"]


async def test_a_word_that_nobody_can_say_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Without espeak-ng the dictionary is all there is."""
    monkeypatch.setenv("PATH", str(tmp_path))
    workers = Workers(most=1)
    with pytest.raises(RecognitionError, match="xyzzyx") as failure:
        await transcripts(Pocketsphinx(workers), Hearing(hints=("sales", "Xyzzyx")), bytes(8_000))
    assert failure.value.code == NOT_CONFIGURED
    await workers.close()


async def test_utterances_end_at_pauses_where_more_than_one_is_awaited(engine: Pocketsphinx) -> None:
    """In a stream that goes on each utterance is told for itself, before the stream ends."""
    how = Hearing(hints=OFFICE, is_one_utterance=False)
    pause = bytes(16_000)
    words = [piece for word in ("sales", "support", "billing") for piece in (on_the_phone(word, "en-us+f2"), pause)]
    assert [said.text for said in await transcripts(engine, how, *words)] == ["sales", "support", "billing"]


async def test_partial_results_grow(engine: Pocketsphinx) -> None:
    """Each tells how much of it stood there before; the last result is the final one."""
    how = Hearing(hints=OFFICE, partials=True)
    *partial, final = await transcripts(engine, how, on_the_phone("speak to an agent", "en-us+f2", 140))
    assert final.is_final
    assert final.text == "speak to an agent"
    assert partial
    assert all(not said.is_final and said.stability is not None and 0 <= said.stability <= 1 for said in partial)


async def test_silence_is_nothing(engine: Pocketsphinx) -> None:
    """Neither a result nor a failure."""
    assert await transcripts(engine, Hearing(hints=OFFICE), bytes(16_000)) == []


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (Hearing(language="de-DE", hints=("ja", "nein")), "only English"),
        (Hearing(), "hints only"),
        (Hearing(hints=("$OOV_CLASS_ALPHANUMERIC_SEQUENCE", "???")), "no word of English"),
    ],
)
async def test_what_it_cannot_do_is_said_with_the_way_out(engine: Pocketsphinx, how: Hearing, says: str) -> None:
    """Another language and free speech need an engine that is plugged in: the sentence names the setting."""
    with pytest.raises(RecognitionError, match=says) as failure:
        async with engine.listen(how):
            pass
    assert failure.value.code == NOT_CONFIGURED
    assert "speech_engines" in failure.value.sentence


async def test_a_process_that_dies_fails_one_utterance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one gets a new process."""
    workers = Workers(most=1)
    engine = Pocketsphinx(workers)
    pcm = on_the_phone("sales", "en-us+f2")
    with monkeypatch.context() as broken:
        broken.setattr("sys.executable", "/bin/false")
        with pytest.raises(RecognitionError) as failure:
            await transcripts(engine, Hearing(hints=OFFICE), pcm)
        assert failure.value.code == DEGRADED
    assert [said.text for said in await transcripts(engine, Hearing(hints=OFFICE), pcm)] == ["sales"]
    await workers.close()


async def test_one_that_is_given_up_leaves_the_others_alone(engine: Pocketsphinx) -> None:
    """Whoever hangs up while an utterance is decoded takes no other's answer along."""
    pcm = on_the_phone("sales", "en-us+f2")
    given_up = asyncio.create_task(transcripts(engine, Hearing(hints=OFFICE), pcm * 20))
    await asyncio.sleep(0)
    other = asyncio.create_task(transcripts(engine, Hearing(hints=OFFICE), on_the_phone("billing", "en-us+f2")))
    await asyncio.sleep(0)
    given_up.cancel()
    assert [said.text for said in await other] == ["billing"]
