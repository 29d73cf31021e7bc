"""Deepgram's live audio over WebSocket (https://developers.deepgram.com/reference/speech-to-text/listen-streaming).

The query says how; audio goes as it is; `Results` come with `is_final` for each piece that is settled, and
`speech_final` where the speaker pauses. `CloseStream` brings what is left, then `Metadata`, and the connection ends.
"""

import re
from urllib.parse import urlencode

from hookflash.speech.recogniser import Hearing

from .dialect import AnswerError, Part, confidence_of, read_object, text_of

MOST_HINTS = 100  # Deepgram's limit for both ways of telling them
_OWN_MODEL = re.compile(r"(?:nova|enhanced|base|whisper)(?:-[a-z0-9-]+)?")


class Deepgram:
    """`Dialect` of Deepgram. `model` is taken for documents that name none of Deepgram's."""

    greeting = ""
    goodbye = '{"type": "CloseStream"}'

    def __init__(self, url: str, *, key: str, model: str, how: Hearing) -> None:
        asked = how.model.removeprefix("deepgram_")
        model = asked if _OWN_MODEL.fullmatch(asked) else model
        query = [
            ("model", model),
            ("language", how.language),
            ("encoding", "linear16"),
            ("sample_rate", "8000"),
            ("channels", "1"),
            ("punctuate", "true" if how.punctuation else "false"),
            ("interim_results", "true" if how.partials else "false"),
        ]
        hint = "keyterm" if model.startswith("nova-3") else "keywords"
        query += [(hint, text) for text in how.hints[:MOST_HINTS]]
        self.url = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
        self.headers = {"Authorization": f"Token {key}"}
        self.is_over = False

    def audio(self, pcm: bytes) -> bytes:
        return pcm

    def read(self, message: str) -> Part | None:
        said = read_object(message)
        match said.get("type"):
            case "Results":
                return _part(said, message)
            case "Metadata":
                self.is_over = True
            case "Error":
                raise AnswerError("it says that it failed")
        return None


def _part(said: dict[str, object], message: str) -> Part:
    match said.get("channel"):
        case {"alternatives": [{"transcript": transcript, **rest}, *_]}:
            text = text_of(transcript)
            return Part(
                text=text,
                confidence=confidence_of(rest.get("confidence")) if text else None,
                is_final=said.get("is_final") is True,
                ends_utterance=said.get("speech_final") is True,
                raw=message,
            )
    raise AnswerError("its results have no transcript")
