"""`<Conference>`: the caller takes part in a conference."""

from collections.abc import Iterable
from dataclasses import dataclass

from hookflash.domain.conference import (
    LONGEST_LABEL,
    LONGEST_NAME,
    MOST_PARTICIPANTS,
    REGION,
    ConferenceEvent,
    ConferenceOptions,
    NotAdmittedError,
    Seat,
    is_label,
)
from hookflash.domain.sids import is_sid
from hookflash.domain.waiting import HOLD_MUSIC
from hookflash.twiml.conferring import ConferencePlan
from hookflash.twiml.declaration import TEXT, URL, ValueKind, attribute, one_of, verb
from hookflash.twiml.kinds import TRUTH, whole, words_of
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.nouns import METHOD, LoneNoun
from hookflash.twiml.verbs.record import RECORDING_EVENTS
from hookflash.twiml.voice import Dialled, DialPlan, StatusCallback, VoiceCall

REGIONS = ("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1")
ABANDONED = frozenset({
    TwimlCode.CONFERENCE_LABEL_USED,
    TwimlCode.CONFERENCE_COACH,
    TwimlCode.COACHED_ABSENT,
    TwimlCode.COACHED_ON_HOLD,
})  #: what the `<Dial>` is passed over for, its action too  # fmt: skip


def _label(text: str) -> str:
    if not is_label(text.strip()):
        raise ValueError(f"must have 1 to {LONGEST_LABEL} characters, no / among them, and be no SID of a call")
    return text.strip()


def _call_sid(text: str) -> str:
    if not is_sid(text.strip(), "CA"):
        raise ValueError("must be the SID of a call")
    return text.strip()


@verb("Conference", text=f"the name of the conference, of 1 to {LONGEST_NAME} characters")
@dataclass(frozen=True, kw_only=True, slots=True)
class Conference(LoneNoun):
    """Lets the caller take part in a conference, which begins with the first who names it."""

    muted: bool = attribute(
        "muted", TRUTH, default=False, warn=TwimlCode.CONFERENCE_MUTED, summary="whether nobody hears the caller"
    )
    beep: str = attribute(
        "beep",
        one_of("true", "false", "onEnter", "onExit"),
        default="true",
        warn=TwimlCode.CONFERENCE_BEEP,
        summary="whether all hear a beep when the caller comes and goes",
    )
    start_conference_on_enter: bool = attribute(
        "startConferenceOnEnter",
        TRUTH,
        default=True,
        warn=TwimlCode.CONFERENCE_STARTS,
        summary="whether two, of whom the caller is one, may begin; until then they wait",
    )
    end_conference_on_exit: bool = attribute(
        "endConferenceOnExit",
        TRUTH,
        default=False,
        warn=TwimlCode.CONFERENCE_ENDS,
        summary="whether the conference is over for all when the caller leaves",
    )
    participant_label: str | None = attribute(
        "participantLabel",
        ValueKind(f"text of 1 to {LONGEST_LABEL} characters without /, and no SID of a call", _label),
        refuse=TwimlCode.CONFERENCE_LABEL,
        summary="a name of the caller, unlike all others in the conference; REST takes it for the SID of the call",
    )
    jitter_buffer_size: str = attribute(
        "jitterBufferSize",
        one_of("small", "medium", "large", "off"),
        default="large",
        summary="how far the buffer may grow that evens out the caller's line: to 60, 120 or 240 ms, or none at all",
    )
    wait_url: str = attribute(
        "waitUrl",
        URL,
        default=HOLD_MUSIC,
        warn=TwimlCode.CONFERENCE_WAIT_URL,
        summary="what the caller hears before the start: a sound, or a document with `<Say>`, `<Play>`, `<Pause>` and "
        "`<Redirect>`, which is not repeated by itself. Empty: silence",
    )
    wait_method: str = attribute(
        "waitMethod",
        METHOD,
        default="POST",
        warn=TwimlCode.CONFERENCE_WAIT_METHOD,
        summary="how `waitUrl` is requested; the default music by GET",
    )
    max_participants: int = attribute(
        "maxParticipants",
        whole(1, MOST_PARTICIPANTS),
        default=MOST_PARTICIPANTS,
        summary="how many may take part. Who comes first decides",
    )
    record: str = attribute(
        "record",
        one_of("do-not-record", "record-from-start"),
        default="do-not-record",
        summary="whether all is recorded, in one channel, from the start on. Who comes first decides",
    )
    region: str = attribute(
        "region", one_of(*REGIONS), default=REGION, summary="shown by REST; all is mixed here. Who comes first decides"
    )
    trim: str = attribute(
        "trim",
        one_of("trim-silence", "do-not-trim"),
        default="trim-silence",
        warn=TwimlCode.CONFERENCE_TRIM,
        summary="whether silence at both ends of the recording is cut. Who comes first decides",
    )
    coach: str | None = attribute(
        "coach",
        ValueKind("the SID of a call", _call_sid),
        refuse=TwimlCode.CONFERENCE_COACH,
        summary="the participant who alone hears the caller",
    )
    status_callback_event: tuple[str, ...] = attribute(
        "statusCallbackEvent",
        words_of(*(event.value for event in ConferenceEvent)),
        default=(),
        summary="of which events `statusCallback` is told. Who comes first decides",
    )
    status_callback: str | None = attribute(
        "statusCallback",
        URL,
        warn=TwimlCode.INVALID_URL,
        summary="told of the conference's events. Who comes first decides",
    )
    status_callback_method: str = attribute(
        "statusCallbackMethod", METHOD, default="POST", summary="how `statusCallback` is requested"
    )
    recording_status_callback: str | None = attribute(
        "recordingStatusCallback",
        URL,
        warn=TwimlCode.RECORDING_CALLBACK,
        summary="told of the recording's events. Who comes first decides",
    )
    recording_status_callback_method: str = attribute(
        "recordingStatusCallbackMethod", METHOD, default="POST", summary="how it is requested"
    )
    recording_status_callback_event: tuple[str, ...] = attribute(
        "recordingStatusCallbackEvent", RECORDING_EVENTS, default=("completed",), summary="of which events"
    )
    recording_configuration_id: str | None = attribute("recordingConfigurationId", TEXT, summary="without effect")
    event_callback_url: str | None = attribute(
        "eventCallbackUrl",
        URL,
        warn=TwimlCode.INVALID_URL,
        summary="told of the end of the recording, as old applications are. Who comes first decides",
    )

    @property
    def _is_named(self) -> bool:
        return 1 <= len(self.text) <= LONGEST_NAME

    def problems(self) -> Iterable[TwimlWarning]:
        if not self._is_named:
            sentence = f"The name of a <Conference> has 1 to {LONGEST_NAME} characters; nobody can take part in it."
            yield self.warning(TwimlCode.CONFERENCE_NAME, sentence)

    async def join(self, call: VoiceCall, plan: DialPlan) -> Dialled | None:
        if not self._is_named:
            return Dialled(status="failed")
        try:
            return await call.confer(self._plan, plan.talk)
        except NotAdmittedError as refusal:
            code = TwimlCode(refusal.code)
            call.warn(self.warning(code, refusal.sentence))
            return None if code in ABANDONED else Dialled(status="failed")

    @property
    def _plan(self) -> ConferencePlan:
        return ConferencePlan(
            name=self.text,
            seat=Seat(
                label=self.participant_label,
                muted=self.muted,
                beep=self.beep,
                starts=self.start_conference_on_enter,
                ends=self.end_conference_on_exit,
                coaches=self.coach,
                jitter=self.jitter_buffer_size,
                wait_url=self.wait_url,
                wait_method="GET" if self.wait_url == HOLD_MUSIC else self.wait_method,
            ),
            options=ConferenceOptions(
                most=self.max_participants, region=self.region, record=self.record == "record-from-start"
            ),
            callback=StatusCallback(
                url=self.status_callback or "",
                method=self.status_callback_method,
                events=self.status_callback_event,
            ),
            recording_callback=StatusCallback(
                url=self.recording_status_callback or "",
                method=self.recording_status_callback_method,
                events=self.recording_status_callback_event,
            ),
            trim=self.trim == "trim-silence",
            event_callback_url=self.event_callback_url or "",
        )
