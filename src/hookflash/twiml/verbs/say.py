"""`<Say>`: text that is spoken."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from msgspec.structs import replace

from hookflash.domain.speech import Mark, Utterance, Voice, Words, plain_text
from hookflash.domain.voices import BASIC, DEFAULT, language_named, speaks, voice_named
from hookflash.switch.protocol import AnySource, Stream
from hookflash.twiml.declaration import ValueKind, attribute, verb
from hookflash.twiml.kinds import whole
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.ssml import ANYTHING, words_of
from hookflash.twiml.voice import FALL_THROUGH, Next, SoundError, VoiceCall, VoiceVerb, plays

#: Characters of a text, by the family of the voice. Google counts the tags too.
LONGEST = {"basic": 4_096, "polly": 3_000, "google": 5_000}
LONGEST_ENCODED = 4_500  # characters of any text when it is written as in a URL


def _voice(text: str) -> str:
    if voice_named(text) is None:
        raise ValueError("is no voice: use man, woman, alice, Polly.<name> or Google.<name>")
    return text


def _language(text: str) -> str:
    language = language_named(text)
    if language is None:
        raise ValueError("is not a language that is spoken; use one such as en-US")
    return language


@verb("Say", text="what is spoken; without SSML for man, woman and alice", children=ANYTHING)
@dataclass(frozen=True, kw_only=True, slots=True)
class Say(VoiceVerb):
    """Speaks a text."""

    voice: str | None = attribute(
        "voice",
        ValueKind("man, woman, alice, Polly.… or Google.…", _voice),
        warn=TwimlCode.SAY_VOICE,
        summary="who speaks. Default: man, in his language",
    )
    language: str | None = attribute(
        "language",
        ValueKind("language such as en-US", _language),
        warn=TwimlCode.SAY_LANGUAGE,
        summary="what is spoken. Default: the voice's own",
    )
    loop: int = attribute(
        "loop", whole(0), default=1, warn=TwimlCode.SAY_LOOP, summary="how often; 0: until the call ends"
    )

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        voice, words = self._voice, words_of(self.content)
        text = plain_text(words)
        if self.language and not speaks(voice, self.language):
            sentence = f"{voice.name} does not speak {self.language}; another voice does."
            yield self.warning(TwimlCode.SAY_VOICE, sentence)
        if not text:
            yield self.skipped(TwimlCode.SAY_TEXT, f"{self.name} has no text")
        elif problem := _length_problem(voice, words, text):
            yield self.skipped(TwimlCode.SAY_LENGTH, f"The text of {self.name} {problem}")

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        left = plays(self.loop)
        while left and (source := await self._spoken(call)) is not None:
            times = _times(source, left)
            await self.play(call, source, times=times)
            left -= times
        return FALL_THROUGH

    async def prompt(self, call: VoiceCall) -> list[AnySource]:
        """What is heard inside a `<Gather>`."""
        sources: list[AnySource] = []
        left = plays(self.loop) if self.is_usable(call) else 0
        while left and (source := await self._spoken(call)) is not None:
            times = _times(source, left)
            sources += [source] * times
            left -= times
        return sources

    @property
    def utterance(self) -> Utterance:
        """What is spoken, by whom: where the voice does not speak the language, the language goes first."""
        voice, words = self._voice, words_of(self.content)
        speaker = replace(voice, language=self.language) if self.language else voice
        return Utterance(speaker, (plain_text(words),) if voice.name in BASIC else words)

    @property
    def _voice(self) -> Voice:
        return voice_named(self.voice or "") or DEFAULT

    async def _spoken(self, call: VoiceCall) -> AnySource | None:
        try:
            return await call.say(self.utterance)
        except SoundError as error:
            call.fail(self, error)
            return None

    @property
    def sentence(self) -> str:
        return f"<Say> speaks {len(self.text):,} characters" if self.text else "<Say> speaks"


def _times(source: AnySource, left: int) -> int:
    """How often of `left` times a source is played: what comes as a stream is gone once it was heard."""
    return 1 if isinstance(source, Stream) else left


def _length_problem(voice: Voice, words: Words, text: str) -> str | None:
    family = voice.name.partition(".")[0].lower()
    longest = LONGEST.get(family, LONGEST["basic"])
    length = sum(_written(part) for part in words) if family == "google" else len(text)
    if length > longest:
        return f"has {length:,} characters; {longest:,} are allowed for this voice"
    if (encoded := len(quote(text, safe=""))) > LONGEST_ENCODED:
        return f"has {encoded:,} characters when it is written as in a URL; {LONGEST_ENCODED:,} are allowed"
    return None


def _written(part: Mark | str) -> int:
    """How many characters a part of the text has with its tags."""
    if isinstance(part, str):
        return len(part)
    tags = 2 * len(part.name) + 5 + sum(len(name) + len(value) + 4 for name, value in part.attributes)
    return tags + sum(_written(inner) for inner in part.content)
