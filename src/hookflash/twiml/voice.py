"""What a document does that runs a call: each verb is a coroutine over a `VoiceCall`, and says what comes next.

Rule 1: a verb reads top to bottom. What it awaits ends with `HungUp` when the phone is gone; a cancellation ends it
when something else is to run, and stops what it started.
Rule 2: a verb that makes the platform speak or listen first answers the call; those that may come before that do not.
Rule 3: verbs know neither SIP nor HTTP nor the store; they ask the call.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias, cast

from hookflash.domain.call_address import Callee
from hookflash.domain.speech import Utterance
from hookflash.switch.leg import Leg
from hookflash.switch.protocol import AnySource
from hookflash.twiml.declaration import Verb
from hookflash.twiml.document import Document
from hookflash.twiml.paying import Till
from hookflash.twiml.problems import TwimlCode, TwimlWarning

if TYPE_CHECKING:
    from hookflash.twiml.conferring import ConferencePlan
    from hookflash.twiml.listening import Listening
    from hookflash.twiml.queueing import Queueing

MOST_PLAYS = 1_000  # of what is looped without end

# --- What comes next ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FallThrough:
    """The next verb of the document; after its last one, the end."""


@dataclass(frozen=True, slots=True)
class GoTo:
    """Another document. On a phone that is gone its request is made too, and what it answers is not run."""

    url: str  #: as written: absolute, or relative to the document; empty: the document itself
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)  #: beside those of every request


@dataclass(frozen=True, slots=True)
class HangUp:
    """The end of this phone's call."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The end of a call that was not answered; of one that was, the same as `HangUp`."""

    reason: str  #: rejected or busy


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """The end of a wait, of whose documents this is one."""


Next: TypeAlias = FallThrough | GoTo | HangUp | Refuse | LeaveQueue

FALL_THROUGH = FallThrough()
LEAVE_QUEUE = LeaveQueue()


# --- What a verb asks of its call -----------------------------------------------------------------------------------


class SoundError(Exception):
    """Something that was to be heard cannot be: the code for the debugger, and a sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(f"{code}: {sentence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCallback:
    """Where the events of a recording or of a call go; `url` is as written."""

    url: str = ""  #: empty: nowhere
    method: str = "POST"
    events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPlan:
    """How a caller's message is recorded."""

    silence_ms: int  #: ends it; 0: no silence does
    most_ms: int
    finish: str  #: keys that end it
    beep: bool
    trim: bool
    callback: StatusCallback
    transcribe: bool = False  #: make a text of it afterwards
    transcribe_callback: str = ""  #: told the text; as written


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording that has ended."""

    sid: str
    url: str  #: without a suffix
    seconds: int
    why: str  #: silence, finish, most, stopped, hung_up
    key: str = ""  #: the one that finished it


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDetection:
    """How a person is told from an answering machine; times in ms."""

    until_end: bool = False  #: wait for the end of the machine's greeting
    timeout_ms: int = 30_000
    speech_ms: int = 2_400
    speech_end_ms: int = 1_200
    silence_ms: int = 5_000
    callback: StatusCallback = StatusCallback()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a noun of `<Dial>` rings, and how."""

    callee: Callee
    whisper_url: str | None = None  #: a document for the callee before the bridge
    whisper_method: str = "POST"
    callback: StatusCallback = StatusCallback()
    send_digits: str = ""  #: pressed once it is answered
    machine_detection: MachineDetection | None = None
    username: str = ""
    password: str = ""
    params: Mapping[str, str] = field(default_factory=dict)  #: for the requests of an application that is called
    copy_parent_to: bool = False  #: whether a called application sees whom the caller called, and not itself


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPlan:
    """How the caller of a `<Dial>` and whoever it finds speak."""

    limit_ms: int
    hangup_on_star: bool = False
    record: str = "do-not-record"  #: or record-from-answer, record-from-ringing, and the latter two with -dual
    record_track: str = "both"  #: or inbound, outbound
    trim: bool = False
    recording_callback: StatusCallback = StatusCallback()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPlan:
    """All that a `<Dial>` says."""

    targets: tuple[Target, ...]
    caller_id: str | None  #: None: the caller's own
    ring_ms: int
    sequential: bool
    answer_on_bridge: bool
    ring_tone: str  #: a country; empty: what the other side sends, or the usual one
    talk: TalkPlan
    transfer: GoTo | None = None  #: what runs when one of the two asks to have the other elsewhere; None: nothing does


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """How a `<Dial>` ended."""

    status: str  #: completed, busy, no-answer, failed, canceled
    sid: str | None = None  #: of the leg that answered, or of the last that was tried
    seconds: int | None = None  #: how long the two spoke; None when they never did, or one was sent elsewhere
    bridged: bool = False
    recording_url: str | None = None
    transfer: GoTo | None = None  #: where the caller goes, for the other has asked for it
    more: Mapping[str, str] = field(default_factory=dict)  #: that the action learns: DialSipCallId and so on

    @property
    def params(self) -> dict[str, str]:
        """What the action of the `<Dial>` learns."""
        params = {"DialCallStatus": self.status}
        if self.sid is not None:
            params["DialCallSid"] = self.sid
        if self.seconds is not None:
            params["DialCallDuration"] = str(self.seconds)
        params["DialBridged"] = "true" if self.bridged else "false"
        if self.recording_url is not None:
            params["RecordingUrl"] = self.recording_url
        return {**params, **self.more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A message that a call sends."""

    to: str
    from_: str
    body: str
    media_urls: tuple[str, ...] = ()  #: as written
    status_callback: str | None = None  #: as written


class VoiceCall(Protocol):
    """The call that a document runs, as its verbs see it."""

    @property
    def leg(self) -> Leg: ...

    @property
    def url(self) -> str | None:
        """Absolute, of the document under way; None for one that came without."""
        ...

    @property
    def caller(self) -> str:
        """Who is on the phone at the other side of this leg: E.164 or another address."""
        ...

    @property
    def ours(self) -> str:
        """The address of ours that this leg was called at or from."""
        ...

    def began(self, verb: "VoiceVerb") -> None:
        """A verb begins: it is told in the timeline. Raises HungUp when the phone is gone: then none does."""
        ...

    def note(self, sentence: str) -> None:
        """Tell in the timeline what became of a verb."""
        ...

    def warn(self, warning: TwimlWarning) -> None:
        """Something of the document is passed over."""
        ...

    def fail(self, verb: "VoiceVerb", error: SoundError) -> None:
        """Something that `verb` was to play cannot be; the call goes on without."""
        ...

    async def answer(self) -> None:
        """Take the call, unless it is answered."""
        ...

    async def say(self, utterance: Utterance) -> AnySource:
        """The speech, to be played once: the next time it may be another source. Raises SoundError."""
        ...

    async def sound(self, url: str) -> AnySource:
        """The sound file at `url` (as written), to be played. Raises SoundError."""
        ...

    @property
    def listening(self) -> "Listening":
        """Who understands the caller, and what listens beside the document."""
        ...

    async def record(self, plan: RecordingPlan) -> Recording:
        """Record what the caller says until something ends it; a hang-up is one of the ends."""
        ...

    async def may_show(self, caller_id: str) -> bool:
        """Whether a call that this one dials may show `caller_id`."""
        ...

    async def confer(self, plan: "ConferencePlan", talk: TalkPlan) -> Dialled:
        """Take part in a conference until something ends that: the caller's hang-up, `talk`, REST, or the conference.

        Raises NotAdmittedError.
        """
        ...

    async def dial(self, plan: DialPlan) -> Dialled:
        """Ring the targets and join the one that answers first with this leg. The caller's hang-up is one of the ends.

        With `answer_on_bridge` the call is answered by this.
        """
        ...

    def till(self, callback: StatusCallback) -> Till:
        """Somebody to take a payment of this call, who tells `callback`."""
        ...

    @property
    def queues(self) -> "Queueing":
        """Where this call can wait, and take others who do."""
        ...

    async def send_text(self, text: Text) -> tuple[str | None, str]:
        """Send a message; returns its SID, and `sending` or, without a SID, `invalid`."""
        ...


# --- Verbs and documents --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceVerb(Verb):
    """A verb of this channel: one step of a call."""

    is_heard: ClassVar[bool] = (
        True  #: False: it takes no time, and documents of such verbs alone may go round in a ring
    )

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        """What is wrong with it that no attribute shows alone; `url` is that of its document, None where it has none.

        Told when the verb begins, and by whoever only reads the document.
        """
        return iter(())

    def is_usable(self, call: VoiceCall) -> bool:
        """Tell what is wrong with it; False when it is to be passed over."""
        warnings = tuple(self.check(call.url))
        for warning in warnings:
            call.warn(warning)
        return not any(warning.skips for warning in warnings)

    async def run(self, call: VoiceCall) -> Next:
        """Do it, and say what comes next; it has been checked."""
        raise NotImplementedError

    async def play(self, call: VoiceCall, source: AnySource, *, times: int) -> None:
        """Let the caller hear it; what cannot be played is told, and passed over."""
        try:
            await call.leg.play([source], loop=times)
        except OSError as error:
            call.fail(self, SoundError(int(TwimlCode.PLAY_CONTENT), str(error)))

    @property
    def sentence(self) -> str:
        """What it does, for the timeline."""
        return f"{self.name} begins"

    @property
    def name(self) -> str:
        return f"<{self.declaration.name}>"

    def skipped(self, code: TwimlCode, reason: str) -> TwimlWarning:
        """A warning that this verb is passed over, because of `reason`: a sentence without its end."""
        return TwimlWarning(code, f"{reason}; the verb is skipped.", self.line, self.column, skips=True)

    def without_action(self, action: str | None, url: str | None) -> Iterator[TwimlWarning]:
        """What is wrong when `action` is left to the document itself, and that has no URL."""
        if action is None and url is None:
            reason = f"{self.name} needs an action here: this document has no URL of its own"
            yield self.skipped(TwimlCode.INVALID_URL, reason)


async def run_voice(document: Document, call: VoiceCall) -> Next:
    """Run the verbs of `document` from the top; falls through at its end."""
    for verb in cast("Sequence[VoiceVerb]", document.verbs):
        call.began(verb)
        step = await verb.run(call) if verb.is_usable(call) else FALL_THROUGH
        if not isinstance(step, FallThrough):
            return step
    return FALL_THROUGH


def plays(loop: int) -> int:
    """How often a verb with this `loop` plays: 0 means without end, which has one."""
    return min(loop or MOST_PLAYS, MOST_PLAYS)
