"""Recordings of one call, or of one conference: listed, and paused and stopped while they are made."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from hookflash.actions.move_message import IllegalMoveError
from hookflash.actions.move_recording import move_recording
from hookflash.api.params import Param, choice, read_params
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource
from hookflash.domain.call import NoSuchCallError
from hookflash.domain.conference import NoSuchParticipantError
from hookflash.domain.recording import Recording, RecordingStatus
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Cursor

from .recordings import drop_recording

_S = RecordingStatus
CURRENT = "Twilio.CURRENT"
_NOT_LIVE = "The recording is not in progress"
_MOST = 1_000  # recordings among which the current one is looked for
_UPDATE = (
    Param("Status", "status", choice("in-progress", "paused", "stopped"), Code.MISSING_PARAMETER),
    Param("PauseBehavior", "pause_behavior", choice("skip", "silence")),
)


class Recorder(Protocol):
    """Who makes them. Each method raises NoSuchCallError or NoSuchParticipantError for one that is not made here."""

    async def pause_recording(self, recording: Recording, *, silence: bool) -> None: ...

    async def resume_recording(self, recording: Recording) -> None: ...

    async def stop_recording(self, recording: Recording) -> None: ...


class LiveRecordings(Resource[Recording]):
    """`Twilio.CURRENT` stands for the one that is being made."""

    def scope_conditions(self, request: ApiRequest) -> list[Condition]:
        return [*super().scope_conditions(request), Condition("status", "IS NOT", _S.DELETED.value)]

    async def row(self, tx: Tx, request: ApiRequest) -> Recording:
        if request.sids["Sid"] != CURRENT:
            return await super().row(tx, request)
        found = await self.table.page(tx, self.scope_conditions(request), Cursor(), _MOST)
        current = next((row for row in found if row.status in (_S.IN_PROGRESS, _S.PAUSED)), None)
        if current is None:
            raise request.not_found()
        return current


def operations_of(
    resource: LiveRecordings,
    *,
    parent: Callable[[ApiRequest], Awaitable[Any]],
    recorder: Callable[[ApiRequest], Recorder],
) -> tuple[Operation, ...]:
    """Those that need nobody but the recorder; `parent` raises ApiError where there is nothing to record."""

    async def list_(request: ApiRequest) -> Answer:
        await parent(request)
        return Answer(200, resource.list_content(request, await resource.page(request)))

    async def row(request: ApiRequest) -> Recording:
        await parent(request)
        return await request.exchange.store.read(resource.row, request)

    async def fetch(request: ApiRequest) -> Answer:
        return resource.answer(request, await row(request))

    async def update(request: ApiRequest) -> Answer:
        values = read_params(request.form, _UPDATE, creating=True)
        recording = await row(request)
        try:
            await _perform(request, recorder(request), recording, values)
        except (NoSuchCallError, NoSuchParticipantError, IllegalMoveError):
            raise ApiError(Code.NOT_IN_PROGRESS, _NOT_LIVE) from None
        return resource.answer(request, recording)

    async def drop(tx: Tx, request: ApiRequest) -> None:
        await drop_recording(tx, await resource.row(tx, request), now=request.now)

    async def delete(request: ApiRequest) -> Answer:
        await parent(request)
        await request.exchange.store.write(drop, request)
        return Answer(204)

    item = f"{resource.path}/{resource.item}"
    return (
        Operation("GET", resource.path, list_, "list"),
        Operation("GET", item, fetch, "fetch"),
        Operation("POST", item, update, "update"),
        Operation("DELETE", item, delete, "delete"),
    )


async def _perform(request: ApiRequest, recorder: Recorder, recording: Recording, values: dict[str, Any]) -> None:
    """The row moves first: it says whether this can be done."""
    to = _S(values["status"])
    if recording.status is to:
        return
    await request.exchange.store.write(move_recording, recording, to, now=request.now)
    if to is _S.PAUSED:
        await recorder.pause_recording(recording, silence=values.get("pause_behavior") != "skip")
    elif to is _S.IN_PROGRESS:
        await recorder.resume_recording(recording)
    else:
        await recorder.stop_recording(recording)
