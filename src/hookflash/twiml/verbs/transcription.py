"""`<Transcription>` of `<Start>`: what is said in the call, as text, while it goes on."""

from collections.abc import Iterator
from dataclasses import dataclass

from hookflash.domain.transcription import LiveOptions
from hookflash.twiml.declaration import TEXT, URL, attribute, one_of, verb
from hookflash.twiml.kinds import TRUTH
from hookflash.twiml.listening import SideTranscription
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.beside import Beside
from hookflash.twiml.verbs.config import Config
from hookflash.twiml.verbs.parameter import Parameter
from hookflash.twiml.verbs.speech import HINTS, LANGUAGE
from hookflash.twiml.voice import VoiceCall

_KEPT_ELSEWHERE = "without effect: transcripts are told, and not kept"


@verb("Transcription", children=(Config, Parameter))
@dataclass(frozen=True, kw_only=True, slots=True)
class Transcription(Beside):
    """Tells the application what is said in the call, until it ends or `<Stop>` names it."""

    label: str | None = attribute("name", TEXT, summary="by which `<Stop>` and the API end it")
    status_callback_url: str | None = attribute(
        "statusCallbackUrl", URL, warn=TwimlCode.INVALID_URL, summary="told what is said"
    )
    status_callback_method: str = attribute(
        "statusCallbackMethod", one_of("GET", "POST"), default="POST", summary="how it is requested"
    )
    language_code: str = attribute("languageCode", LANGUAGE, default="en-US", summary="what is spoken")
    track: str = attribute(
        "track",
        one_of("inbound_track", "outbound_track", "both_tracks"),
        default="both_tracks",
        summary="what the caller says, what the caller hears, or both",
    )
    inbound_track_label: str = attribute(
        "inboundTrackLabel", TEXT, default="", summary="what the callbacks call the caller's side"
    )
    outbound_track_label: str = attribute(
        "outboundTrackLabel", TEXT, default="", summary="what the callbacks call the other side"
    )
    transcription_engine: str = attribute(
        "transcriptionEngine", TEXT, default="", summary="google, deepgram, or the name of an engine. Default: any"
    )
    speech_model: str = attribute("speechModel", TEXT, default="", summary="which model listens. Default: any")
    enable_provider_data: bool = attribute(
        "enableProviderData", TRUTH, default=False, summary="whether the callbacks hold what the engine gave, too"
    )
    profanity_filter: bool = attribute(
        "profanityFilter", TRUTH, default=True, summary="whether swear words keep their first letter only"
    )
    partial_results: bool = attribute(
        "partialResults", TRUTH, default=False, summary="whether what may still change is told, too"
    )
    hints: tuple[str, ...] = attribute("hints", HINTS, default=(), summary="what is likely to be said")
    enable_automatic_punctuation: bool = attribute(
        "enableAutomaticPunctuation", TRUTH, default=True, summary="whether the engine sets commas and stops"
    )
    intelligence_service: str | None = attribute("intelligenceService", TEXT, summary=_KEPT_ELSEWHERE)
    conversation_configuration: str | None = attribute("conversationConfiguration", TEXT, summary=_KEPT_ELSEWHERE)
    conversation_id: str | None = attribute("conversationId", TEXT, summary=_KEPT_ELSEWHERE)

    def check(self) -> Iterator[TwimlWarning]:
        kept = {
            "intelligenceService": self.intelligence_service,
            "conversationConfiguration": self.conversation_configuration,
            "conversationId": self.conversation_id,
        }
        for name in (name for name, value in kept.items() if value is not None):
            sentence = f"{name} is ignored: nothing here keeps transcripts of live calls."
            yield self.warning(TwimlCode.TRANSCRIPTION_CONFIGURATION, sentence)
        for child in self.content:
            if isinstance(child, Config | Parameter):
                setting = child.setting if isinstance(child, Config) else child.parameter_name
                what = f"<{child.declaration.name}> {(setting or '')[:40]}"
                sentence = f"{what} is ignored: no engine here has such a setting."
                yield self.warning(TwimlCode.TRANSCRIPTION_CONFIG, sentence)

    async def start(self, call: VoiceCall) -> None:
        await call.listening.start_transcription(SideTranscription(name=self.label or "", options=self._options))

    async def stop(self, call: VoiceCall) -> None:
        if not self.label or not await call.listening.stop_transcription(self.label):
            call.warn(self.unknown(self.label))

    @property
    def _options(self) -> LiveOptions:
        return LiveOptions(
            track=self.track,
            inbound_label=self.inbound_track_label,
            outbound_label=self.outbound_track_label,
            language=self.language_code,
            engine=self.transcription_engine,
            model=self.speech_model,
            hints=self.hints,
            partials=self.partial_results,
            profanity_filter=self.profanity_filter,
            punctuation=self.enable_automatic_punctuation,
            provider_data=self.enable_provider_data,
            status_callback=self.status_callback_url,
            status_callback_method=self.status_callback_method,
        )
