"""What a recording can be turned into: one channel of two, and MP3. Files go in and come out, a second at a time."""

import wave
from array import array
from pathlib import Path

BIT_RATE = 32  #: kbit/s of MP3
_QUALITY = 5  # of lame, 2 to 7: hours of speech in seconds
_FRAMES = 8_000  # read at once


class NoEncoderError(Exception):
    """MP3 needs the package `lameenc`, which is not installed."""


def channels_of(path: Path) -> int:
    """How many channels a wav file has. Raises FileNotFoundError."""
    with wave.open(str(path), "rb") as sound:
        return sound.getnchannels()


def mix_down(source: Path, target: Path) -> None:
    """Both channels of a 16-bit wav file as one: the mean of each pair."""
    with wave.open(str(source), "rb") as sound, wave.open(str(target), "wb") as mixed:
        mixed.setnchannels(1)
        mixed.setsampwidth(2)
        mixed.setframerate(sound.getframerate())
        while frames := sound.readframes(_FRAMES):
            samples = array("h", frames)
            pairs = zip(samples[0::2], samples[1::2], strict=True)
            mixed.writeframes(array("h", [(left + right) >> 1 for left, right in pairs]).tobytes())


def encode_mp3(source: Path, target: Path) -> None:
    """A 16-bit wav file as MP3. Raises NoEncoderError."""
    try:
        import lameenc  # noqa: PLC0415 - an extra
    except ImportError:
        raise NoEncoderError from None
    encoder = lameenc.Encoder()
    with wave.open(str(source), "rb") as sound, target.open("wb") as out:
        encoder.silence()
        encoder.set_bit_rate(BIT_RATE)
        encoder.set_in_sample_rate(sound.getframerate())
        encoder.set_channels(sound.getnchannels())
        encoder.set_quality(_QUALITY)
        while frames := sound.readframes(_FRAMES):
            out.write(encoder.encode(frames))
        out.write(encoder.flush())
