"""SSML as espeak-ng reads it: the marks that it lacks or misreads, in marks and words that it has.

It knows `voice` instead of `lang`, its own phoneme mnemonics between [[ and ]] instead of `phoneme`, loudness in
percent, and of `say-as` the characters alone.
"""

import re
from collections.abc import Callable

from hookflash.domain.speech import Mark, Utterance, Words, plain_text
from hookflash.speech.pronunciation import mnemonics
from hookflash.speech.readings import reading
from hookflash.speech.ssml import ssml_of

VoiceFor = Callable[[str], tuple[tuple[str, str], ...]]  # a language; the attributes of espeak-ng's `voice`

#: How long a break of a strength is: as after a comma, a sentence, a paragraph.
BREAKS = {
    "none": "0ms",
    "x-weak": "0ms",
    "weak": "250ms",
    "medium": "250ms",
    "strong": "500ms",
    "x-strong": "1000ms",
}
_SPELLED = ("characters", "spell-out", "digits", "telephone")
_DECIBELS = re.compile(r"([+-]?\d+(?:\.\d+)?)db")
#: Words of English that are pronounced by their part of speech, as words that are not.
_BY_ROLE = {
    ("read", "amazon:vb"): "reed",
    ("read", "amazon:vbd"): "red",
    ("read", "amazon:vbn"): "red",
    ("lead", "amazon:vb"): "leed",
    ("lead", "amazon:nn"): "led",
    ("wind", "amazon:vb"): "wynd",
    ("tear", "amazon:vb"): "tare",
    ("bass", "amazon:sense_1"): "base",
}


def espeak_markup(utterance: Utterance, language_of: Callable[[str], str]) -> str:
    """The document for espeak-ng; `language_of` says how it names a language."""

    def voice_for(language: str) -> tuple[tuple[str, str], ...]:
        return ("xml:lang", language_of(language)), ("gender", utterance.voice.gender)

    words = _words(utterance.words, utterance.voice.language, voice_for)
    return ssml_of(Utterance(utterance.voice, words))


def _words(words: Words, language: str, voice_for: VoiceFor) -> Words:
    return tuple(part if isinstance(part, str) else _mark(part, language, voice_for) for part in words)


def _mark(mark: Mark, language: str, voice_for: VoiceFor) -> Mark | str:
    text = plain_text(mark.content)
    match mark.name:
        case "break":
            time = mark.get("time") or BREAKS[mark.get("strength") or "medium"]
            return Mark("break", (("time", time),))
        case "lang" if inner := mark.get("xml:lang"):
            return Mark("voice", voice_for(inner), _words(mark.content, inner, voice_for))
        case "phoneme" if sounds := mnemonics(mark.get("alphabet") or "ipa", mark.get("ph")):
            return f"[[{sounds}]]"
        case "say-as" if mark.get("interpret-as") in _SPELLED:
            return Mark("say-as", (("interpret-as", "characters"),), (text,))
        case "say-as":
            return reading(text, mark.get("interpret-as"), mark.get("format") or mark.get("role"), language)
        case "sub":
            return mark.get("alias") or text
        case "w":
            return _BY_ROLE.get((text.lower(), mark.get("role").lower()), text) if language[:2] == "en" else text
    attributes = tuple((name, _loudness(value) if name == "volume" else value) for name, value in mark.attributes)
    return Mark(mark.name, attributes, _words(mark.content, language, voice_for))


def _loudness(volume: str) -> str:
    """A change in dB as a share of the usual loudness, in percent; words are left as they are."""
    change = _DECIBELS.fullmatch(volume)
    return f"{round(100 * 10 ** (float(change[1]) / 20))}%" if change else volume
