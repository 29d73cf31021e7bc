"""The queues as one call sees them: the `Queueing` of its verbs."""

from typing import TYPE_CHECKING

from hookflash.twiml.queueing import TakePlan, Waited, WaitPlan
from hookflash.twiml.voice import Dialled

from .queues import Queues
from .stay import Stay
from .take import Take

if TYPE_CHECKING:
    from hookflash.runtime.calls.script import Script


class CallQueues:
    """What the documents of `script` do with queues."""

    def __init__(self, script: "Script", queues: Queues) -> None:
        self._script = script
        self._queues = queues

    async def wait(self, plan: WaitPlan) -> Waited:
        return await Stay(self._script, self._queues, plan).run()

    async def take(self, plan: TakePlan) -> Dialled:
        return await Take(self._script, self._queues, plan).run()
