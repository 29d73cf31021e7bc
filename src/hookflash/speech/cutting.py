"""Where utterances begin and end in a stream of audio: 16-bit mono PCM at 8 kHz."""

from typing import Protocol

import pocketsphinx

RATE = 8_000  #: Hz
MOST = 60 * RATE * 2  #: bytes of an utterance; what comes after is left out of one, or begins another


class Cutter(Protocol):
    """Takes audio, and gives utterances."""

    def feed(self, pcm: bytes) -> list[bytes]:
        """The utterances that ended with this audio."""
        ...

    @property
    def so_far(self) -> bytes:
        """What there is of an utterance that has not ended."""
        ...


class Whole:
    """All is one utterance: who listens knows where it ends."""

    def __init__(self) -> None:
        self._audio = bytearray()

    def feed(self, pcm: bytes) -> list[bytes]:
        self._audio += pcm[: MOST - len(self._audio)]
        return []

    @property
    def so_far(self) -> bytes:
        return bytes(self._audio)


class ByPauses:
    """Utterances end where the speaker pauses, as the decoder's own endpointer finds."""

    def __init__(self) -> None:
        self._endpointer = pocketsphinx.Endpointer(sample_rate=RATE)
        self._rest = b""
        self._audio = bytearray()

    def feed(self, pcm: bytes) -> list[bytes]:
        ended: list[bytes] = []
        data = self._rest + pcm
        size = self._endpointer.frame_bytes
        whole = len(data) - len(data) % size
        for start in range(0, whole, size):
            self._audio += self._endpointer.process(data[start : start + size]) or b""
            if self._audio and (not self._endpointer.in_speech or len(self._audio) >= MOST):
                ended.append(bytes(self._audio))
                self._audio.clear()
        self._rest = data[whole:]
        return ended

    @property
    def so_far(self) -> bytes:
        return bytes(self._audio)
