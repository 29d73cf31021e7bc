"""What `<Dial>` will ring in a later version: declared and refused, as the verbs of `coming.py`."""

from dataclasses import dataclass

from hookflash.twiml.declaration import Verb, verb
from hookflash.twiml.problems import TwimlCode


@verb("Queue", text="the name of the queue", coming="queues come with a later version", code=TwimlCode.DIAL_ELEMENT)
@dataclass(frozen=True, kw_only=True, slots=True)
class Queue(Verb):
    """Joins the caller with who has waited longest in a queue."""
