"""`<Stream>`: the sound of the call over a WebSocket."""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, attribute, verb
from hookflash.twiml.verbs.forking import Forking
from hookflash.twiml.verbs.parameter import Parameter


@verb("Stream", children=(Parameter,), coming="media streams come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Stream(Forking):
    """Sends the sound of the call to a WebSocket."""

    url: str | None = attribute("url", TEXT, summary="where it is sent: wss, absolute or relative")
