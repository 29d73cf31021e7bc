"""`<Media>`: a file that a message carries."""

from dataclasses import dataclass

from hookflash.twiml.declaration import Verb, verb


@verb("Media", text="absolute or relative URL of the file")
@dataclass(frozen=True, kw_only=True, slots=True)
class Media(Verb):
    """A file that a message carries."""
