"""How much of what is said the offline recogniser understands: `python -m benchmarks.understanding`.

espeak-ng says each phrase in several voices and at several speeds; it goes through G.711 at 8 kHz, as on a call.
What is said is one of the hints, or something else that must not be taken for one.
"""

import asyncio
import struct
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from hookflash import _switch
from hookflash.speech.recogniser import Hearing
from hookflash.speech.sphinx.recogniser import Pocketsphinx
from hookflash.speech.sphinx.workers import Workers

HINTS = (
    ("sales", "support", "billing", "operator", "speak to an agent", "opening hours"),
    ("yes", "no", "maybe", "repeat that", "cancel"),
    ("check my balance", "transfer money", "lost card", "open an account", "talk to a person", "make a payment"),
    ("red", "green", "blue", "yellow", "black", "white", "orange", "purple"),
    ("book a table", "change my reservation", "cancel my reservation", "directions to the restaurant"),
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ("New York", "London", "Paris", "Berlin", "Tokyo", "San Francisco", "Los Angeles", "Chicago", "Boston", "Seattle"),
)
OTHER = (
    "the weather is nice today", "banana", "I would like a bicycle please", "hello there my friend", "elephant",
    "can you hear me", "seven apples in a basket",
)  # fmt: skip
VOICES = ("en-us", "en-gb", "en-us+f2", "en-us+m3", "en-gb+f2", "en-us+f4")
SPEEDS = (140, 165, 190)  # words a minute


@dataclass(frozen=True)
class Said:
    """Something that is said to a recogniser."""

    hints: tuple[str, ...]
    phrase: str
    voice: str
    speed: int

    @property
    def is_hint(self) -> bool:
        return self.phrase in self.hints


@dataclass(frozen=True)
class Figures:
    understood: int  #: of the hints
    mistaken: int  #: hints taken for another one
    hints: int
    refused: int  #: of what is no hint
    others: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.understood} of {self.hints} hints understood ({self.understood / self.hints:.0%}), "
            f"{self.mistaken} taken for another; {self.refused} of {self.others} other phrases refused "
            f"({self.refused / self.others:.0%}); {self.seconds / (self.hints + self.others) * 1_000:.0f} ms each"
        )


def everything() -> Iterable[Said]:
    """Each phrase of each set in each voice, the speeds in turns."""
    place = 0
    for hints in HINTS:
        for phrase in (*hints, *OTHER):
            for voice in VOICES:
                place += 1
                yield Said(hints, phrase, voice, SPEEDS[place % len(SPEEDS)])


async def understand(what: Sequence[Said]) -> Figures:
    """Have the recogniser listen to all of it."""
    workers = Workers()
    engine = Pocketsphinx(workers)
    audio = [on_the_phone(said.phrase, said.voice, said.speed) for said in what]
    began = time.monotonic()
    heard = [await _heard(engine, said.hints, pcm) for said, pcm in zip(what, audio, strict=True)]
    seconds = time.monotonic() - began
    await workers.close()
    pairs = [*zip(what, heard, strict=True)]
    return Figures(
        understood=sum(said.is_hint and text == said.phrase for said, text in pairs),
        mistaken=sum(said.is_hint and text not in ("", said.phrase) for said, text in pairs),
        hints=sum(said.is_hint for said in what),
        refused=sum(not said.is_hint and not text for said, text in pairs),
        others=sum(not said.is_hint for said in what),
        seconds=seconds,
    )


async def _heard(engine: Pocketsphinx, hints: tuple[str, ...], pcm: bytes) -> str:
    async with engine.listen(Hearing(hints=hints)) as session:
        await session.write(pcm)
        await session.end()
        return " ".join([transcript.text async for transcript in session])


def on_the_phone(phrase: str, voice: str = "en-us", speed: int = 165) -> bytes:
    """The phrase as 16-bit mono PCM at 8 kHz that has been G.711 on the way."""
    arguments = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", phrase]
    wav = subprocess.run(arguments, capture_output=True, check=True).stdout
    (rate,) = struct.unpack_from("<I", wav, 24)
    pcm = _switch.Resampler(rate, 8_000).process(wav[44:] + bytes(2_048))
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    return struct.pack(f"<{len(samples)}h", *map(_companded, samples))


@cache
def _companded(sample: int) -> int:
    """What is left of a sample after mu-law (ITU-T G.711)."""
    biased = min(abs(sample), 32_635) + 132
    step = 1 << (biased.bit_length() - 5)
    kept = (biased // step) * step + step // 2 - 132
    return kept if sample >= 0 else -kept


def measure() -> None:
    """Print the figures of everything."""
    print(asyncio.run(understand([*everything()])))


if __name__ == "__main__":
    measure()
