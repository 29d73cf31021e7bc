"""`<Siprec>`: the sound of the call to a recorder that speaks SIPREC (RFC 7866)."""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, one_of, verb
from hookflash.twiml.verbs.parameter import Parameter


@verb(
    "Siprec",
    children=(Parameter,),
    coming="SIPREC recorders come with a later version",
)
@dataclass(frozen=True, kw_only=True, slots=True)
class Siprec(Verb):
    """Sends the sound of the call to a recorder."""

    label: str | None = attribute("name", TEXT, summary="by which `<Stop>` ends it")
    connector_name: str | None = attribute("connectorName", TEXT, summary="of the connector, which is required")
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
