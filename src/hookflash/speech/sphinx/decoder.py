"""The decoder itself, as a worker process has it: an utterance and a grammar in, what was said out.

Rule 1: an utterance is decoded twice, by its grammar and by a loop over all phones. How much worse the grammar explains
the audio than the loop does, and how much of the speech it leaves unexplained, tells whether something else was said.
Rule 2: the model knows rooms, not telephones: it takes the absence of everything above 4 kHz, and digital silence, for
speech that it never heard. Soft noise over the whole band heals that: it understands 89 of 92 hints, not 28.
"""

import math
from array import array
from collections import OrderedDict
from itertools import cycle, islice
from random import Random

import msgspec
import pocketsphinx

from hookflash import _switch
from hookflash.speech.sphinx.phones import phones_of

RATE = 16_000  # Hz, of the model
LOUD = 9_000  # peak that utterances are brought to
MOST_GAIN = 8.0
NOISE = 80  # standard deviation of what is added
MARGIN = bytes(3_200)  # silence before and after, at 8 kHz
KEPT = 16  # grammars
MOST_NEW_WORDS = 5_000  # then the decoder begins anew, so that its dictionary does not grow for ever

#: How far the grammar lags behind the loop: the difference of their scores for each frame of speech, in steps of the
#: decoder's logarithm, less so much where the grammar explains none of the speech by words (it took it for silence).
#: 96 % of what was said by the grammar lies above `LEAST`, and 94 % of what was not lies below.
UNEXPLAINED = 40.0
LEAST = -35.0
EVEN = -27.0  # taken for a confidence of a half
SLOPE = 8.0
_STEP = math.log(1.0001)
_SILENT = ("SIL", "+NSN+", "+SPN+", "<sil>", "[NOISE]", "[SPEECH]", "<s>", "</s>")


class Job(msgspec.Struct, frozen=True):
    """What a worker is asked."""

    jsgf: str
    words: tuple[str, ...]
    pcm: bytes  #: 16-bit mono at 8 kHz
    is_whole: bool = True  #: False: only the beginning of an utterance, of which anything may still come


class Heard(msgspec.Struct, frozen=True):
    """What a worker answers."""

    words: str = ""  #: empty: nothing that the grammar knows
    confidence: float = 0.0
    unknown: tuple[str, ...] = ()  #: words of the grammar whose pronunciation nobody knows: it was not decoded


class Decoder:
    """One decoder with the grammars that it used last."""

    def __init__(self) -> None:
        self._begin()
        random = Random(1)  # noqa: S311 - noise
        self._noise = array("h", (round(random.gauss(0, NOISE)) for _ in range(RATE)))

    def _begin(self) -> None:
        self._decoder = pocketsphinx.Decoder(
            hmm=pocketsphinx.get_model_path("en-us/en-us"),
            dict=pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"),
            lm=None,
            samprate=float(RATE),
            loglevel="FATAL",
            # the two searches are compared: what they cost must be of the audio alone
            lw=1.0,
            wip=1.0,
            pip=1.0,
            beam=1e-60,
            pbeam=1e-60,
            wbeam=1e-40,
            allphone_ci=True,
        )
        self._decoder.add_allphone_file("phones", None)
        self._grammars: OrderedDict[str, str] = OrderedDict()
        self._named = 0
        self._new_words = 0

    def decode(self, job: Job) -> Heard:
        if unknown := self._learn(job.words):
            return Heard(unknown=unknown)
        audio = self._prepared(job.pcm)
        heard, score = self._run(self._grammar(job.jsgf), audio)
        if not heard or not job.is_whole:
            return Heard(heard)
        explained = self._spoken()
        _, best = self._run("phones", audio)
        spoken = max(self._spoken(), 10)
        fit = (score - best) / _STEP / spoken - UNEXPLAINED * (1 - min(explained / spoken, 1))
        if fit < LEAST:
            return Heard()
        return Heard(heard, round(1 / (1 + math.exp((EVEN - fit) / SLOPE)), 3))

    def _run(self, search: str, audio: bytes) -> tuple[str, float]:
        """What a search makes of the audio, and the logarithm of its likelihood."""
        self._decoder.activate_search(search)
        self._decoder.start_utt()
        self._decoder.process_raw(audio, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        if found is None:
            return "", 0.0
        return found.hypstr, math.log(found.best_score)

    def _spoken(self) -> int:
        """The frames of the last search that are speech."""
        segments = self._decoder.seg() or ()
        return sum(one.end_frame - one.start_frame + 1 for one in segments if one.word not in _SILENT)

    def _prepared(self, pcm: bytes) -> bytes:
        """The audio as the model likes it: at its rate, loud enough, with soft noise."""
        samples = array("h", _switch.Resampler(8_000, RATE).process(MARGIN + pcm + MARGIN))
        peak = max(1, *map(abs, (min(samples), max(samples))))
        gain = min(LOUD / peak, MOST_GAIN)
        noise = islice(cycle(self._noise), len(samples))
        return array("h", (int(s * gain) + n for s, n in zip(samples, noise, strict=True))).tobytes()

    def _grammar(self, jsgf: str) -> str:
        """The name of the search with this grammar."""
        name = self._grammars.pop(jsgf, None)
        if name is None:
            self._named += 1
            name = f"grammar{self._named}"
            self._decoder.add_jsgf_string(name, jsgf)
        self._grammars[jsgf] = name
        if len(self._grammars) > KEPT:
            _, oldest = self._grammars.popitem(last=False)
            self._decoder.remove_search(oldest)
        return name

    def _learn(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Add what the dictionary lacks; returns the words that it cannot know."""
        if self._new_words > MOST_NEW_WORDS:
            self._begin()
        missing = [word for word in words if self._decoder.lookup_word(word) is None]
        if not missing:
            return ()
        known = phones_of(tuple(missing))
        for word, phones in known.items():
            self._decoder.add_word(word, phones, update=True)
        self._new_words += len(known)
        return tuple(word for word in missing if word not in known)
