"""`<WhatsApp>`: a user of WhatsApp, whom no trunk of ours reaches."""

from dataclasses import dataclass

from hookflash.twiml.declaration import attribute, verb
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.nouns import METHOD, Phone


@verb(
    "WhatsApp",
    text="a number as +14155550100",
    coming="WhatsApp calls come with a later version",
    code=TwimlCode.DIAL_ELEMENT,
)
@dataclass(frozen=True, kw_only=True, slots=True)
class WhatsApp(Phone):
    """Rings somebody on WhatsApp."""

    method: str = attribute("method", METHOD, default="POST", summary="how `url` is requested")
