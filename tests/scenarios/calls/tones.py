"""Tones of tests: made, and found again by their frequency."""

import math
from collections.abc import Sequence

RATE = 8_000  # Hz
FRAME = 160  # samples of a packet of 20 ms
_LOUD = 8_000  # amplitude
_BIAS = 33  # of G.711 mu-law, at 14 bits

#: Frequencies of the keys (ITU-T Q.23).
KEYS = {
    key: (low, high)
    for low, row in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for high, key in zip((1209, 1336, 1477, 1633), row, strict=True)
}


def tone(*hz: float, ms: int) -> list[int]:
    """Sines together, of 16 bits at 8 kHz."""
    each = _LOUD / max(len(hz), 1)
    steps = [2 * math.pi * frequency / RATE for frequency in hz]
    return [round(sum(each * math.sin(step * n) for step in steps)) for n in range(RATE * ms // 1_000)]


def share(samples: Sequence[int], hz: float) -> float:
    """How much of the energy of `samples` lies at `hz`, from 0 to 1 (Goertzel)."""
    energy = sum(sample * sample for sample in samples)
    if not energy:
        return 0.0
    factor = 2 * math.cos(2 * math.pi * hz / RATE)
    last = before = 0.0
    for sample in samples:
        last, before = sample + factor * last - before, last
    return 2 * (last * last + before * before - factor * last * before) / (energy * len(samples))


def loudness(samples: Sequence[int]) -> float:
    """Root of the mean square."""
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples)) if samples else 0.0


def from_ulaw(data: bytes) -> list[int]:
    """G.711 mu-law as 16-bit samples."""
    return [_ULAW[byte] for byte in data]


def to_ulaw(samples: Sequence[int]) -> bytes:
    """16-bit samples as G.711 mu-law."""
    return bytes(_ulaw_byte(sample) for sample in samples)


def from_alaw(data: bytes) -> list[int]:
    """G.711 A-law as 16-bit samples."""
    return [_ALAW[byte] for byte in data]


def _ulaw_sample(byte: int) -> int:
    byte ^= 0xFF
    size = ((byte & 0x0F) * 2 + _BIAS) << (byte >> 4 & 7)
    return (_BIAS - size if byte & 0x80 else size - _BIAS) * 4


def _ulaw_byte(sample: int) -> int:
    size = min(abs(sample) // 4 + _BIAS, 0x1FFF)
    segment = size.bit_length() - 6
    return ((0x80 if sample < 0 else 0) | segment << 4 | size >> (segment + 1) & 0x0F) ^ 0xFF


def _alaw_sample(byte: int) -> int:
    byte ^= 0x55
    segment, size = byte >> 4 & 7, (byte & 0x0F) * 2 + 1
    size = (size + 32) << (segment - 1) if segment else size
    return (size if byte & 0x80 else -size) * 8


_ULAW = [_ulaw_sample(byte) for byte in range(256)]
_ALAW = [_alaw_sample(byte) for byte in range(256)]
