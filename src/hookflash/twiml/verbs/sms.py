"""`<Sms>`: the older name of `<Message>`, as hand-written documents still have it."""

from dataclasses import dataclass

from hookflash.twiml.declaration import verb
from hookflash.twiml.verbs.body import Body
from hookflash.twiml.verbs.media import Media
from hookflash.twiml.verbs.message import Message


@verb("Sms", text="text of the message", children=(Body, Media))
@dataclass(frozen=True, kw_only=True, slots=True)
class Sms(Message):
    """Sends a message, as `<Message>` does."""
