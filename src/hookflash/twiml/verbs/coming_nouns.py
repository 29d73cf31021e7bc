"""What `<Dial>` will ring in a later version: declared and refused, as the verbs of `coming.py`."""

from dataclasses import dataclass

from hookflash.twiml.declaration import Verb, verb
from hookflash.twiml.problems import TwimlCode


@verb(
    "Application",
    text="the SID of an application",
    coming="calls to applications come with a later version",
    code=TwimlCode.DIAL_ELEMENT,
)
@dataclass(frozen=True, kw_only=True, slots=True)
class Application(Verb):
    """Calls another application of the account."""


@verb(
    "Client",
    text="the name of a client",
    coming="browser phones come with a later version",
    code=TwimlCode.DIAL_ELEMENT,
)
@dataclass(frozen=True, kw_only=True, slots=True)
class Client(Verb):
    """Rings a browser phone."""


@verb(
    "Conference",
    text="the name of the conference",
    coming="conferences come with a later version",
    code=TwimlCode.DIAL_ELEMENT,
)
@dataclass(frozen=True, kw_only=True, slots=True)
class Conference(Verb):
    """Puts the caller into a conference."""


@verb("Queue", text="the name of the queue", coming="queues come with a later version", code=TwimlCode.DIAL_ELEMENT)
@dataclass(frozen=True, kw_only=True, slots=True)
class Queue(Verb):
    """Joins the caller with who has waited longest in a queue."""


@verb("Sim", text="the SID of a SIM", coming="SIM cards come with a later version", code=TwimlCode.SIM_UNSUPPORTED)
@dataclass(frozen=True, kw_only=True, slots=True)
class Sim(Verb):
    """Rings a SIM card."""


@verb(
    "WhatsApp",
    text="a WhatsApp number",
    coming="WhatsApp calls come with a later version",
    code=TwimlCode.DIAL_ELEMENT,
)
@dataclass(frozen=True, kw_only=True, slots=True)
class WhatsApp(Verb):
    """Rings somebody on WhatsApp."""
