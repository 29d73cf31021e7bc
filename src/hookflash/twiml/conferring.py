"""What `<Conference>` asks of its call, with `VoiceCall.confer`."""

from dataclasses import dataclass

from hookflash.domain.conference import ConferenceOptions, Seat
from hookflash.twiml.voice import StatusCallback


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferencePlan:
    """The conference that a document names, and how the caller takes part. URLs are as written."""

    name: str
    seat: Seat
    options: ConferenceOptions  #: for a conference that begins with this caller; without its callbacks
    callback: StatusCallback
    recording_callback: StatusCallback
    trim: bool
    event_callback_url: str
