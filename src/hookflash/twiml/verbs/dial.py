"""`<Dial>`: other phones are rung, and the one that answers is joined with this one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hookflash.domain.call_address import CalleeKind
from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, one_of, verb
from hookflash.twiml.kinds import TRUTH, short_text, synonyms, whole, words_of
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.application import Application
from hookflash.twiml.verbs.client import Client
from hookflash.twiml.verbs.conference import Conference
from hookflash.twiml.verbs.nouns import METHOD, BadTargetError, LoneNoun, Noun
from hookflash.twiml.verbs.number import Number, number_of
from hookflash.twiml.verbs.queue import Queue
from hookflash.twiml.verbs.record import RECORDING_EVENTS
from hookflash.twiml.verbs.sim import Sim
from hookflash.twiml.verbs.sip import Sip
from hookflash.twiml.verbs.whats_app import WhatsApp
from hookflash.twiml.voice import (
    FALL_THROUGH,
    Dialled,
    DialPlan,
    GoTo,
    Next,
    StatusCallback,
    TalkPlan,
    Target,
    VoiceCall,
    VoiceVerb,
)

MOST_TARGETS = 10
LONGEST = 86_400  # seconds; the call ends earlier where the platform says so
USUAL_LONGEST = 14_400
RING_TONES = (
    "at", "au", "bg", "br", "be", "ch", "cl", "cn", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hu", "il", "in",
    "it", "lt", "jp", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt", "ru", "se", "sg", "th", "uk", "us", "us-old",
    "tw", "ve", "za",
)  # fmt: skip
RECORD_MODES = (
    "do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual", "record-from-ringing-dual",
)  # fmt: skip
_NAME = re.compile(r"(client:)?[A-Za-z0-9+_.-]{1,255}")  # what phones that are rung by a name may be shown


@dataclass(frozen=True, kw_only=True, slots=True)
class _Whom:
    """Whom a `<Dial>` reaches: phones, or what the caller is joined with instead; and what is wrong with them."""

    targets: tuple[Target, ...] = ()
    alone: LoneNoun | None = None
    warnings: tuple[TwimlWarning, ...] = ()


def _passed_over(part: Verb, alone: LoneNoun) -> TwimlWarning:
    sentence = f"<{part.declaration.name}> is passed over: <{alone.declaration.name}> stands alone."
    return TwimlWarning(TwimlCode.DIAL_MIXED, sentence, part.line, part.column)


@verb(
    "Dial",
    text="a phone number, a shorthand for one `<Number>`",
    children=(Number, Client, Sip, Application, Conference, Queue, Sim, WhatsApp),
    stranger=TwimlCode.DIAL_ELEMENT,
)
@dataclass(frozen=True, kw_only=True, slots=True)
class Dial(VoiceVerb):
    """Rings other phones, all at once, and joins the first that answers with the caller."""

    action: str | None = attribute(
        "action", URL, refuse=TwimlCode.INVALID_URL, summary="told how it ended. Default: the next verb runs"
    )
    method: str = attribute(
        "method", METHOD, default="POST", warn=TwimlCode.DIAL_METHOD, summary="how `action` is requested"
    )
    timeout: int = attribute(
        "timeout",
        whole(5, 600, unit="seconds"),
        default=30,
        warn=TwimlCode.DIAL_TIMEOUT,
        summary="how long the phones ring; some 5 seconds are added",
    )
    time_limit: int = attribute(
        "timeLimit",
        whole(1, LONGEST, unit="seconds"),
        default=USUAL_LONGEST,
        warn=TwimlCode.DIAL_TIME_LIMIT,
        summary="how long the two may speak",
    )
    caller_id: str | None = attribute(
        "callerId",
        TEXT,
        warn=TwimlCode.DIAL_CALLER_ID,
        summary="what the phones show: a number of yours, verified, or of this call; where only SIP addresses and "
        "clients are rung, any name of letters, digits and + - _ . Default: the caller's",
    )
    hangup_on_star: bool = attribute(
        "hangupOnStar",
        TRUTH,
        default=False,
        warn=TwimlCode.DIAL_HANGUP_ON_STAR,
        summary="whether the caller's * ends the other call",
    )
    answer_on_bridge: bool = attribute(
        "answerOnBridge",
        TRUTH,
        default=False,
        warn=TwimlCode.DIAL_ANSWER_ON_BRIDGE,
        summary="whether the caller hears ringing, unanswered, until somebody answers",
    )
    sequential: bool = attribute(
        "sequential",
        TRUTH,
        default=False,
        warn=TwimlCode.DIAL_SEQUENTIAL,
        summary="whether the phones ring one after the other",
    )
    ring_tone: str = attribute(
        "ringTone",
        one_of(*RING_TONES),
        default="",
        warn=TwimlCode.DIAL_RING_TONE,
        summary="the country whose ringing the caller hears. Default: what the other side sends",
    )
    record: str = attribute(
        "record",
        synonyms(one_of(*RECORD_MODES), true="record-from-answer", false="do-not-record"),
        default="do-not-record",
        warn=TwimlCode.DIAL_RECORD,
        summary="whether and since when it is recorded; `dual`: each side on a channel of its own",
    )
    recording_track: str = attribute(
        "recordingTrack", one_of("both", "inbound", "outbound"), default="both", summary="which side is recorded"
    )
    trim: str = attribute(
        "trim",
        one_of("trim-silence", "do-not-trim"),
        default="do-not-trim",
        summary="whether silence at both ends of the recording is cut",
    )
    recording_status_callback: str | None = attribute(
        "recordingStatusCallback", URL, warn=TwimlCode.RECORDING_CALLBACK, summary="told of the recording's events"
    )
    recording_status_callback_method: str = attribute(
        "recordingStatusCallbackMethod", METHOD, default="POST", summary="how it is requested"
    )
    recording_status_callback_event: tuple[str, ...] = attribute(
        "recordingStatusCallbackEvent", RECORDING_EVENTS, default=("completed",), summary="of which events"
    )
    recording_configuration_id: str | None = attribute("recordingConfigurationId", TEXT, summary="without effect")
    call_reason: str | None = attribute("callReason", short_text(50), summary="without effect")
    refer_url: str | None = attribute(
        "referUrl",
        URL,
        warn=TwimlCode.INVALID_URL,
        summary="a document for one of the two, when the other asks to have it elsewhere (REFER). Default: that is "
        "refused",
    )
    refer_method: str = attribute("referMethod", METHOD, default="POST", summary="how `referUrl` is requested")
    events: tuple[str, ...] | None = attribute("events", words_of("call-progress-event"), summary="without effect")
    passports: str | None = attribute("passports", TEXT, summary="without effect")

    @property
    def is_last(self) -> bool:
        return self.action is not None

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        yield from self._whom.warnings

    async def run(self, call: VoiceCall) -> Next:
        whom = self._whom
        caller_id = await self._caller_id(call, whom.targets)
        if not self.answer_on_bridge:
            await call.answer()
        plan = self._plan(whom.targets, caller_id)
        if whom.alone is not None:
            found = await whom.alone.join(call, plan)
            if found is None:
                return FALL_THROUGH
            dialled = found
        else:
            dialled = await call.dial(plan) if whom.targets else Dialled(status="failed")
        call.note(_outcome(dialled))
        if dialled.transfer is not None:
            return dialled.transfer
        if self.action is None:
            return FALL_THROUGH
        return GoTo(self.action, self.method, dialled.params)

    @property
    def _whom(self) -> "_Whom":
        alone = next((part for part in self.content if isinstance(part, LoneNoun)), None)
        if alone is not None:
            beside = [part for part in self.content if isinstance(part, Verb) and part is not alone]
            warnings = (*(_passed_over(part, alone) for part in beside), *alone.problems())
            return _Whom(alone=alone, warnings=warnings)
        nouns = [part for part in self.content if isinstance(part, Noun)]
        if not nouns and not self.text:
            return _Whom(warnings=(self.warning(TwimlCode.DIAL_ELEMENT, "<Dial> names nobody who can be rung."),))
        return self._rung(nouns or [Number(line=self.line, column=self.column, content=(self.text,))])

    def _rung(self, nouns: Iterable[Noun]) -> "_Whom":
        targets: list[Target] = []
        warnings: list[TwimlWarning] = []
        for noun in nouns:
            try:
                targets.append(noun.target())
            except BadTargetError as reason:
                sentence = f"<{noun.declaration.name}> {reason}; it is not rung."
                warnings.append(TwimlWarning(reason.code, sentence, noun.line, noun.column))
        application = next((target for target in targets if target.callee.kind is CalleeKind.APPLICATION), None)
        if application is not None and len(targets) > 1:
            sentence = "<Application> stands alone in a <Dial>: nobody else is rung."
            warnings.append(self.warning(TwimlCode.DIAL_MIXED, sentence))
            targets = [application]
        if len(targets) > MOST_TARGETS:
            sentence = f"<Dial> names {len(targets)} phones; the first {MOST_TARGETS} are rung."
            warnings.append(self.warning(TwimlCode.DIAL_TOO_MANY, sentence))
        return _Whom(targets=tuple(targets[:MOST_TARGETS]), warnings=tuple(warnings))

    async def _caller_id(self, call: VoiceCall, targets: tuple[Target, ...]) -> str | None:
        """What the phones show; None for what the caller shows."""
        if self.caller_id is None:
            return None
        try:
            wanted = number_of(self.caller_id).text
        except BadTargetError:
            wanted = self.caller_id
        is_named = all(target.callee.kind in (CalleeKind.SIP, CalleeKind.CLIENT) for target in targets)
        if (is_named and _NAME.fullmatch(wanted)) or await call.may_show(wanted):
            return wanted
        sentence = "callerId of <Dial> must be a number of this call, of the account or verified; its default is used."
        call.warn(self.warning(TwimlCode.DIAL_CALLER_ID, sentence))
        return None

    def _plan(self, targets: tuple[Target, ...], caller_id: str | None) -> DialPlan:
        return DialPlan(
            targets=targets,
            caller_id=caller_id,
            ring_ms=self.timeout * 1_000,
            sequential=self.sequential,
            answer_on_bridge=self.answer_on_bridge,
            ring_tone=self.ring_tone,
            talk=self._talk_plan,
            transfer=GoTo(self.refer_url, self.refer_method) if self.refer_url else None,
        )

    @property
    def _talk_plan(self) -> TalkPlan:
        return TalkPlan(
            limit_ms=self.time_limit * 1_000,
            hangup_on_star=self.hangup_on_star,
            record=self.record,
            record_track=self.recording_track,
            trim=self.trim == "trim-silence",
            recording_callback=StatusCallback(
                url=self.recording_status_callback or "",
                method=self.recording_status_callback_method,
                events=self.recording_status_callback_event,
            ),
        )

    @property
    def sentence(self) -> str:
        return "<Dial> rings other phones"


def _outcome(dialled: Dialled) -> str:
    if dialled.seconds is not None:
        return f"<Dial> ended as {dialled.status} after {dialled.seconds} s of speaking"
    return f"<Dial> ended as {dialled.status}"
