"""Which engine understands what."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from hookflash.speech.engines.config import EngineConfig, EngineError, engine_configs
from hookflash.speech.recogniser import NOT_CONFIGURED, Hearing, RecognitionError, Session
from hookflash.speech.recognition import Engines


class Named:
    """An engine that is only chosen."""

    def __init__(self, name: str) -> None:
        self.name = name

    def listen(self, how: Hearing) -> AbstractAsyncContextManager[Session]:
        raise NotImplementedError


def engines(*plugged: dict[str, Any]) -> Engines:
    return Engines(Named("pocketsphinx"), [(config, Named(config.name)) for config in engine_configs(plugged)])


HOUSE = {"name": "house", "kind": "vosk", "languages": ["en", "de-DE"]}
CLOUD = {"name": "cloud", "kind": "deepgram"}
OTHER = {"name": "other", "kind": "openai", "models": ["googlev2_*", "long"]}


@pytest.mark.parametrize(
    ("language", "model", "engine", "chosen"),
    [
        ("en-GB", "", "", "house"),
        ("de-de", "default", "", "house"),
        ("de-AT", "default", "", "cloud"),
        ("en-US", "deepgram_nova-3", "", "cloud"),
        ("multi", "deepgram_nova-3", "", "cloud"),
        ("en-US", "googlev2_long", "", "other"),
        ("en-US", "", "deepgram", "cloud"),
        ("en-US", "", "other", "other"),
        ("en-US", "telephony", "google", "house"),
    ],
)
def test_the_first_that_fits_is_chosen(language: str, model: str, engine: str, chosen: str) -> None:
    """By language and model in the operator's order; a provider's own models go to it, or to whom the operator says; an
    engine that a document names is taken. Google, the default of `<Transcription>`, is a name for whatever there is."""
    found = engines(HOUSE, CLOUD, OTHER).choose(Hearing(language=language, model=model), engine=engine)
    assert found.name == chosen


@pytest.mark.parametrize(
    ("model", "engine", "wanted"),
    [("deepgram_nova-2", "", "deepgram"), ("googlev2_short", "", "googlev2"), ("", "deepgram", "deepgram")],
)
def test_nobody_stands_in_for_a_provider(model: str, engine: str, wanted: str) -> None:
    """A model or engine of one provider fails when that is not there, with the setting that would help."""
    with pytest.raises(RecognitionError, match=wanted) as failure:
        engines(HOUSE).choose(Hearing(model=model), engine=engine)
    assert failure.value.code == NOT_CONFIGURED
    assert "speech_engines" in failure.value.sentence


def test_what_no_engine_fits_is_for_the_one_that_is_always_there() -> None:
    """It says itself what it cannot do."""
    assert engines(HOUSE).choose(Hearing(language="fr-FR")).name == "pocketsphinx"
    assert engines().choose(Hearing(model="phone_call"), engine="google").name == "pocketsphinx"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"kind": "vosk"}, "missing required field `name`"),
        ({"name": "My Engine", "kind": "vosk"}, "cannot be called"),
        ({"name": "a", "kind": "whisper"}, "Invalid enum value"),
        ({"name": "a", "kind": "vosk", "url": "http://127.0.0.1:2700"}, "must begin with ws://"),
        ({"name": "a", "kind": "openai", "url": "file:///etc/passwd"}, "must begin with http://"),
        ({"name": "a", "kind": "piper"}, "speaks nothing"),
        ({"name": "a", "kind": "vosk", "timeout": 0}, "timeout"),
        ({"name": "a", "kind": "vosk", "language": "en"}, "unknown field `language`"),
    ],
)
def test_a_wrong_engine_is_refused_with_the_reason(spec: dict[str, Any], says: str) -> None:
    """At the start, not on the first call."""
    with pytest.raises(EngineError, match=says):
        engine_configs([spec])


def test_names_of_engines_are_their_own() -> None:
    """Documents choose by them."""
    with pytest.raises(EngineError, match="two speech engines are called house"):
        engine_configs([HOUSE, {"name": "house", "kind": "openai"}])


def test_a_key_may_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the file can be shown; what stands in the file goes first."""
    monkeypatch.setenv("CLOUD_KEY", "from the environment")
    assert EngineConfig(**CLOUD, key_variable="CLOUD_KEY").secret == "from the environment"  # type: ignore[arg-type]
    assert EngineConfig(**CLOUD, key="its own", key_variable="CLOUD_KEY").secret == "its own"  # type: ignore[arg-type]
