"""`<Gather>`: keys that the caller presses, asked for by what is nested in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, cast

from hookflash.switch.leg import Collected
from hookflash.switch.protocol import AnySource, Collect
from hookflash.twiml.declaration import TEXT, URL, ValueKind, attribute, one_of, verb
from hookflash.twiml.kinds import KEYS, TRUTH, whole
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.pause import Pause
from hookflash.twiml.verbs.play import Play
from hookflash.twiml.verbs.say import Say
from hookflash.twiml.voice import FALL_THROUGH, GoTo, Next, SoundError, VoiceCall, VoiceVerb


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


def _input(text: str) -> str:
    words = text.split()
    if not words or set(words) - {"dtmf", "speech"}:
        raise ValueError("must be dtmf")
    if "speech" in words:
        raise ValueError("cannot name speech yet: recognition of speech comes with a later version, keys are taken")
    return "dtmf"


_SECONDS = whole(0, unit="seconds")
_HINTS = 500
_HINT = 100  # characters


def _hints(text: str) -> str:
    phrases = text.split(",")
    if len(phrases) > _HINTS or any(len(phrase) > _HINT for phrase in phrases):
        raise ValueError(f"must be at most {_HINTS} phrases of at most {_HINT} characters, with commas between")
    return text.strip()


@verb("Gather", children=(Say, Play, Pause), stranger=TwimlCode.GATHER_ELEMENT)
@dataclass(frozen=True, kw_only=True, slots=True)
class Gather(VoiceVerb):
    """Takes keys from the caller, and goes on with a document that is told them."""

    action: str | None = attribute(
        "action", URL, refuse=TwimlCode.INVALID_URL, summary="told the keys. Default: the document itself"
    )
    method: str = attribute(
        "method",
        one_of("GET", "POST"),
        default="POST",
        warn=TwimlCode.GATHER_METHOD,
        summary="how `action` is requested",
    )
    input: str = attribute(
        "input",
        ValueKind("dtmf", _input),
        default="dtmf",
        warn=TwimlCode.GATHER_INPUT,
        summary="what is taken. Speech comes with a later version",
    )
    timeout: int = attribute(
        "timeout",
        ValueKind("whole number of at least 0 seconds, or auto", _timeout),
        default=5,
        warn=TwimlCode.GATHER_TIMEOUT,
        summary="how long to wait for a key: from the end of what is nested, and after each key",
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
        summary="whether `action` is requested when nothing was pressed",
    )
    barge_in: bool = attribute(
        "bargeIn",
        TRUTH,
        default=True,
        warn=TwimlCode.GATHER_BARGE_IN,
        summary="whether the first key stops what is nested",
    )
    speech_timeout: str | None = attribute(
        "speechTimeout", TEXT, warn=TwimlCode.GATHER_SPEECH_TIMEOUT, summary="for speech, later"
    )
    max_speech_time: int | None = attribute(
        "maxSpeechTime",
        whole(1, unit="seconds"),
        warn=TwimlCode.GATHER_MAX_SPEECH_TIME,
        summary="for speech, later",
    )
    language: str | None = attribute("language", TEXT, warn=TwimlCode.GATHER_LANGUAGE, summary="for speech, later")
    hints: str | None = attribute(
        "hints",
        ValueKind(f"at most {_HINTS} phrases, with commas between", _hints),
        warn=TwimlCode.GATHER_HINTS,
        summary="for speech, later",
    )
    profanity_filter: bool | None = attribute(
        "profanityFilter", TRUTH, warn=TwimlCode.GATHER_PROFANITY, summary="for speech, later"
    )
    speech_model: str | None = attribute("speechModel", TEXT, warn=TwimlCode.GATHER_MODEL, summary="for speech, later")
    enhanced: bool | None = attribute("enhanced", TRUTH, warn=TwimlCode.GATHER_MODEL, summary="for speech, later")
    partial_result_callback: str | None = attribute(
        "partialResultCallback", URL, warn=TwimlCode.INVALID_URL, summary="for speech, later"
    )
    partial_result_callback_method: str | None = attribute(
        "partialResultCallbackMethod",
        one_of("GET", "POST"),
        warn=TwimlCode.GATHER_PARTIAL_METHOD,
        summary="for speech, later",
    )
    debug: bool | None = attribute("debug", TRUTH, summary="without effect")

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        yield from self.without_action(self.action, url)
        for part in self.content:
            if isinstance(part, Play) and part.digits:
                yield part.warning(TwimlCode.GATHER_PLAY, "<Play> in <Gather> cannot send digits; it is skipped.")

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        prompts = [await cast("Prompt", part).prompt(call) for part in self.content]
        collected = await self._collected(call, [source for sources in prompts for source in sources])
        call.note(_outcome(collected))
        if not collected.digits and not self.action_on_empty_result:
            return FALL_THROUGH
        params = {"Digits": collected.digits}
        if collected.key:
            params["FinishedOnKey"] = collected.key
        return GoTo(self.action or "", self.method, params)

    async def _collected(self, call: VoiceCall, sources: list[AnySource]) -> Collected:
        """The keys; where a prompt cannot be played, they are taken without."""
        try:
            return await call.leg.collect(self._command(sources))
        except OSError as error:
            call.fail(self, SoundError(int(TwimlCode.PLAY_CONTENT), str(error)))
            return await call.leg.collect(self._command([]))

    def _command(self, sources: list[AnySource]) -> Collect:
        return Collect(
            leg=0,
            op=0,
            sources=sources,
            most=self.num_digits or 0,
            finish=self.finish_on_key,
            first_ms=self.timeout * 1_000,
            between_ms=self.timeout * 1_000,
            barge_in=self.barge_in,
        )

    @property
    def sentence(self) -> str:
        most = f" up to {self.num_digits}" if self.num_digits else ""
        return f"<Gather> waits for{most} keys"


def _outcome(collected: Collected) -> str:
    ends = {"most": "that is all of them", "finish": f"{collected.key} ended them", "timeout": "then nothing more"}
    if not collected.digits:
        return "No key was pressed" if collected.why == "timeout" else "No key was pressed but the one that ends"
    return f"{len(collected.digits)} keys were pressed, {ends.get(collected.why, collected.why)}"
