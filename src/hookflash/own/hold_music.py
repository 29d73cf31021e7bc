"""The hold music: a tune of our own, made when it is first asked for. Nobody has to be paid for it."""

import io
import math
import sys
import wave
from array import array
from functools import cache

RATE = 8_000  #: Hz
NOTE_MS = 250
TAIL_MS = 600  #: how long a note rings on into those after it
LOUD = 5_000  #: amplitude of a note at its start

#: The tune: of each bar its bass and the notes that are picked over it, in semitones above middle C.
_BARS = (
    (-12, (4, 7, 12, 16, 12, 7, 12, 7)),
    (-15, (4, 9, 12, 16, 12, 9, 12, 9)),
    (-19, (5, 9, 12, 17, 12, 9, 12, 9)),
    (-17, (2, 7, 11, 14, 11, 7, 11, 7)),
)
_MIDDLE_C = 261.63  # Hz


@cache
def hold_music() -> bytes:
    """The tune, of 8 s, as a wav file; one after the other they make no seam."""
    length = RATE * NOTE_MS // 1_000 * sum(len(notes) for _, notes in _BARS)
    sound = array("h", bytes(2 * length))
    at = 0
    for bass, notes in _BARS:
        _pluck(sound, at, bass, ring_ms=len(notes) * NOTE_MS)
        for note in notes:
            _pluck(sound, at, note, ring_ms=TAIL_MS)
            at += RATE * NOTE_MS // 1_000
    if sys.byteorder == "big":
        sound.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(sound.tobytes())
    return file.getvalue()


def _pluck(sound: "array[int]", start: int, semitones: int, *, ring_ms: int) -> None:
    """Add a note that dies away; what rings past the end is heard at the beginning."""
    step = 2 * math.pi * _MIDDLE_C * 2 ** (semitones / 12) / RATE
    count = RATE * ring_ms // 1_000
    for n in range(count):
        at = (start + n) % len(sound)
        sound[at] += round(LOUD * (1 - n / count) ** 2 * math.sin(step * n))
