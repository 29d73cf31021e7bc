"""vosk-server over WebSocket (https://alphacephei.com/vosk/server).

First the rate, then 16-bit PCM; each piece is answered by `{"partial": …}` or, at a pause, `{"text": …}`
with the confidence of each word; `{"eof": 1}` brings the last text. It listens for every word of its model, whatever
the hints are: a list of phrases would keep it from hearing anything else.
"""

from typing import Any

from .dialect import AnswerError, Part, confidence_of, read_object, text_of


class Vosk:
    """`Dialect` of vosk-server."""

    greeting = '{"config": {"sample_rate": 8000, "words": true}}'
    goodbye = '{"eof" : 1}'  # the server compares it letter by letter

    def __init__(self, url: str) -> None:
        self.url = url
        self.headers: dict[str, str] = {}
        self.is_over = False  # the server closes the connection behind its last text

    def audio(self, pcm: bytes) -> bytes:
        return pcm

    def read(self, message: str) -> Part | None:
        said = read_object(message)
        if "partial" in said:
            return Part(text=text_of(said["partial"]), is_final=False, raw=message)
        if isinstance(alternatives := said.get("alternatives"), list) and alternatives:
            said = alternatives[0] if isinstance(alternatives[0], dict) else {}
        if "text" not in said:
            raise AnswerError("what it sent is neither a text nor a partial one")
        return Part(text=text_of(said["text"]), confidence=_confidence(said.get("result")), raw=message)


def _confidence(words: Any) -> float | None:
    """The mean of the words'."""
    if not isinstance(words, list):
        return None
    found = [confidence_of(word.get("conf")) for word in words if isinstance(word, dict)]
    known = [value for value in found if value is not None]
    return round(sum(known) / len(known), 3) if known else None
