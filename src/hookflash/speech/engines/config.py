"""What an operator says about the engines of speech that are plugged in: `[[speech_engines]]` of hookflash.toml."""

import os
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any

import msgspec

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
#: Models whose names belong to one provider; another engine does them only when the operator names them in `models`.
_PROVIDERS = ("deepgram", "googlev2")


class EngineError(ValueError):
    """An engine is described in a way that cannot be used; the message says how to mend it."""


class Kind(StrEnum):
    VOSK = "vosk"  #: understands: vosk-server over WebSocket
    SHERPA = "sherpa-onnx"  #: understands: the streaming server of sherpa-onnx over WebSocket
    DEEPGRAM = "deepgram"  #: understands: Deepgram's live audio API over WebSocket
    OPENAI = "openai"  #: understands, an utterance at a time: `/v1/audio/transcriptions` of OpenAI and what is like it
    PIPER = "piper"  #: speaks: piper's HTTP server
    OPENAI_SPEECH = "openai-speech"  #: speaks: `/v1/audio/speech` of OpenAI and what is like it


SPEAKS = (Kind.PIPER, Kind.OPENAI_SPEECH)
_USUAL_URLS = {
    Kind.VOSK: "ws://127.0.0.1:2700",
    Kind.SHERPA: "ws://127.0.0.1:6006",
    Kind.DEEPGRAM: "wss://api.deepgram.com/v1/listen",
    Kind.OPENAI: "https://api.openai.com/v1/audio/transcriptions",
    Kind.PIPER: "http://127.0.0.1:5000/synthesize",
    Kind.OPENAI_SPEECH: "https://api.openai.com/v1/audio/speech",
}
_USUAL_MODELS = {Kind.DEEPGRAM: "nova-3", Kind.OPENAI: "whisper-1", Kind.OPENAI_SPEECH: "tts-1"}
_WEB_SOCKETS = (Kind.VOSK, Kind.SHERPA, Kind.DEEPGRAM)


class EngineConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One engine. Raises ValueError for one that cannot be used."""

    name: str  #: small letters, digits and `.`, `_`, `-`; told to applications as the provider
    kind: Kind
    url: str = ""  #: the whole address; each kind has a usual one: see the how-to
    key: str = ""  #: the secret that the engine wants
    key_variable: str = ""  #: the environment variable that holds it, instead of `key`
    languages: tuple[str, ...] = ()  #: BCP 47, such as en-US, or en for all of English; empty: every language
    models: tuple[str, ...] = ()  #: that documents may ask for, with `*`; empty: its own and general ones
    voices: dict[str, str] = {}  #: of one that speaks: its voice for each that documents name, such as "Polly.Joanna*"
    model: str = ""  #: that the engine is asked for
    rate: Annotated[int, msgspec.Meta(ge=8_000, le=48_000)] = 16_000  #: Hz that the model of sherpa-onnx takes
    timeout: Annotated[int, msgspec.Meta(ge=100, le=60_000)] = 10_000  #: ms that it may be silent when an answer is due

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"an engine of speech cannot be called {self.name!r}")
        schemes = ("ws://", "wss://") if self.kind in _WEB_SOCKETS else ("http://", "https://")
        if self.url and not self.url.startswith(schemes):
            raise ValueError(f"the url of {self.name} must begin with {' or '.join(schemes)}")
        if self.kind in SPEAKS and not self.voices:
            raise ValueError(f'{self.name} speaks nothing: write voices, such as {{ "*" = "" }} for every voice')

    @property
    def address(self) -> str:
        return self.url or _USUAL_URLS[self.kind]

    @property
    def secret(self) -> str:
        return self.key or os.environ.get(self.key_variable, "")

    @property
    def engine_model(self) -> str:
        """What the engine calls the model that it is asked for."""
        return self.model or _USUAL_MODELS.get(self.kind, "")

    @property
    def seconds(self) -> float:
        return self.timeout / 1_000

    @property
    def voice_key(self) -> str:
        """All that what it speaks depends on."""
        return " ".join([self.name, self.address, self.engine_model, *map(" ".join, sorted(self.voices.items()))])

    def has_language(self, language: str) -> bool:
        wanted = language.lower()
        return not self.languages or any(
            wanted == one.lower() or wanted.startswith(f"{one.lower()}-") for one in self.languages
        )

    def has_model(self, model: str) -> bool:
        """Whether it may be taken for a model as documents name it; a provider's own never goes elsewhere by itself."""
        if self.models:
            return any(fnmatchcase(model, pattern) for pattern in self.models)
        provider = provider_of(model)
        return not provider or provider == self.kind

    def voice_for(self, name: str) -> str | None:
        """Its voice for one that a document names; None when it has none."""
        return next((own for pattern, own in self.voices.items() if fnmatchcase(name, pattern)), None)


def provider_of(model: str) -> str:
    """The provider that a model's name belongs to, or an empty text."""
    return next((provider for provider in _PROVIDERS if model.startswith(f"{provider}_")), "")


def engine_configs(specs: Sequence[Mapping[str, Any]]) -> list[EngineConfig]:
    """The engines of `specs`, in order: the first that fits is taken. Raises EngineError."""
    try:
        configs = msgspec.convert(specs, list[EngineConfig], strict=False)
    except msgspec.ValidationError as error:
        raise EngineError(f"a speech engine is wrong: {error}") from None
    names = [config.name for config in configs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise EngineError(f"two speech engines are called {twice[0]}")
    return configs
