"""Transcriptions: the texts of recordings, in a list of their own and below each recording; with .txt the bare text."""

from hookflash.api.represent import split_suffix
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, fetches, lists, props
from hookflash.domain.transcription import Transcription, TranscriptionStatus
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table

from .recordings import RECORDING

TEXT = ".txt"
ROWS = Table("transcriptions", Transcription)
PROPERTIES = (
    *props("sid", "account_sid", "recording_sid", "status"),
    Property("duration", lambda row: str(row.seconds)),
    Property("type", lambda row: "fast"),
    Property("transcription_text", lambda row: row.text),
    Property("price", lambda row: None),
    Property("price_unit", lambda row: "USD"),
    *props("api_version", "date_created", "date_updated"),
)

TRANSCRIPTION = Resource(
    product=RECORDING.product,
    path="/2010-04-01/Accounts/{AccountSid}/Transcriptions",
    name="Transcription",
    collection="transcriptions",
    sid="TR",
    table=ROWS,
    summary="The text of a recording.",
    properties=PROPERTIES,
)
RECORDING_TRANSCRIPTION = Resource(
    product=RECORDING.product,
    path=f"{RECORDING.path}/{{RecordingSid}}/Transcriptions",
    name="Transcription",
    collection="transcriptions",
    sid="TR",
    table=ROWS,
    summary="The text of one recording.",
    properties=PROPERTIES,
    scope={"RecordingSid": "recording_sid"},
)


def _operations(resource: Resource[Transcription]) -> tuple[Operation, ...]:
    item = f"{resource.path}/{resource.item}"
    shown = fetches(resource)

    async def fetch(request: ApiRequest) -> Answer:
        request.sids["Sid"], suffix = split_suffix(request.sids["Sid"], (TEXT,))
        if not suffix:
            return await shown.handler(request)
        row = await request.exchange.store.read(resource.row, request)
        if row.text is None:
            raise request.not_found()
        return Answer(200, body=row.text.encode(), content_type=b"text/plain; charset=utf-8")

    async def drop(tx: Tx, request: ApiRequest) -> None:
        row = await resource.row(tx, request)
        if row.status is TranscriptionStatus.IN_PROGRESS:
            raise ApiError(Code.NOT_COMPLETE)
        await resource.table.delete(tx, resource.item_conditions(request))

    async def delete(request: ApiRequest) -> Answer:
        await request.exchange.store.write(drop, request)
        return Answer(204)

    return (
        lists(resource),
        Operation("GET", item, fetch, "fetch"),
        Operation("DELETE", item, delete, "delete"),
    )


OPERATIONS = (*_operations(TRANSCRIPTION), *_operations(RECORDING_TRANSCRIPTION))
