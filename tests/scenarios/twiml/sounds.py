"""What a handset has heard, measured: loudness, tones, silence, pitch."""

import io
import struct
import wave
from collections.abc import Sequence
from dataclasses import dataclass

from tests.scenarios.calls.tones import RATE, loudness, share, tone

from hookflash.testing.call import Call

STEP = RATE // 50  # samples of 20 ms: the grain of silence
WINDOW = RATE // 25  # samples of 40 ms, in which a voice has one pitch
QUIET = 100.0  # loudness below which nothing is heard


@dataclass(frozen=True)
class Sound:
    """16-bit samples at 8 kHz; moments are in seconds from the answer."""

    samples: Sequence[int]

    @classmethod
    def of(cls, call: Call) -> "Sound":
        """All that a call has brought so far."""
        return cls.of_file(call.audio())

    @classmethod
    def of_file(cls, content: bytes) -> "Sound":
        """The sound of a wav file."""
        with wave.open(io.BytesIO(content)) as file:
            pcm = file.readframes(file.getnframes())
        return cls(struct.unpack(f"<{len(pcm) // 2}h", pcm))

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    def between(self, start: float, end: float | None = None) -> "Sound":
        """A part of it."""
        return Sound(self.samples[round(start * RATE) : None if end is None else round(end * RATE)])

    @property
    def loudness(self) -> float:
        return loudness(self.samples)

    def share(self, hz: float) -> float:
        """How much of its energy lies at `hz`: near 1 for a tone."""
        return share(self.samples, hz)

    def spans(self, *, silence: float = 0.3) -> list[tuple[float, float]]:
        """When something is heard; less than `silence` seconds of quiet do not part it."""
        found: list[tuple[float, float]] = []
        for at in range(0, len(self.samples), STEP):
            if loudness(self.samples[at : at + STEP]) >= QUIET:
                start, end = at / RATE, min(at + STEP, len(self.samples)) / RATE
                if found and start - found[-1][1] < silence:
                    found[-1] = (found[-1][0], end)
                else:
                    found.append((start, end))
        return found

    @property
    def spoken(self) -> "Sound":
        """From the first to the last that is heard."""
        spans = self.spans()
        return self.between(spans[0][0], spans[-1][1]) if spans else Sound(())

    @property
    def pitch(self) -> float:
        """Of a voice, in Hz: the median over its loud stretches."""
        starts = range(0, len(self.samples) - 2 * WINDOW, WINDOW)
        loud = [at for at in starts if loudness(self.samples[at : at + WINDOW]) > 10 * QUIET]
        found = [RATE / _period(self.samples[at : at + 2 * WINDOW]) for at in loud]
        return sorted(found)[len(found) // 2] if found else 0.0

    def is_like(self, other: "Sound") -> bool:
        """Whether the same is heard in both, whenever it begins."""
        mine, others = self.spoken, other.spoken
        if not mine.samples or abs(mine.seconds - others.seconds) > 0.05:
            return False
        return any(_apart(mine.samples, others.samples, shift) < 0.1 for shift in range(-STEP, STEP + 1, 4))


def _period(samples: Sequence[int]) -> int:
    """After how many samples, of a voice from 60 to 400 Hz, they are most like themselves."""

    def likeness(lag: int) -> int:
        return sum(samples[at] * samples[at + lag] for at in range(0, WINDOW, 2))

    return max(range(RATE // 400, RATE // 60), key=likeness)


def _apart(one: Sequence[int], other: Sequence[int], shift: int) -> float:
    """How much of the energy of two sounds is left when one is taken from the other, `shift` samples later."""
    later, earlier = (one[shift:], other) if shift >= 0 else (other[-shift:], one)
    pairs = list(zip(later, earlier, strict=False))[::3]
    energy = sum(a * a + b * b for a, b in pairs)
    return sum((a - b) ** 2 for a, b in pairs) / energy if energy else 1.0


def wav(samples: Sequence[int]) -> bytes:
    """A file of 16 bits at 8 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def beep(*hz: float, seconds: float = 0.5) -> bytes:
    """A file of sines together."""
    return wav(tone(*hz, ms=round(seconds * 1_000)))
