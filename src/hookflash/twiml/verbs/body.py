"""`<Body>`: the text of a message."""

from dataclasses import dataclass

from hookflash.twiml.declaration import Verb, verb


@verb("Body", text="text of the message; several are joined")
@dataclass(frozen=True, kw_only=True, slots=True)
class Body(Verb):
    """The text of a message."""
