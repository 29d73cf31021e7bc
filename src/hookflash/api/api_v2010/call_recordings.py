"""The recordings of one call: begun, paused and stopped while it goes on, and listed."""

from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, dates
from hookflash.domain.call import CallStatus, NoSuchCallError
from hookflash.errors import ApiError, Code

from .call_events import the_call
from .call_params import RECORDING as RECORDING_PARAMS
from .call_params import read_recording
from .calls import CALL
from .live_recordings import LiveRecordings, operations_of
from .recordings import PROPERTIES, RECORDING, ROWS

CALL_RECORDING = LiveRecordings(
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


async def _create(request: ApiRequest) -> Answer:
    options = read_recording(request.form, trim=False)  # as the library documents its `trim`
    call = await the_call(request)
    if call.status is not CallStatus.IN_PROGRESS:
        raise ApiError(Code.NOT_IN_PROGRESS, "Call is not in-progress. Cannot record.")
    try:
        recording = await request.exchange.calls.start_recording(call.sid, options)
    except NoSuchCallError:
        raise ApiError(Code.NOT_IN_PROGRESS, "Call is not in-progress. Cannot record.") from None
    return CALL_RECORDING.answer(request, recording, 201)


OPERATIONS = (
    Operation("POST", CALL_RECORDING.path, _create, "create"),
    *operations_of(CALL_RECORDING, parent=the_call, recorder=lambda request: request.exchange.calls),
)
