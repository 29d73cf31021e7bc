"""`<Leave>`: who waits in a queue goes on without."""

from dataclasses import dataclass

from hookflash.twiml.declaration import verb
from hookflash.twiml.voice import LEAVE_QUEUE, Next, VoiceCall, VoiceVerb


@verb("Leave")
@dataclass(frozen=True, kw_only=True, slots=True)
class Leave(VoiceVerb):
    """Takes the caller out of the queue: the `action` of the `<Enqueue>` comes next, or the verb after it."""

    @property
    def is_last(self) -> bool:
        return True

    async def run(self, call: VoiceCall) -> Next:
        return LEAVE_QUEUE

    @property
    def sentence(self) -> str:
        return "<Leave> takes the caller out of the queue"
