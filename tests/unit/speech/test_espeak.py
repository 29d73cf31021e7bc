"""The engine that is there without a network: which of its voices speaks, and what comes of it."""

import pytest

from hookflash.domain.speech import Mark, Utterance, Voice, Words
from hookflash.speech import espeak
from hookflash.speech.engine import SpeechError
from hookflash.speech.espeak import Espeak, voice_of

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("language", "gender", "name"),
    [
        ("en-US", "male", "en-us"),
        ("en-US", "female", "en-us+f2"),
        ("en-GB", "male", "en-gb"),
        ("en-AU", "male", "en-gb"),
        ("en-CA", "male", "en-us"),
        ("de-DE", "male", "de"),
        ("fr-CA", "female", "fr-fr+f2"),
        ("es-MX", "male", "es-419"),
        ("es-ES", "male", "es"),
        ("pt-BR", "male", "pt-br"),
        ("pt-PT", "male", "pt"),
        ("nb-NO", "male", "nb"),
        ("cmn-CN", "male", "cmn"),
        ("zh-HK", "male", "yue"),
        ("arb", "male", "ar"),
    ],
)
def test_a_language_has_a_voice(language: str, gender: str, name: str) -> None:
    """The region where espeak-ng has it, the bare language else; a woman is a variant."""
    assert voice_of(Voice("any", language, gender)) == name


async def spoken(words: Words, language: str = "en-US") -> bytes:
    return b"".join([chunk async for chunk in Espeak().speak(Utterance(Voice("man", language, "male"), words))])


async def test_words_become_audio() -> None:
    """More words are longer; each chunk has whole samples."""
    short, long = await spoken(("Hello.",)), await spoken(("Hello, and welcome to our shop.",))
    assert len(short) % 2 == len(long) % 2 == 0
    assert 0.3 * Espeak.rate * 2 < len(short) < len(long)


async def test_marks_change_how_it_is_spoken() -> None:
    """A break is a break: the engine reads the SSML that it is given."""
    plain = await spoken(("One.", "Two."))
    paused = await spoken(("One.", Mark("break", (("time", "3s"),)), "Two."))
    assert len(paused) > len(plain) + 2 * Espeak.rate * 2


async def test_text_is_not_taken_for_marks() -> None:
    """What an application writes as text is spoken, not obeyed."""
    assert await spoken(("<break time='60s'/>",))
    assert len(await spoken(("a < b & c",))) > 0


async def test_nothing_to_say_is_silence() -> None:
    """An empty text is no failure."""
    assert len(await spoken(("",))) < Espeak.rate


async def test_without_the_program_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the package."""
    monkeypatch.setattr(espeak, "PROGRAM", "espeak-ng-that-is-not-there")
    with pytest.raises(SpeechError, match="package espeak-ng"):
        await spoken(("Hello.",))


async def test_a_voice_that_is_missing_is_a_failure() -> None:
    """The engine's exit status is not passed over."""
    with pytest.raises(SpeechError, match="for the voice qq"):
        await spoken(("Hello.",), language="qq-QQ")
