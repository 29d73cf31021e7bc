"""`<Record>`: what the caller says, kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from hookflash.domain.transcription import LONGEST as LONGEST_TRANSCRIBED
from hookflash.twiml.declaration import TEXT, URL, attribute, one_of, verb
from hookflash.twiml.kinds import KEYS, TRUTH, keys_of, whole, words_of
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.voice import GoTo, Next, RecordingPlan, StatusCallback, VoiceCall, VoiceVerb

LONGEST = 14_400  # seconds
USUAL = 3_600  # seconds
_TRANSCRIBED = LONGEST_TRANSCRIBED // 1_000
RECORDING_EVENTS = words_of("in-progress", "completed", "absent")


@verb("Record")
@dataclass(frozen=True, kw_only=True, slots=True)
class Record(VoiceVerb):
    """Records the caller, and goes on with a document that is told where the recording is."""

    action: str | None = attribute(
        "action", URL, refuse=TwimlCode.INVALID_URL, summary="told of the recording. Default: the document itself"
    )
    method: str = attribute(
        "method",
        one_of("GET", "POST"),
        default="POST",
        warn=TwimlCode.RECORD_METHOD,
        summary="how `action` is requested",
    )
    timeout: int = attribute(
        "timeout",
        whole(0, unit="seconds"),
        default=5,
        warn=TwimlCode.RECORD_TIMEOUT,
        summary="how many seconds of silence end it; 0: none do",
    )
    finish_on_key: str = attribute(
        "finishOnKey",
        keys_of(KEYS, "keys of 0-9 # *, or empty"),
        default="1234567890*#",
        warn=TwimlCode.RECORD_FINISH_KEY,
        summary="keys that end it; empty: none",
    )
    max_length: int = attribute(
        "maxLength",
        whole(2, LONGEST, unit="seconds"),
        default=USUAL,
        warn=TwimlCode.RECORD_MAX_LENGTH,
        summary="how many seconds it may have",
    )
    play_beep: bool = attribute(
        "playBeep", TRUTH, default=True, warn=TwimlCode.RECORD_BEEP, summary="whether a beep is heard before it"
    )
    trim: str = attribute(
        "trim",
        one_of("trim-silence", "do-not-trim"),
        default="trim-silence",
        warn=TwimlCode.RECORD_TRIM,
        summary="whether silence at both ends is cut",
    )
    recording_status_callback: str | None = attribute(
        "recordingStatusCallback", URL, warn=TwimlCode.RECORDING_CALLBACK, summary="told of the recording's events"
    )
    recording_status_callback_method: str = attribute(
        "recordingStatusCallbackMethod",
        one_of("GET", "POST"),
        default="POST",
        warn=TwimlCode.RECORD_METHOD,
        summary="how it is requested",
    )
    recording_status_callback_event: tuple[str, ...] = attribute(
        "recordingStatusCallbackEvent",
        RECORDING_EVENTS,
        default=("completed",),
        refuse=TwimlCode.RECORD_EVENTS,
        summary="of which events",
    )
    transcribe: bool = attribute(
        "transcribe",
        TRUTH,
        default=False,
        warn=TwimlCode.RECORD_TRANSCRIBE,
        summary="whether a text is made of it; it then has at most 120 s",
    )
    transcribe_callback: str | None = attribute(
        "transcribeCallback", URL, warn=TwimlCode.TRANSCRIBE_CALLBACK, summary="told the text once it is there"
    )
    recording_configuration_id: str | None = attribute("recordingConfigurationId", TEXT, summary="without effect")

    @property
    def is_last(self) -> bool:
        return True

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        yield from self.without_action(self.action, url)
        if self.transcribe and self.max_length > _TRANSCRIBED and self.max_length != USUAL:  # not by default
            sentence = f"Recordings of at most {_TRANSCRIBED} s are transcribed; this one ends then."
            yield self.warning(TwimlCode.RECORD_TOO_LONG, sentence)

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        recording = await call.record(self._plan)
        call.note(f"{recording.seconds} s were recorded, until {_ENDS.get(recording.why, 'something ended it')}")
        params = {
            "RecordingUrl": recording.url,
            "RecordingSid": recording.sid,
            "RecordingDuration": str(recording.seconds),
        }
        if recording.why == "hung_up":
            params["Digits"] = "hangup"
        elif recording.key:
            params["Digits"] = recording.key
        return GoTo(self.action or "", self.method, params)

    @property
    def _plan(self) -> RecordingPlan:
        return RecordingPlan(
            silence_ms=self.timeout * 1_000,
            most_ms=min(self.max_length, _TRANSCRIBED if self.transcribe else LONGEST) * 1_000,
            finish=self.finish_on_key,
            beep=self.play_beep,
            trim=self.trim == "trim-silence",
            callback=StatusCallback(
                url=self.recording_status_callback or "",
                method=self.recording_status_callback_method,
                events=self.recording_status_callback_event,
            ),
            transcribe=self.transcribe,
            transcribe_callback=self.transcribe_callback or "",
        )

    @property
    def sentence(self) -> str:
        return "<Record> records the caller"


_ENDS = {
    "silence": "the caller was silent",
    "finish": "a key was pressed",
    "most": "it was as long as it may be",
    "hung_up": "the caller hung up",
    "stopped": "it was stopped",
}
