"""The recordings of one conference: paused and stopped while it goes on, and listed."""

from hookflash.api.resource import dates

from .conferences import CONFERENCE, the_conference
from .live_recordings import LiveRecordings, operations_of
from .recordings import PROPERTIES, RECORDING, ROWS

CONFERENCE_RECORDING = LiveRecordings(
    product=RECORDING.product,
    path=f"{CONFERENCE.path}/{{ConferenceSid}}/Recordings",
    name="Recording",
    collection="recordings",
    sid="RE",
    table=ROWS,
    summary="A recording of one conference; `Twilio.CURRENT` is the one that is being made.",
    properties=PROPERTIES,
    filters=dates("DateCreated", "date_created"),
    scope={"ConferenceSid": "conference_sid"},
)

OPERATIONS = operations_of(
    CONFERENCE_RECORDING, parent=the_conference, recorder=lambda request: request.exchange.telephony.conferences
)
