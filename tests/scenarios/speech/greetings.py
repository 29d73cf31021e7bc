"""Who may answer a call: people, machines and faxes, as a line brings them, made from espeak-ng and tones.

Two halves that share no sentence and no voice: thresholds were tuned on the first, the second only judges them.
Audio is 16-bit mono PCM at 8 kHz.
"""

import math
import random
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from subprocess import run

from hookflash import _switch

RATE = 8_000
PER_MS = 8
FULL = 32_767
AFTER_MS = 3_000  #: of line noise behind a greeting

Say = list[str | int]  #: sentences, and pauses in ms


@dataclass(frozen=True)
class Beep:
    hz: float
    ms: int
    after: int  #: ms of silence before it


@dataclass(frozen=True)
class Answerer:
    """One that answers: `enable` and `message_end` are what detection should find in either mode."""

    name: str
    pcm: bytes
    enable: str
    message_end: str


@dataclass(frozen=True)
class Half:
    """What is said in one half, by whom."""

    people: list[Say]
    machines: list[tuple[Say, Beep | None]]
    voices: list[str]
    speeds: list[int]  #: words a minute
    seed: int


FIRST = Half(
    people=[
        ["Hello?"],
        ["Yes?"],
        ["Hello, who is this?"],
        ["Smith residence, hello."],
        ["Hi, this is Anna."],
        ["Speaking."],
        ["Hello, hello?"],
        ["Good morning."],
        ["Hello?", 900, "Hello?"],
        ["Hello.", 400, "Yes?"],
        ["Hm?", 700, "Who's there?"],
        ["What?"],
        ["Yeah, hi."],
        ["Miller's bakery, good morning."],
        ["Doctor Brown's office, how can I help?"],
        ["One moment.", 600, "Yes?"],
        ["Hello?", 800, "Hello?", 900, "Anybody there?"],
        ["Peter."],
    ],
    machines=[
        (
            [
                "Hi, you have reached the Smith family.",
                500,
                "We are not at home right now. Please leave a message after the tone.",
            ],
            Beep(1_000, 400, 600),
        ),
        (
            ["The person you are calling is not available. At the tone, please record your message."],
            Beep(850, 250, 900),
        ),
        (
            [
                "Thank you for calling Miller and sons.",
                700,
                "Our office is closed.",
                600,
                "Our hours are nine to five, Monday to Friday.",
            ],
            None,
        ),
        (
            [
                "Hey, it's John.",
                400,
                "I can't come to the phone right now, so leave me a message and I'll call you back.",
            ],
            Beep(1_400, 180, 300),
        ),
        (["The number you have dialled is not in service. Please check the number and dial again."], None),
        (
            [
                "Welcome to the city library.",
                800,
                "For opening hours, press one. For anything else, please hold the line.",
            ],
            None,
        ),
        (
            ["This is the voice mail of", 300, "Sarah Jones", 300, "Please leave a message after the beep."],
            Beep(440, 900, 1_200),
        ),
        (["Your call has been forwarded to an automatic voice message system."], Beep(2_000, 300, 500)),
        (["I'm not here. Leave a message, and have a very nice day, whoever you may be."], Beep(620, 500, 1_700)),
        (["Please enjoy the music while your party is reached, and stay on the line, please."], None),
    ],
    voices=["en-us", "en-gb+f2", "en-us+m3", "en-gb-scotland", "en-us+f4", "en-gb-x-rp+m7"],
    speeds=[130, 165, 200],
    seed=1,
)

SECOND = Half(
    people=[
        ["Hey."],
        ["Good afternoon, reception."],
        ["Who is calling?"],
        ["It's Maria, hello."],
        ["Hello?", 1_000, "Is anybody there?"],
        ["Front desk, this is Tom, how may I help you?"],
        ["Go ahead."],
        ["Wilson."],
        ["Yep?"],
        ["Hello, Kate here."],
        ["Hi there!"],
        ["Yes.", 500, "Hello?"],
        ["Hold on.", 800, "Okay, hello?"],
        ["The Johnson family."],
        ["City taxi, hello."],
        ["Hello, can you hear me?"],
        ["Yes please?"],
        ["Uh, hello?", 600, "Yes?"],
    ],
    machines=[
        (
            ["Hello.", 600, "This is an answering machine.", 500, "Please speak clearly after the signal."],
            Beep(950, 350, 800),
        ),
        (
            ["You've reached Kate. I'm busy at the moment, so please try again later or leave a message."],
            Beep(1_209, 200, 400),
        ),
        (["The subscriber you have called cannot be reached at present.", 900, "Please try again later."], None),
        (
            [
                "Good day, this is the office of Doctor Wilson.",
                600,
                "If this is an emergency, please hang up and dial nine one one.",
            ],
            Beep(700, 1_000, 1_500),
        ),
        (["We're sorry, your call cannot be completed as dialled. Please hang up and try your call again."], None),
        (
            [
                "Hi.",
                700,
                "It's Tom and Maria.",
                600,
                "You know what to do, and you know when to do it, so wait for it.",
            ],
            Beep(1_750, 150, 300),
        ),
        (["Thank you for calling the airline. All our agents are busy. Your call is important to us."], None),
        (
            ["This mailbox belongs to extension four two zero. Record at the tone; when you are finished, hang up."],
            Beep(500, 600, 1_000),
        ),
        (
            ["You have reached the taxi service.", 1_000, "Nobody can take your call, but your message is welcome."],
            Beep(1_000, 250, 2_000),
        ),
        (
            ["The mailbox of the person that you are trying to reach is full and takes no messages.", 400, "Goodbye."],
            None,
        ),
    ],
    voices=["en-gb", "en-us+f3", "en-gb+m4", "en-us+m5", "en-gb-x-gbcwmd+f1", "en-029"],
    speeds=[140, 175, 190],
    seed=2,
)


@dataclass(frozen=True)
class _Speaker:
    say: Say
    beep: Beep | None
    is_machine: bool
    voice: str
    speed: int


def answerers(half: Half) -> Iterator[Answerer]:
    """Each sentence of a half twice, by different voices and on lines of all sorts; and six faxes."""
    chance = random.Random(half.seed)
    speakers: list[_Speaker] = []
    voices, speeds = cycle(half.voices), cycle(half.speeds)
    for _ in range(2):
        speakers += [_Speaker(say, None, False, next(voices), next(speeds)) for say in half.people]
        speakers += [_Speaker(say, beep, True, next(voices), next(speeds)) for say, beep in half.machines]
        next(voices)  # another voice for each the second time
    with ThreadPoolExecutor(4) as pool:
        for speaker, sound in zip(speakers, pool.map(_spoken, speakers), strict=True):
            yield _greeting(speaker, sound, chance)
    yield from _faxes(chance)


def _greeting(speaker: _Speaker, sound: list[float], chance: random.Random) -> Answerer:
    level = chance.choice([-18, -24, -29])
    before = chance.choice([[], [], [], _rings((440, 480), 2_000, 4_000), _tone((425,), 1_000, -20)])
    parts = [before, _silence(chance.randrange(100, 2_500)), _levelled(sound, level)]
    beep = speaker.beep
    if beep is not None:
        parts += [_silence(beep.after), _tone((beep.hz,), beep.ms, -16)]
    line, pcm = _line([sample for part in parts for sample in part], chance)
    ringing = ", after ringing" if before else ""
    name = f"{speaker.say[0]} ({speaker.voice}, {speaker.speed} wpm, {level} dB{ringing}, {line})"
    if not speaker.is_machine:
        return Answerer(f"person: {name}", pcm, "human", "human")
    return Answerer(f"machine: {name}", pcm, "machine_start", "machine_end_beep" if beep else "machine_end_silence")


def _faxes(chance: random.Random) -> Iterator[Answerer]:
    cng = _tone((1_100,), 500, -13) + _silence(3_000)
    for name, sound in [
        ("one that calls", cng + cng),
        ("one that calls, late", _silence(2_500) + cng),
        ("one that answers", _silence(1_200) + _ced()),
        ("one that answers at once", _ced()),
        ("one that answers and turns echo cancellers off", _silence(800) + _ced(reverses=True)),
        ("one that answers by V.8", _silence(1_800) + _ced(reverses=True, swings=True)),
    ]:
        line, pcm = _line(sound, chance)
        yield Answerer(f"fax: {name} ({line})", pcm, "fax", "fax")


def _ced(*, reverses: bool = False, swings: bool = False) -> list[float]:
    """The answer tone, 2100 Hz: its phase may turn round every 450 ms (V.25), its level swing at 15 Hz (V.8)."""
    sound = []
    for n in range(2_600 * PER_MS):
        turn = (n // (450 * PER_MS)) % 2 * math.pi if reverses else 0
        swing = 1 + 0.2 * math.sin(math.tau * 15 * n / RATE) if swings else 1
        sound.append(0.2 * FULL * swing * math.sin(math.tau * 2_100 * n / RATE + turn))
    return sound


# --- Sounds, as samples ---------------------------------------------------------------------------------------------


def _spoken(speaker: _Speaker) -> list[float]:
    parts: list[Sequence[float]] = [
        _silence(part) if isinstance(part, int) else _sentence(part, speaker) for part in speaker.say
    ]
    return [sample for part in parts for sample in part]


def _sentence(text: str, speaker: _Speaker) -> list[int]:
    command = ["espeak-ng", "-v", speaker.voice, "-s", str(speaker.speed), "--stdout", text]
    wav = run(command, check=True, capture_output=True).stdout
    pcm = array("h", _switch.Resampler(22_050, RATE).process(wav[44:])).tolist()
    loud = [at for at, sample in enumerate(pcm) if abs(sample) > 200]
    return pcm[loud[0] : loud[-1]]


def _silence(ms: int) -> list[float]:
    return [0.0] * (ms * PER_MS)


@cache
def _tone(hertz: tuple[float, ...], ms: int, dbfs: float) -> list[float]:
    peak = FULL * 10 ** (dbfs / 20) / len(hertz)
    turns = [math.tau * hz / RATE for hz in hertz]
    return [sum(peak * math.sin(turn * n) for turn in turns) for n in range(ms * PER_MS)]


def _rings(hertz: tuple[float, ...], on: int, off: int) -> list[float]:
    """Twice; the second time somebody answers."""
    return _tone(hertz, on, -20) + _silence(off) + _tone(hertz, on, -20)


def _levelled(sound: list[float], dbfs: float) -> list[float]:
    """Its louder half gets that level."""
    loud = sorted(map(abs, sound))[len(sound) // 2 :]
    gain = FULL * 10 ** (dbfs / 20) / math.sqrt(sum(sample * sample for sample in loud) / len(loud))
    return [gain * sample for sample in sound]


# --- The line -------------------------------------------------------------------------------------------------------


def _line(sound: list[float], chance: random.Random) -> tuple[str, bytes]:
    """What comes through: noise of one sort or another behind it, and one or the other law of G.711."""
    sort, dbfs = chance.choice([("hiss", -62), ("hiss", -52), ("room", -48), ("hum", -46), ("none", -99)])
    law = chance.choice([_mu_law, _a_law])
    table = law()
    padded = sound + _silence(AFTER_MS)
    samples = [table[int(sample + other)] for sample, other in zip(padded, cycle(_noise(sort, dbfs)), strict=False)]
    return f"{sort} at {dbfs} dB, {law.__name__[1:]}", array("h", samples).tobytes()


@cache
def _noise(sort: str, dbfs: float) -> list[float]:
    """Two seconds of noise."""
    chance = random.Random(sort)
    count, rms = 2 * RATE, FULL * 10 ** (dbfs / 20)
    if sort == "hum":
        return [rms * (math.sin(math.tau * 50 * n / RATE) + math.sin(math.tau * 150 * n / RATE)) for n in range(count)]
    white = [rms * chance.gauss(0, 1) for _ in range(count)]
    if sort != "room":
        return white
    room, low = [], 0.0
    for sample in white:
        low = 0.85 * low + 0.527 * sample  # a pole at 0.85, which leaves the level as it is
        room.append(low)
    return room


def _companded(law: Callable[[int], int]) -> list[int]:
    """A table for any sum of two samples, what is negative counted from the end, as Python does."""
    most = 2 * (FULL + 1)
    return [law(min(sample, FULL)) for sample in range(most)] + [-law(min(-s, FULL)) for s in range(-most, 0)]


@cache
def _mu_law() -> list[int]:
    def law(sample: int) -> int:
        biased = min(sample, 32_635) + 132
        step = 1 << (biased.bit_length() - 5)
        return biased // step * step + step // 2 - 132

    return _companded(law)


@cache
def _a_law() -> list[int]:
    def law(sample: int) -> int:
        step = 1 << max(sample.bit_length() - 5, 4)
        return sample // step * step + step // 2

    return _companded(law)
