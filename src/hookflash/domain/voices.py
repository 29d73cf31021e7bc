"""The voices and languages that applications name, mapped to what a speech engine needs to know: language and gender.

Whether an engine has that very voice is its own business; one that has not speaks the language with another.
"""

import re

from hookflash.domain.speech import Voice

_LANGUAGES = """
    af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT de-CH de-DE el-GR en-AU en-CA
    en-GB en-GB-WLS en-IE en-IN en-NZ en-SG en-US en-ZA es-ES es-MX es-US et-EE eu-ES fi-FI fil-PH fr-BE fr-CA fr-FR
    gl-ES gu-IN he-IL hi-IN hr-HR hu-HU id-ID is-IS it-IT ja-JP kn-IN ko-KR lt-LT lv-LV ml-IN mr-IN ms-MY nb-NO nl-BE
    nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sl-SI sr-RS sv-SE sw-KE ta-IN te-IN th-TH tr-TR uk-UA ur-IN vi-VN
    yue-CN yue-HK zh-CN zh-HK zh-TW
"""
LANGUAGES = frozenset(_LANGUAGES.split())

#: What older applications send, in small letters.
_ALIASES = {
    "ar": "arb",
    "cmn": "cmn-CN",
    "da": "da-DK",
    "de": "de-DE",
    "en": "en-US",
    "en-uk": "en-GB",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "ja": "ja-JP",
    "nl": "nl-NL",
    "no": "nb-NO",
    "no-no": "nb-NO",
    "pl": "pl-PL",
    "pt": "pt-PT",
    "ru": "ru-RU",
    "sv": "sv-SE",
    "zh": "zh-CN",
}
_BY_LOWER = {language.lower(): language for language in LANGUAGES} | _ALIASES

#: The names of Polly by language; those before the stroke are women's.
_POLLY = {
    "ar-AE": "Hala | Zayd",
    "arb": "Zeina |",
    "ca-ES": "Arlet |",
    "cmn-CN": "Zhiyu |",
    "cs-CZ": "Jitka |",
    "cy-GB": "Gwyneth |",
    "da-DK": "Naja Sofie | Mads",
    "de-AT": "Hannah |",
    "de-CH": "Sabrina |",
    "de-DE": "Marlene Vicki | Hans Daniel",
    "en-AU": "Nicole Olivia | Russell",
    "en-GB": "Amy Emma | Brian Arthur",
    "en-GB-WLS": "| Geraint",
    "en-IE": "Niamh |",
    "en-IN": "Raveena Aditi Kajal |",
    "en-NZ": "Aria |",
    "en-SG": "Jasmine |",
    "en-US": "Joanna Danielle Ivy Kendra Kimberly Ruth Salli | Matthew Gregory Joey Justin Kevin Patrick Stephen",
    "en-ZA": "Ayanda |",
    "es-ES": "Conchita Lucia Alba | Enrique Sergio Raul",
    "es-MX": "Mia | Andres",
    "es-US": "Penelope Lupe | Miguel Pedro",
    "fi-FI": "Suvi |",
    "fr-BE": "Isabelle |",
    "fr-CA": "Chantal Gabrielle | Liam",
    "fr-FR": "Celine Lea | Mathieu Remi",
    "hi-IN": "Aditi Kajal |",
    "is-IS": "Dora | Karl",
    "it-IT": "Carla Bianca | Giorgio Adriano",
    "ja-JP": "Mizuki Kazuha Tomoko | Takumi",
    "ko-KR": "Seoyeon Jihye |",
    "nb-NO": "Liv Ida |",
    "nl-BE": "Lisa |",
    "nl-NL": "Lotte Laura | Ruben",
    "pl-PL": "Ewa Maja Ola | Jacek Jan",
    "pt-BR": "Camila Vitoria | Ricardo Thiago",
    "pt-PT": "Ines | Cristiano",
    "ro-RO": "Carmen |",
    "ru-RU": "Tatyana | Maxim",
    "sv-SE": "Astrid Elin |",
    "tr-TR": "Filiz Burcu |",
    "yue-CN": "Hiujin |",
}


def _polly_voices() -> dict[str, Voice]:
    found: dict[str, Voice] = {}
    for language, names in _POLLY.items():
        for gender, side in zip(("female", "male"), names.split("|"), strict=True):
            for name in side.split():
                found.setdefault(name.lower(), Voice(name, language, gender))  # Aditi and Kajal speak two
    return found


_POLLY_VOICES = _polly_voices()
_ACCENTS = str.maketrans("áâãçéêíóôú", "aaaceeioou")
_POLLY_NAME = re.compile(r"polly\.([a-záâãçéêíóôú]+)(-neural|-generative|-long-form)?", re.IGNORECASE)
_GOOGLE_NAME = re.compile(
    r"google\.([a-z]{2,3}-[a-z]{2})-(standard|wavenet|neural2|news|studio|polyglot|chirp3-hd)-(\w+)", re.IGNORECASE
)
_MEN_OF_CHIRP = """
    achird algenib algieba alnilam charon enceladus fenrir iapetus orus puck rasalgethi sadachbia sadaltager schedar
    umbriel zubenelgenubi
"""
#: Google's letters for men, where it keeps to them: B and D are men in most of its languages.
_MEN_OF_GOOGLE = frozenset("BD")

BASIC = {
    "man": Voice("man", "en-US", "male"),
    "woman": Voice("woman", "en-US", "female"),
    "alice": Voice("alice", "en-US", "female"),
}
DEFAULT = BASIC["man"]


def voice_named(name: str) -> Voice | None:
    """The voice that an application calls `name`, with the language that it speaks by itself; None: there is none."""
    written = name.strip()
    if basic := BASIC.get(written.lower()):
        return basic
    if polly := _POLLY_NAME.fullmatch(written):
        known = _POLLY_VOICES.get(polly[1].lower().translate(_ACCENTS))
        return Voice(written, known.language, known.gender) if known else None
    if google := _GOOGLE_NAME.fullmatch(written):
        language = language_named(google[1])
        if language is not None:
            last = google[3]
            is_man = last.lower() in _MEN_OF_CHIRP.split() if len(last) > 1 else last.upper() in _MEN_OF_GOOGLE
            return Voice(written, language, "male" if is_man else "female")
    return None


def language_named(name: str) -> str | None:
    """The language that an application writes as `name`, as BCP 47 has it; None when it is none that is spoken."""
    return _BY_LOWER.get(name.strip().replace("_", "-").lower())


def speaks(voice: Voice, language: str) -> bool:
    """Whether a voice, as `voice_named` gives it, is offered in `language`; the basic ones are in each."""
    if voice.name in BASIC:
        return True
    names = _POLLY.get(language, "").lower().translate(_ACCENTS).replace("|", " ").split()
    polly = _POLLY_NAME.fullmatch(voice.name)
    return voice.language == language or (polly is not None and polly[1].lower().translate(_ACCENTS) in names)
