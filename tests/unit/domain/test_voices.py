"""The names of voices and languages."""

import pytest

from hookflash.domain.voices import LANGUAGES, language_named, speaks, voice_named


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_is_known_in_any_case(language: str) -> None:
    """As people write it: en-us, EN_US."""
    assert language_named(language.upper().replace("-", "_")) == language


@pytest.mark.parametrize("name", ["", "Polly.", "Polly.Joanna-Loud", "Google.xx-XX-Standard-A", "Google.en-US", "Bob"])
def test_names_of_nobody(name: str) -> None:
    """They are no voice."""
    assert voice_named(name) is None


@pytest.mark.parametrize(
    ("name", "language", "does"),
    [
        ("alice", "fr-FR", True),
        ("Polly.Kajal", "en-IN", True),
        ("Polly.Kajal", "hi-IN", True),
        ("Polly.Joanna", "en-GB", False),
        ("Google.en-GB-Standard-A", "en-GB", True),
        ("Google.en-GB-Standard-A", "de-DE", False),
    ],
)
def test_which_languages_a_voice_speaks(name: str, language: str, *, does: bool) -> None:
    """The basic ones speak all, others their own, few two."""
    voice = voice_named(name)
    assert voice is not None
    assert speaks(voice, language) is does
