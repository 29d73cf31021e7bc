"""`<Stream>`: the sound of the call over a WebSocket."""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, one_of, verb
from hookflash.twiml.verbs.parameter import Parameter


@verb(
    "Stream",
    children=(Parameter,),
    coming="media streams come with a later version",
)
@dataclass(frozen=True, kw_only=True, slots=True)
class Stream(Verb):
    """Sends the sound of the call to a WebSocket."""

    url: str | None = attribute("url", TEXT, summary="where it is sent: wss, absolute or relative")
    label: str | None = attribute("name", TEXT, summary="by which `<Stop>` ends it")
    track: str = attribute(
        "track",
        one_of("inbound_track", "outbound_track", "both_tracks"),
        default="inbound_track",
        summary="what the caller says, what the caller hears, or both",
    )
    status_callback: str | None = attribute("statusCallback", URL, summary="told of its events")
    status_callback_method: str = attribute(
        "statusCallbackMethod", one_of("GET", "POST"), default="POST", summary="how it is requested"
    )
    connector_name: str | None = attribute("connectorName", TEXT, summary="of a connector that is configured")
