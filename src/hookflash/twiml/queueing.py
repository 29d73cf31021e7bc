"""What `<Enqueue>` and `<Dial><Queue>` ask of their call: to wait in a queue, and to take who waits longest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from hookflash.domain.queue import QueueResult
from hookflash.twiml.voice import Dialled, GoTo, TalkPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How a wait ended."""

    result: QueueResult
    queue_sid: str | None = None  #: None: it never began
    seconds: int = 0  #: how long the caller was in the queue

    @property
    def params(self) -> Mapping[str, str]:
        """What the action learns."""
        if self.queue_sid is None:
            return {"QueueResult": self.result.value}
        return {"QueueResult": self.result.value, "QueueSid": self.queue_sid, "QueueTime": str(self.seconds)}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitPlan:
    """All that an `<Enqueue>` says; URLs are as written."""

    name: str
    wait_url: str  #: heard over and over meanwhile; empty: silence
    wait_method: str = "POST"
    max_size: int | None = None
    action: str | None = None
    method: str = "POST"

    def after(self, waited: Waited) -> GoTo | None:
        """What is requested then; None without an action."""
        return None if self.action is None else GoTo(self.action, self.method, waited.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePlan:
    """All that a `<Dial><Queue>` says."""

    name: str
    talk: TalkPlan
    wait_ms: int  #: for somebody to come, where nobody waits
    whisper_url: str = ""  #: as written; a document for the caller from the queue before the two are joined
    whisper_method: str = "POST"


class Queueing(Protocol):
    """The queues, as one call sees them."""

    async def wait(self, plan: WaitPlan) -> Waited:
        """Wait in a queue, until the caller leaves it or was joined with somebody and parted again.

        The caller's hang-up is one of the ends. Where REST sends the call elsewhere, the action is told by this.
        """
        ...

    async def take(self, plan: TakePlan) -> Dialled:
        """Join who waits longest with this leg, until something parts them. A hang-up is one of the ends."""
        ...
