"""The live transcriptions of one call: begun and stopped while it goes on. What they bring is told, and not kept."""

from contextlib import suppress

from hookflash.actions.transcribe_call import find_live_transcription
from hookflash.api.params import Param, boolean, choice, http_method, read_params, text, web_url
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, props
from hookflash.domain.call import CallStatus, NoSuchCallError
from hookflash.domain.transcription import LiveOptions, LiveStatus, LiveTranscription
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table

from .call_events import the_call
from .calls import CALL

_NOT_LIVE = "Call is not in-progress. Cannot transcribe."


def _hints(name: str, value: str) -> tuple[str, ...]:
    return tuple(hint for part in text(60_000)(name, value).split(",") if (hint := part.strip()))


PARAMS = (
    Param("Name", "name", text(64)),
    Param("Track", "track", choice("inbound_track", "outbound_track", "both_tracks")),
    Param("StatusCallbackUrl", "status_callback", web_url),
    Param("StatusCallbackMethod", "status_callback_method", http_method),
    Param("InboundTrackLabel", "inbound_label", text()),
    Param("OutboundTrackLabel", "outbound_label", text()),
    Param("PartialResults", "partials", boolean),
    Param("LanguageCode", "language", text(40)),
    Param("TranscriptionEngine", "engine", text(40)),
    Param("ProfanityFilter", "profanity_filter", boolean),
    Param("SpeechModel", "model", text(80)),
    Param("Hints", "hints", _hints),
    Param("EnableAutomaticPunctuation", "punctuation", boolean),
    Param("EnableProviderData", "provider_data", boolean),
    # Nothing here keeps transcripts of live calls: these are read, and mean nothing.
    *(
        Param(name, name, text())
        for name in ("IntelligenceService", "ConversationConfiguration", "ConversationId", "ConfigurationId")
    ),
)
_UPDATE = (Param("Status", "status", choice("stopped"), Code.MISSING_PARAMETER),)


class CallTranscriptions(Resource[LiveTranscription]):
    """In place of its SID the name serves."""

    async def row(self, tx: Tx, request: ApiRequest) -> LiveTranscription:
        row = await find_live_transcription(tx, request.account.sid, request.sids["CallSid"], request.sids["Sid"])
        if row is None:
            raise request.not_found()
        return row


CALL_TRANSCRIPTION = CallTranscriptions(
    product=CALL.product,
    path=f"{CALL.path}/{{CallSid}}/Transcriptions",
    name="Transcription",
    collection="transcriptions",
    sid="GT",
    table=Table("live_transcriptions", LiveTranscription),
    summary="What is said in a call, told while it goes on.",
    properties=props("sid", "account_sid", "call_sid", "name", "status", "date_updated"),
    params=PARAMS,
    scope={"CallSid": "call_sid"},
)


async def _create(request: ApiRequest) -> Answer:
    values = read_params(request.form, PARAMS, creating=True)
    name = values.pop("name", "")
    options = LiveOptions(**{field: value for field, value in values.items() if field in LiveOptions.__struct_fields__})
    call = await the_call(request)
    if call.status is not CallStatus.IN_PROGRESS:
        raise ApiError(Code.NOT_IN_PROGRESS, _NOT_LIVE)
    try:
        row = await request.exchange.calls.start_transcription(call.sid, options, name=name)
    except NoSuchCallError:
        raise ApiError(Code.NOT_IN_PROGRESS, _NOT_LIVE) from None
    return CALL_TRANSCRIPTION.answer(request, row)


async def _update(request: ApiRequest) -> Answer:
    read_params(request.form, _UPDATE, creating=True)
    row = await request.exchange.store.read(CALL_TRANSCRIPTION.row, request)
    if row.status is LiveStatus.IN_PROGRESS:
        with suppress(NoSuchCallError):  # it ends with its call, which is ending now
            await request.exchange.calls.stop_transcription(row)
    return CALL_TRANSCRIPTION.answer(request, await request.exchange.store.read(CALL_TRANSCRIPTION.row, request))


OPERATIONS = (
    Operation("POST", CALL_TRANSCRIPTION.path, _create, "create"),
    Operation("POST", f"{CALL_TRANSCRIPTION.path}/{CALL_TRANSCRIPTION.item}", _update, "update"),
)
