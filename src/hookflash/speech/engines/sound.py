"""Sound as engines that speak send it: piece by piece, as a file or as it is."""

import struct
from collections.abc import AsyncIterator

from hookflash import _switch

MOST_SECONDS = 1_200  # of one utterance: 4,096 characters take some 300
_MOST_HEADER = 4_096  # bytes before the sound of a WAV file


class SoundError(Exception):
    """What came is no sound that can be played; says why."""


async def even_pieces(pieces: AsyncIterator[bytes], rate: int) -> AsyncIterator[bytes]:
    """16-bit mono PCM at `rate` Hz in whole samples. Raises SoundError when there is none, or too much."""
    most = left = MOST_SECONDS * rate * 2
    odd = b""
    async for piece in pieces:
        data = odd + piece
        whole = len(data) & ~1
        odd = data[whole:]
        left -= whole
        if left < 0:
            raise SoundError(f"it speaks for more than {MOST_SECONDS // 60} minutes")
        yield data[:whole]
    if left == most:
        raise SoundError("it sends no sound")  # which would be kept, and be silence for ever


async def wav_at(pieces: AsyncIterator[bytes], rate: int) -> AsyncIterator[bytes]:
    """The sound of a WAV file (RIFF, 16-bit PCM, mono) at `rate` Hz, as it comes. Raises SoundError."""
    head = b""
    async for piece in pieces:
        head += piece
        if (found := _format(head)) is not None:
            break
        if len(head) > _MOST_HEADER:
            raise SoundError("it sends no WAV file")
    else:
        raise SoundError("it sends no WAV file")
    own_rate, start = found
    resampler = _switch.Resampler(own_rate, rate)

    async def rest() -> AsyncIterator[bytes]:
        yield head[start:]
        async for piece in pieces:
            yield piece

    async for piece in even_pieces(rest(), own_rate):
        yield resampler.process(piece)


def _format(head: bytes) -> tuple[int, int] | None:
    """The rate, and where the sound begins; None while that has not come. Raises SoundError."""
    if len(head) < 12:
        return None
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise SoundError("it sends no WAV file")
    rate, at = 0, 12
    while len(head) >= at + 8:
        name, size = struct.unpack_from("<4sI", head, at)
        at += 8
        if name == b"data":
            if not rate:
                raise SoundError("its WAV file does not say what it is")
            return rate, at
        if name == b"fmt " and len(head) >= at + 16:
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", head, at)
            if kind not in (1, 0xFFFE) or channels != 1 or bits != 16 or not 8_000 <= rate <= 48_000:
                raise SoundError("its WAV file is not 16-bit mono PCM at 8 to 48 kHz")
        at += size + size % 2
    return None
