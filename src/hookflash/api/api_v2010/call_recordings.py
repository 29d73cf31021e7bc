"""The recordings of one call: begun, paused and stopped while it goes on, and listed."""

from typing import Any

from hookflash.actions.move_message import IllegalMoveError
from hookflash.actions.move_recording import move_recording
from hookflash.api.params import Param, choice, read_params
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, dates
from hookflash.domain.call import CallStatus, NoSuchCallError
from hookflash.domain.recording import Recording, RecordingStatus
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Condition

from .call_events import the_call
from .call_params import RECORDING as RECORDING_PARAMS
from .call_params import read_recording
from .calls import CALL
from .recordings import PROPERTIES, RECORDING, ROWS, drop_recording

_S = RecordingStatus
CURRENT = "Twilio.CURRENT"
_NOT_LIVE = "The recording is not in progress"


class CallRecordings(Resource[Recording]):
    """`Twilio.CURRENT` stands for the one that is being made."""

    def scope_conditions(self, request: ApiRequest) -> list[Condition]:
        return [*super().scope_conditions(request), Condition("status", "IS NOT", _S.DELETED.value)]

    async def row(self, tx: Tx, request: ApiRequest) -> Recording:
        if request.sids["Sid"] == CURRENT:
            found = await tx.all(
                Recording, "recordings.of_call", account_sid=request.account.sid, call_sid=request.sids["CallSid"]
            )
            live = [row for row in found if row.status in (_S.IN_PROGRESS, _S.PAUSED)]
            if not live:
                raise request.not_found()
            return live[-1]
        return await super().row(tx, request)


CALL_RECORDING = CallRecordings(
    product=RECORDING.product,
    path=f"{CALL.path}/{{CallSid}}/Recordings",
    name="Recording",
    collection="recordings",
    sid="RE",
    table=ROWS,
    summary="A recording of one call; `Twilio.CURRENT` is the one that is being made.",
    properties=PROPERTIES,
    params=RECORDING_PARAMS,
    filters=dates("DateCreated", "date_created"),
    scope={"CallSid": "call_sid"},
)
_UPDATE = (
    Param("Status", "status", choice("in-progress", "paused", "stopped"), Code.MISSING_PARAMETER),
    Param("PauseBehavior", "pause_behavior", choice("skip", "silence")),
)
_ITEM = f"{CALL_RECORDING.path}/{CALL_RECORDING.item}"


async def _list(request: ApiRequest) -> Answer:
    await the_call(request)
    page = await CALL_RECORDING.page(request)
    return Answer(200, CALL_RECORDING.list_content(request, page))


async def _fetch(request: ApiRequest) -> Answer:
    return CALL_RECORDING.answer(request, await request.exchange.store.read(CALL_RECORDING.row, request))


async def _create(request: ApiRequest) -> Answer:
    options = read_recording(request.form)
    call = await the_call(request)
    if call.status is not CallStatus.IN_PROGRESS:
        raise ApiError(Code.NOT_IN_PROGRESS, "Call is not in-progress. Cannot record.")
    try:
        recording = await request.exchange.calls.start_recording(call.sid, options)
    except NoSuchCallError:
        raise ApiError(Code.NOT_IN_PROGRESS, "Call is not in-progress. Cannot record.") from None
    return CALL_RECORDING.answer(request, recording, 201)


async def _update(request: ApiRequest) -> Answer:
    values = read_params(request.form, _UPDATE, creating=True)
    recording = await request.exchange.store.read(CALL_RECORDING.row, request)
    try:
        await _perform(request, recording, _S(values["status"]), values)
    except (NoSuchCallError, IllegalMoveError):
        raise ApiError(Code.NOT_IN_PROGRESS, _NOT_LIVE) from None
    return CALL_RECORDING.answer(request, recording)


async def _perform(request: ApiRequest, recording: Recording, to: RecordingStatus, values: dict[str, Any]) -> None:
    """The row moves first: it says whether this can be done."""
    calls, store = request.exchange.calls, request.exchange.store
    if recording.status is to:
        return
    await store.write(move_recording, recording, to, now=request.now)
    if to is _S.PAUSED:
        await calls.pause_recording(recording, silence=values.get("pause_behavior") != "skip")
    elif to is _S.IN_PROGRESS:
        await calls.resume_recording(recording)
    else:
        await calls.stop_recording(recording)


async def _delete(request: ApiRequest) -> Answer:
    await request.exchange.store.write(_drop, request)
    return Answer(204)


async def _drop(tx: Tx, request: ApiRequest) -> None:
    await drop_recording(tx, await CALL_RECORDING.row(tx, request), now=request.now)


OPERATIONS = (
    Operation("GET", CALL_RECORDING.path, _list, "list"),
    Operation("POST", CALL_RECORDING.path, _create, "create"),
    Operation("GET", _ITEM, _fetch, "fetch"),
    Operation("POST", _ITEM, _update, "update"),
    Operation("DELETE", _ITEM, _delete, "delete"),
)
