"""`<Gather>`: keys that the caller presses, or what the caller says, asked for by what is nested in it."""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol, cast

from msgspec.structs import replace

from hookflash.switch.leg import Collected
from hookflash.switch.protocol import AnySource, Collect, SpeechEnd
from hookflash.twiml.declaration import URL, ValueKind, attribute, one_of, verb
from hookflash.twiml.kinds import KEYS, TRUTH, whole
from hookflash.twiml.listening import Ears, NotUnderstoodError, Said, Speech
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.pause import Pause
from hookflash.twiml.verbs.play import Play
from hookflash.twiml.verbs.say import Say
from hookflash.twiml.verbs.speech import ANY_LANGUAGE, HINTS, LANGUAGE, SPEECH_MODEL
from hookflash.twiml.voice import FALL_THROUGH, GoTo, Next, SoundError, StatusCallback, VoiceCall, VoiceVerb

LONGEST_SPEECH = 60  # seconds
FIRST_PAUSE = 800  #: ms of silence that `auto` takes for the end: longer than the pauses between words
KNOWS_ANY_LANGUAGE = "deepgram_nova-3"


class Prompt(Protocol):
    """What may be nested: each is prepared before the first of them is heard."""

    async def prompt(self, call: VoiceCall) -> list[AnySource]: ...


def _finish(text: str) -> str:
    keys = text.strip()
    if len(keys) > 1 or keys not in KEYS:
        raise ValueError("must be one of 0-9 # *, or empty")
    return keys


def _timeout(text: str) -> int:
    return _SECONDS.read(text) if text.strip() != "auto" else 5


def _speech_timeout(text: str) -> int:
    """In ms."""
    return FIRST_PAUSE if text.strip() == "auto" else int(_POSITIVE.read(text)) * 1_000


def _input(text: str) -> frozenset[str]:
    words = frozenset(text.split())
    if not words or words - {"dtmf", "speech"}:
        raise ValueError("must be dtmf, speech or both, with a space between")
    return words


_SECONDS = whole(0, unit="seconds")
_POSITIVE = whole(1, unit="seconds")


@verb("Gather", children=(Say, Play, Pause), stranger=TwimlCode.GATHER_ELEMENT)
@dataclass(frozen=True, kw_only=True, slots=True)
class Gather(VoiceVerb):
    """Takes keys or speech from the caller, and goes on with a document that is told what it was."""

    action: str | None = attribute(
        "action", URL, refuse=TwimlCode.INVALID_URL, summary="told the keys or the speech. Default: the document itself"
    )
    method: str = attribute(
        "method",
        one_of("GET", "POST"),
        default="POST",
        warn=TwimlCode.GATHER_METHOD,
        summary="how `action` is requested",
    )
    input: frozenset[str] = attribute(
        "input",
        ValueKind("dtmf, speech, or both", _input),
        default=frozenset({"dtmf"}),
        warn=TwimlCode.GATHER_INPUT,
        summary="what is taken; of both, whatever comes first",
    )
    timeout: int = attribute(
        "timeout",
        ValueKind("whole number of at least 0 seconds, or auto", _timeout),
        default=5,
        warn=TwimlCode.GATHER_TIMEOUT,
        summary="how long to wait for a key or for speech: from the end of what is nested, and after each key",
    )
    num_digits: int = attribute(
        "numDigits", whole(1), warn=TwimlCode.GATHER_NUM_DIGITS, summary="how many keys are taken. Default: no limit"
    )
    finish_on_key: str = attribute(
        "finishOnKey",
        ValueKind("one of 0-9 # *, or empty", _finish),
        default="#",
        warn=TwimlCode.GATHER_FINISH_KEY,
        summary="the key that ends the input and is not part of it; empty: none",
    )
    action_on_empty_result: bool = attribute(
        "actionOnEmptyResult",
        TRUTH,
        default=False,
        refuse=TwimlCode.GATHER_ON_EMPTY,
        summary="whether `action` is requested when there was no input",
    )
    barge_in: bool = attribute(
        "bargeIn",
        TRUTH,
        default=True,
        warn=TwimlCode.GATHER_BARGE_IN,
        summary="whether the first key, or speech, stops what is nested",
    )
    speech_timeout: int | None = attribute(
        "speechTimeout",
        ValueKind("whole number of at least 1 seconds, or auto", _speech_timeout),
        warn=TwimlCode.GATHER_SPEECH_TIMEOUT,
        summary="how long a silence ends speech; auto: the first pause. Default: that of `timeout`",
    )
    max_speech_time: int = attribute(
        "maxSpeechTime",
        whole(1, LONGEST_SPEECH, unit="seconds"),
        default=LONGEST_SPEECH,
        warn=TwimlCode.GATHER_MAX_SPEECH_TIME,
        summary="how long speech is listened to",
    )
    language: str = attribute(
        "language",
        LANGUAGE,
        default="en-US",
        warn=TwimlCode.GATHER_LANGUAGE,
        summary=f"what is spoken; {ANY_LANGUAGE} with {KNOWS_ANY_LANGUAGE}",
    )
    hints: tuple[str, ...] = attribute(
        "hints", HINTS, default=(), warn=TwimlCode.GATHER_HINTS, summary="what the caller is likely to say"
    )
    profanity_filter: bool = attribute(
        "profanityFilter",
        TRUTH,
        default=True,
        warn=TwimlCode.GATHER_PROFANITY,
        summary="whether swear words keep their first letter only",
    )
    speech_model: str | None = attribute(
        "speechModel", SPEECH_MODEL, warn=TwimlCode.GATHER_MODEL, summary="which model listens. Default: any"
    )
    enhanced: bool = attribute(
        "enhanced",
        TRUTH,
        default=False,
        warn=TwimlCode.GATHER_MODEL,
        summary="whether phone_call is used at its best, as it always is here",
    )
    partial_result_callback: str | None = attribute(
        "partialResultCallback",
        URL,
        warn=TwimlCode.INVALID_URL,
        summary="told what is understood while the caller speaks; its answer is ignored",
    )
    partial_result_callback_method: str = attribute(
        "partialResultCallbackMethod",
        one_of("GET", "POST"),
        default="POST",
        warn=TwimlCode.GATHER_PARTIAL_METHOD,
        summary="how it is requested",
    )
    debug: bool | None = attribute("debug", TRUTH, summary="without effect")

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        yield from self.without_action(self.action, url)
        for part in self.content:
            if isinstance(part, Play) and part.digits:
                yield part.warning(TwimlCode.GATHER_PLAY, "<Play> in <Gather> cannot send digits; it is skipped.")
        if "speech" in self.input:
            yield from self._check_speech()

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        prompts = [await cast("Prompt", part).prompt(call) for part in self.content]
        collected, said = await self._listened(call, [source for sources in prompts for source in sources])
        call.note(_outcome(collected, said))
        is_empty = not collected.digits and not said.text
        if is_empty and not self.action_on_empty_result:
            return FALL_THROUGH
        return GoTo(self.action or "", self.method, _params(collected, said, takes_keys=self._takes_keys))

    async def _listened(self, call: VoiceCall, sources: list[AnySource]) -> tuple[Collected, Said]:
        """What came, keys or speech."""
        if "speech" not in self.input:
            return await self._collected(call, self._command(sources)), Said()
        async with AsyncExitStack() as stack:
            try:
                speech = await stack.enter_async_context(call.listening.understand(self._ears))
            except NotUnderstoodError as error:
                call.fail(self, error)
                return await self._without_speech(call, sources), Said()
            collected = await self._collected(call, self._command(sources, self._end_of_speech))
            return collected, await self._said(call, speech) if collected.spoke else Said()

    async def _said(self, call: VoiceCall, speech: Speech) -> Said:
        try:
            return await speech.said()
        except NotUnderstoodError as error:
            call.fail(self, error)
            return Said()

    async def _without_speech(self, call: VoiceCall, sources: list[AnySource]) -> Collected:
        """Nobody understands speech: keys are still taken where they may be, and the prompts are heard."""
        if self._takes_keys:
            return await self._collected(call, self._command(sources))
        for source in sources:
            await self.play(call, source, times=1)
        return Collected("", "timeout")

    async def _collected(self, call: VoiceCall, command: Collect) -> Collected:
        """Where a prompt cannot be played, what comes is taken without."""
        try:
            return await call.leg.collect(command)
        except OSError as error:
            call.fail(self, SoundError(int(TwimlCode.PLAY_CONTENT), str(error)))
            return await call.leg.collect(replace(command, sources=[]))

    def _command(self, sources: Sequence[AnySource], speech: SpeechEnd | None = None) -> Collect:
        return Collect(
            leg=0,
            op=0,
            sources=list(sources),
            most=self.num_digits or 0,
            finish=self.finish_on_key,
            first_ms=self.timeout * 1_000,
            between_ms=self.timeout * 1_000,
            barge_in=self.barge_in,
            speech=speech,
            keys=self._takes_keys,
        )

    @property
    def _takes_keys(self) -> bool:
        return "dtmf" in self.input

    @property
    def _end_of_speech(self) -> SpeechEnd:
        silence = self.timeout * 1_000 if self.speech_timeout is None else self.speech_timeout
        return SpeechEnd(end_ms=max(silence, FIRST_PAUSE), most_ms=self.max_speech_time * 1_000)

    @property
    def _ears(self) -> Ears:
        return Ears(
            language=self._language,
            hints=self.hints,
            model=self.speech_model or "",
            profanity_filter=self.profanity_filter,
            partials=StatusCallback(url=self.partial_result_callback or "", method=self.partial_result_callback_method),
        )

    @property
    def _language(self) -> str:
        if self.language.casefold() == ANY_LANGUAGE and self.speech_model != KNOWS_ANY_LANGUAGE:
            return "en-US"
        return self.language

    def _check_speech(self) -> Iterator[TwimlWarning]:
        """Attributes that do not go together; the documentation has it of each pair."""
        if self._language != self.language:
            sentence = f"language {ANY_LANGUAGE} is for {KNOWS_ANY_LANGUAGE}; en-US is used."
            yield self.warning(TwimlCode.GATHER_LANGUAGE, sentence)
        if self.speech_timeout == FIRST_PAUSE and self.speech_model not in (None, "default"):
            sentence = f"speechTimeout auto is not for {self.speech_model}, which wants seconds; auto is used."
            yield self.warning(TwimlCode.GATHER_AUTO, sentence)
        if self.enhanced and self.speech_model != "phone_call":
            yield self.warning(TwimlCode.GATHER_MODEL, "enhanced is for the model phone_call; it is ignored.")

    @property
    def sentence(self) -> str:
        most = f"up to {self.num_digits} " if self.num_digits else ""
        wanted = {"speech": "speech", "dtmf": f"{most}keys"}
        return f"<Gather> waits for {' or '.join(wanted[word] for word in wanted if word in self.input)}"


def _params(collected: Collected, said: Said, *, takes_keys: bool) -> dict[str, str]:
    """What the action is told."""
    if said.text:
        confidence = {} if said.confidence is None else {"Confidence": f"{said.confidence:.4g}"}
        return {"SpeechResult": said.text, **confidence}
    params = {"Digits": collected.digits} if takes_keys else {}
    if collected.key:
        params["FinishedOnKey"] = collected.key
    return params


def _outcome(collected: Collected, said: Said) -> str:
    ends = {"most": "that is all of them", "finish": f"{collected.key} ended them", "timeout": "then nothing more"}
    if collected.spoke:
        return f"Speech was understood: {len(said.text)} characters" if said.text else "Speech was not understood"
    if not collected.digits:
        return "Nothing came" if collected.why == "timeout" else "No key was pressed but the one that ends"
    return f"{len(collected.digits)} keys were pressed, {ends.get(collected.why, collected.why)}"
