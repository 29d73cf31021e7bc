"""What attributes about speech may hold, in `<Gather>` and in `<Transcription>`."""

import re

from hookflash.twiml.declaration import ValueKind

MOST_HINTS = 500
LONGEST_HINT = 100  # characters
ANY_LANGUAGE = "multi"  #: with a model of deepgram's that knows it

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.I)
_MODELS = (
    "default",
    "numbers_and_commands",
    "phone_call",
    "experimental_conversations",
    "experimental_utterances",
    "googlev2_long",
    "googlev2_short",
    "googlev2_telephony",
    "googlev2_telephony_short",
)


def _language(text: str) -> str:
    language = text.strip()
    if language.casefold() != ANY_LANGUAGE and not _LANGUAGE.fullmatch(language):
        raise ValueError("is no language such as en-US")
    return language


def _hints(text: str) -> tuple[str, ...]:
    phrases = tuple(phrase for part in text.split(",") if (phrase := part.strip()))
    if len(phrases) > MOST_HINTS or any(len(phrase) > LONGEST_HINT for phrase in phrases):
        raise ValueError(
            f"must be at most {MOST_HINTS} phrases of at most {LONGEST_HINT} characters, with commas between"
        )
    return phrases


def _model(text: str) -> str:
    model = text.strip()
    if model not in _MODELS and not model.startswith("deepgram_"):
        raise ValueError(f"must be one of {', '.join(_MODELS)}, or deepgram_ with the name of a model")
    return model


LANGUAGE = ValueKind("language such as en-US", _language)
HINTS = ValueKind(f"at most {MOST_HINTS} phrases, with commas between", _hints)
SPEECH_MODEL = ValueKind(f"{', '.join(_MODELS)}, or deepgram_…", _model)
