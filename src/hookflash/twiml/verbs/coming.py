"""Verbs that are declared and refused: where one is met, the call goes on without it, and the debugger says so.

One that comes is declared in a file of its own, and goes from here.
"""

from dataclasses import dataclass

from hookflash.twiml.declaration import URL, Verb, attribute, one_of, verb
from hookflash.twiml.problems import TwimlCode


@verb("Connect", coming="streams and conversations come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Connect(Verb):
    """Joins the call with something that speaks by itself."""

    action: str | None = attribute("action", URL, summary="told how it ended. Default: the next verb runs")
    method: str = attribute("method", one_of("GET", "POST"), default="POST", summary="how `action` is requested")


@verb("Echo", coming="it comes with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Echo(Verb):
    """Lets the caller hear what they say."""


@verb("Enqueue", text="the name of the queue", coming="queues come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Enqueue(Verb):
    """Lets the caller wait in a queue."""


@verb("Leave", coming="queues come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Leave(Verb):
    """Takes the caller out of the queue."""


@verb("Refer", coming="transfers come with a later version", code=TwimlCode.REFER)
@dataclass(frozen=True, kw_only=True, slots=True)
class Refer(Verb):
    """Sends the caller's phone to another address."""


@verb("Start", coming="streams and transcriptions come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Start(Verb):
    """Begins something that goes on beside the call."""


@verb("Stop", coming="streams and transcriptions come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Stop(Verb):
    """Ends what `<Start>` has begun."""
