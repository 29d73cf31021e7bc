"""The streaming WebSocket servers of sherpa-onnx (https://k2-fsa.github.io/sherpa/onnx/websocket/online-websocket.html).

Audio goes as 32-bit floats at the rate of the model. Each answer is the text of a segment so far; the number of the
segment grows at a pause. The text `Done` ends the audio, and `Done!`, or the end of the connection, the answers.
"""

from array import array

from hookflash import _switch

from .dialect import AnswerError, Part, read_object, text_of

FULL_SCALE = 32_768


class Sherpa:
    """`Dialect` of sherpa-onnx. `rate`: Hz."""

    greeting = ""
    goodbye = "Done"

    def __init__(self, url: str, rate: int) -> None:
        self.url = url
        self.headers: dict[str, str] = {}
        self.is_over = False
        self._resampler = _switch.Resampler(8_000, rate)
        self._segment = 0
        self._text = ""

    def audio(self, pcm: bytes) -> bytes:
        samples = array("h", self._resampler.process(pcm))
        return array("f", (sample / FULL_SCALE for sample in samples)).tobytes()

    def read(self, message: str) -> Part | None:
        """The segment before is final when another begins; the last one when all is."""
        if message == "Done!":
            self.is_over = True
            return self._finished("")
        said = read_object(message)
        text, segment = text_of(said.get("text")), said.get("segment", self._segment)
        if not isinstance(segment, int):
            raise AnswerError("what it sent has no number where one belongs")
        if said.get("is_final") is True:
            self._segment, self._text = segment + 1, ""
            return Part(text=text, raw=message)
        if segment > self._segment and self._text:
            self._segment = segment
            return self._finished(text)
        if segment < self._segment or text == self._text:
            return None  # of a segment that is final already, or nothing new
        self._segment, self._text = segment, text
        return Part(text=text, is_final=False, raw=message)

    def _finished(self, next_text: str) -> Part | None:
        text, self._text = self._text, next_text
        return Part(text=text) if text else None
