"""Verbs that are declared and refused: where one is met, the call goes on without it, and the debugger says so.

One that comes is declared in a file of its own, and goes from here.
"""

from dataclasses import dataclass

from hookflash.twiml.declaration import Verb, verb


@verb("Start", coming="streams and transcriptions come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Start(Verb):
    """Begins something that goes on beside the call."""


@verb("Stop", coming="streams and transcriptions come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Stop(Verb):
    """Ends what `<Start>` has begun."""
@verb("Enqueue", text="the name of the queue", coming="queues come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Enqueue(Verb):
    """Lets the caller wait in a queue."""


@verb("Leave", coming="queues come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Leave(Verb):
    """Takes the caller out of the queue."""
