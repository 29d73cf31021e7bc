"""What elements have in common that send the sound of a call elsewhere as well."""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, one_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Forking(Verb):
    """Sends the sound of the call elsewhere, while the call goes on."""

    label: str | None = attribute("name", TEXT, summary="by which `<Stop>` ends it")
    connector_name: str | None = attribute("connectorName", TEXT, summary="of a connector that is configured")
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
