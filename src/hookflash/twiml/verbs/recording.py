"""`<Recording>` of `<Start>`: the call, recorded beside what its document does."""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, URL, attribute, one_of, verb
from hookflash.twiml.listening import SideRecording
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.beside import Beside
from hookflash.twiml.verbs.record import RECORDING_EVENTS
from hookflash.twiml.voice import StatusCallback, VoiceCall


@verb("Recording")
@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingNoun(Beside):
    """Records the call, until it ends or `<Stop>` names it."""

    label: str | None = attribute("name", TEXT, summary="by which `<Stop>` ends it")
    recording_status_callback: str | None = attribute(
        "recordingStatusCallback", URL, warn=TwimlCode.RECORDING_CALLBACK, summary="told of the recording's events"
    )
    recording_status_callback_method: str = attribute(
        "recordingStatusCallbackMethod", one_of("GET", "POST"), default="POST", summary="how it is requested"
    )
    recording_status_callback_event: tuple[str, ...] = attribute(
        "recordingStatusCallbackEvent",
        RECORDING_EVENTS,
        default=("completed",),
        refuse=TwimlCode.RECORD_EVENTS,
        summary="of which events",
    )
    trim: str = attribute(
        "trim",
        one_of("trim-silence", "do-not-trim"),
        default="trim-silence",
        warn=TwimlCode.RECORD_TRIM,
        summary="whether silence at both ends is cut",
    )
    track: str = attribute(
        "track",
        one_of("inbound", "outbound", "both"),
        default="both",
        warn=TwimlCode.RECORD_TRACK,
        summary="what the caller says, what the caller hears, or both",
    )
    channels: str = attribute(
        "channels", one_of("mono", "dual"), default="dual", summary="whether each side has a channel of its own"
    )
    recording_configuration_id: str | None = attribute("recordingConfigurationId", TEXT, summary="without effect")

    async def start(self, call: VoiceCall) -> None:
        callback = StatusCallback(
            url=self.recording_status_callback or "",
            method=self.recording_status_callback_method,
            events=self.recording_status_callback_event,
        )
        how = SideRecording(
            name=self.label or "",
            channels=2 if self.channels == "dual" else 1,
            track=self.track,
            trim=self.trim == "trim-silence",
            callback=callback,
        )
        await call.listening.start_recording(how)

    async def stop(self, call: VoiceCall) -> None:
        if not self.label or not await call.listening.stop_recording(self.label):
            call.warn(self.unknown(self.label))
