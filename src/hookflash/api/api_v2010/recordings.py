"""Recordings: what is known of each with a suffix, its sound without one or with .wav or .mp3."""

import re
from typing import TYPE_CHECKING, Any

from hookflash.actions.move_recording import delete_recording
from hookflash.api.file_answer import file_answer
from hookflash.api.params import boolean
from hookflash.api.product import API_2010
from hookflash.api.represent import split_suffix
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Filter, Operation, Property, Resource, dates, exact, fetches, lists, props
from hookflash.domain.recording import Recording, RecordingStatus
from hookflash.errors import ApiError, Code
from hookflash.store.audio_forms import NoEncoderError
from hookflash.store.recording_files import MP3, WAV, OneChannelError
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Table

from .nothing_yet import nothing_yet

if TYPE_CHECKING:
    from hookflash.app import Exchange

DELETED = "IncludeSoftDeleted"
ROWS = Table("recordings", Recording)
_TYPES = {WAV: b"audio/x-wav", MP3: b"audio/mpeg"}
_APPENDED = re.compile(r"\.(?:wav|mp3)(?=&|$)", re.I)  # behind the query of a signed link


class Recordings(Resource[Recording]):
    """What was deleted is shown to those who ask for it."""

    def scope_conditions(self, request: ApiRequest) -> list[Condition]:
        conditions = super().scope_conditions(request)
        if boolean(DELETED, request.query.get(DELETED)):
            return conditions
        return [*conditions, Condition("status", "IS NOT", RecordingStatus.DELETED.value)]

    def tree(self, request: ApiRequest, row: Recording) -> dict[str, Any]:
        return {**super().tree(request, row), "media_url": request.base + row.path}


PROPERTIES = (
    *props("sid", "account_sid", "call_sid", "conference_sid", "status", "source", "channels", "track"),
    Property("start_time", is_date=True),
    Property("duration", lambda row: "-1" if row.seconds is None else str(row.seconds)),
    Property("price", lambda row: None),
    Property("price_unit", lambda row: "USD"),
    *props("error_code", "api_version"),
    Property("encryption_details", lambda row: None),
    *props("date_created", "date_updated"),
)

RECORDING = Recordings(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Recordings",
    name="Recording",
    collection="recordings",
    sid="RE",
    table=ROWS,
    summary="The sound of a call.",
    properties=PROPERTIES,
    filters=(
        *dates("DateCreated", "date_created"),
        exact("CallSid", "call_sid"),
        exact("ConferenceSid", "conference_sid"),
        Filter(DELETED, lambda value: []),
    ),
    children={"add_on_results": "AddOnResults", "transcriptions": "Transcriptions"},
)
ITEM = f"{RECORDING.path}/{RECORDING.item}"
_metadata = fetches(RECORDING)


async def _fetch(request: ApiRequest) -> Answer:
    if request.suffix:
        return await _metadata.handler(request)
    request.sids["Sid"], suffix = split_suffix(request.sids["Sid"], _TYPES)
    row = await request.exchange.store.read(RECORDING.row, request)
    if row.status is not RecordingStatus.COMPLETED:
        raise request.not_found()
    return await _sound(request, row, suffix or _asked_behind(request.query.get("Signature")) or WAV)


async def _sound(request: ApiRequest, row: Recording, suffix: str) -> Answer:
    try:
        path = await request.exchange.recording_files.audio(row.account_sid, row.sid, suffix, _channels(request))
        answer = await file_answer(path, content_type=_TYPES[suffix], range_header=request.range)
    except FileNotFoundError:  # it was deleted since
        raise request.not_found() from None
    except OneChannelError:
        raise ApiError(Code.CHANNELS_NOT_AVAILABLE, sid=row.sid) from None
    except NoEncoderError:
        why = "This server cannot make MP3: `pip install hookflash[mp3]`. The recording is there as .wav"
        raise ApiError(Code.ACTION_DISABLED, why=why) from None
    if boolean("Download", request.query.get("Download")):
        name = f'attachment; filename="{row.sid}{suffix}"'.encode()
        answer.headers.append((b"content-disposition", name))
    return answer


def _channels(request: ApiRequest) -> int | None:
    match request.query.get("RequestedChannels"):
        case "":
            return None
        case "1" | "2" as number:
            return int(number)
    raise ApiError(Code.INVALID_PARAMETER, name="RequestedChannels", why="it must be 1 or 2")


def _asked_behind(signature: str) -> str:
    """Applications append `.mp3` to the address that a webhook gave them: to one that is signed, behind its query."""
    return split_suffix(signature, _TYPES)[1]


async def _delete(request: ApiRequest) -> Answer:
    await request.exchange.store.write(_drop, request)
    return Answer(204)


async def _drop(tx: Tx, request: ApiRequest) -> None:
    await drop_recording(tx, await RECORDING.row(tx, request), now=request.now)


async def drop_recording(tx: Tx, row: Recording, *, now: int) -> None:
    """Delete a recording for an application. Raises ApiError (20009) while it is being made."""
    if row.is_live:
        raise ApiError(Code.NOT_COMPLETE)
    if row.status is not RecordingStatus.DELETED:
        await delete_recording(tx, row, now=now)


def _is_open(exchange: "Exchange", path: str, query: str) -> bool:
    """Whether the sound is for anybody: the link is signed, or this is a laptop."""
    if split_suffix(path)[1]:
        return False
    plain = split_suffix(path, _TYPES)[0]
    return exchange.media_links.opens(plain, _APPENDED.sub("", query), exchange.clock.now())


OPERATIONS = (
    lists(RECORDING),
    Operation("GET", ITEM, _fetch, "fetch", is_open=_is_open),
    Operation("DELETE", ITEM, _delete, "delete"),
    nothing_yet(f"{RECORDING.path}/{{RecordingSid}}/AddOnResults", "AddOnResult", "add_on_results"),
)
