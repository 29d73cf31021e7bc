"""A call whose other end is a script, for documents on a loop whose clock jumps."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from hookflash.domain.speech import Utterance
from hookflash.switch.protocol import AnySource, File, Record
from hookflash.testing.leg import NamedSpeech, ScriptedLeg
from hookflash.testing.loop import run_jumping
from hookflash.twiml.channels import VOICE
from hookflash.twiml.conferring import ConferencePlan
from hookflash.twiml.document import Channel
from hookflash.twiml.listening import Listening
from hookflash.twiml.parse import parse_document
from hookflash.twiml.paying import Till
from hookflash.twiml.problems import TwimlWarning
from hookflash.twiml.queueing import Queueing
from hookflash.twiml.voice import (
    Dialled,
    DialPlan,
    Next,
    Recording,
    RecordingPlan,
    SoundError,
    StatusCallback,
    TalkPlan,
    Text,
    VoiceVerb,
    run_voice,
)

HERE = "https://app.example/voice"
Script = Callable[[ScriptedLeg], object]


@dataclass
class ScriptedCall:
    """The `VoiceCall` of a verb's test."""

    leg: ScriptedLeg
    url: str | None = HERE
    caller: str = "+14155551212"
    ours: str = "+14155550100"
    speech: NamedSpeech = field(default_factory=NamedSpeech)
    broken: dict[str, SoundError] = field(default_factory=dict)  #: by URL or text
    warnings: list[TwimlWarning] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    plans: list[RecordingPlan] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    text_answer: tuple[str | None, str] = ("SM1", "sending")

    def began(self, verb: VoiceVerb) -> None:
        self.notes.append(verb.sentence)

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)

    def warn(self, warning: TwimlWarning) -> None:
        self.warnings.append(warning)

    def fail(self, verb: VoiceVerb, error: SoundError) -> None:
        self.failures.append(error.code)

    async def answer(self) -> None:
        if not self.leg.is_answered:
            await self.leg.answer()

    async def say(self, utterance: Utterance) -> AnySource:
        self._check(utterance.text)
        return await self.speech.say(utterance)

    async def sound(self, url: str) -> AnySource:
        self._check(url)
        return File(path=url)

    def _check(self, name: str) -> None:
        if name in self.broken:
            raise self.broken[name]

    @property
    def listening(self) -> Listening:
        raise NotImplementedError("who listens is tested with the calls that are listened to")

    async def record(self, plan: RecordingPlan) -> Recording:
        self.plans.append(plan)
        recorded = await self.leg.record(
            Record(
                leg=0,
                op=0,
                path="",
                beep=plan.beep,
                most_ms=plan.most_ms,
                silence_ms=plan.silence_ms,
                finish=plan.finish,
                trim=plan.trim,
            )
        )
        seconds = round(recorded.ms / 1_000)
        return Recording(sid="RE1", url="https://here.example/RE1", seconds=seconds, why=recorded.why, key=recorded.key)

    async def may_show(self, caller_id: str) -> bool:
        return caller_id in (self.caller, self.ours)

    async def dial(self, plan: DialPlan) -> Dialled:
        raise NotImplementedError("a <Dial> is tested with the calls that it makes")

    async def confer(self, plan: ConferencePlan, talk: TalkPlan) -> Dialled:
        raise NotImplementedError("a <Conference> is tested with the calls that are in it")

    def till(self, callback: StatusCallback) -> Till:
        raise NotImplementedError("a <Pay> is tested with the call that it belongs to")

    @property
    def queues(self) -> Queueing:
        raise NotImplementedError("queues are tested with the calls that wait in them")

    async def send_text(self, text: Text) -> tuple[str | None, str]:
        self.texts.append(text)
        return self.text_answer


@dataclass
class Played:
    """What came of a document."""

    call: ScriptedCall
    next: Next
    took: float  #: seconds
    answered_at: float | None

    @property
    def heard(self) -> list[str]:
        return self.call.leg.heard

    @property
    def codes(self) -> list[int]:
        return [int(warning.code) for warning in self.call.warnings]


def play(
    verbs: str,
    script: Script = lambda leg: None,
    *,
    prepare: Callable[[ScriptedCall], object] = lambda call: None,
    channel: Channel = VOICE,
) -> Played:
    """Run a document for a caller who does what `script` says. Raises HungUp when the caller's end interrupts it."""

    async def run() -> Played:
        leg = ScriptedLeg()
        script(leg)
        call = ScriptedCall(leg)
        prepare(call)
        document = parse_document(f"<Response>{verbs}</Response>".encode(), channel)
        call.warnings += document.warnings
        began = asyncio.get_running_loop().time()
        end = await run_voice(document, call)
        took = asyncio.get_running_loop().time() - began
        answered = next((at for at, what in leg.diary if what == "answered"), None)
        return Played(call, end, round(took, 3), answered)

    return run_jumping(run())
