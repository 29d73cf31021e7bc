"""`<Dial><Queue>` under way: who waits longest is taken out of the queue, and joined with the caller."""

import asyncio
from typing import TYPE_CHECKING

from hookflash.actions.enter_queue import find_queue
from hookflash.domain.call import CallStatus, Source
from hookflash.domain.clock import SECOND
from hookflash.runtime.calls.bridging import Bridge
from hookflash.runtime.calls.races import first_of, meanwhile, surely
from hookflash.switch.leg import HungUp
from hookflash.twiml.queueing import TakePlan
from hookflash.twiml.voice import Dialled

from .line import Line, Waiting
from .offer import Offer
from .queues import Queues

if TYPE_CHECKING:
    from hookflash.runtime.calls.script import Script


class Take:
    """One caller's turn to take somebody out of a queue."""

    def __init__(self, script: "Script", queues: Queues, plan: TakePlan) -> None:
        self._script = script
        self._call = script.call
        self._queues = queues
        self._plan = plan
        self._bridge = Bridge(script, plan.talk)
        self._waiting: Waiting | None = None  #: who was joined with the caller
        self._taken_at = 0
        self._was_sent_elsewhere = False
        self._spoken = 0  #: ms

    async def run(self) -> Dialled:
        """Until the two have parted, or nobody came."""
        call = self._call
        with call.parts.pending:
            queue = await call.parts.store.read(find_queue, call.row.account_sid, self._plan.name)
        if queue is None:
            call.diary.note("There is no queue of that name")
            return Dialled(status=CallStatus.FAILED.value)
        line = self._queues.line(queue)
        try:
            await self._bridge.rings()
            await self._take(line)
        except HungUp:
            pass  # what is known so far is told
        finally:
            recording_url = await surely(self._bridge.over())
        return self._result(recording_url)

    async def _take(self, line: Line) -> None:
        """Join somebody with the caller; those who leave before are passed over."""
        async with meanwhile(self._call.leg.wait(self._plan.wait_ms)) as patience:
            while (waiting := await self._next(line, patience)) is not None:
                if await self._joined(line, waiting):
                    return

    async def _next(self, line: Line, patience: "asyncio.Task[None]") -> Waiting | None:
        """Who waits longest; None when nobody came in time."""
        with line.turn() as turn:
            async with meanwhile(turn.come.wait()) as come:
                await asyncio.wait({come, patience}, return_when=asyncio.FIRST_COMPLETED)
            if turn.come.is_set():
                return turn.take()
            patience.result()
            return None

    async def _joined(self, line: Line, waiting: Waiting) -> bool:
        """Whether the two were joined, which is over by then."""
        call, clock = self._call, self._call.parts.clock
        offer = Offer(by=call.row.sid, at=clock.now(), whisper=self._whisper, bridge=self._bridge)
        waiting.receive(offer)
        began = None
        try:
            await first_of(offer.ready.wait(), waiting.left.wait(), call.leg.gone())
            if call.hung_up is not None:
                raise HungUp(call.hung_up)
            if waiting.left.is_set():
                return False
            self._waiting, self._taken_at, began = waiting, offer.at, clock.now()
            await self._bridge.talk(waiting.call.leg, waiting.member.call_sid, waiting.left)
            return True
        finally:
            self._spoken = clock.now() - began if began is not None else 0
            self._was_sent_elsewhere = self._has_left(waiting)
            offer.over.set()
            if not offer.was_joined:
                line.give_back(waiting)

    def _has_left(self, waiting: Waiting) -> bool:
        """Whether who waited was sent elsewhere, and nobody has hung up."""
        return waiting.left.is_set() and waiting.call.hung_up is None and self._call.hung_up is None

    @property
    def _whisper(self) -> Source | None:
        url = self._script.absolute(self._plan.whisper_url)
        return Source(url=url, method=self._plan.whisper_method) if url else None

    def _result(self, recording_url: str | None) -> Dialled:
        waiting = self._waiting
        if waiting is None or not self._bridge.was_joined:
            status = CallStatus.NO_ANSWER if self._call.hung_up is None else CallStatus.CANCELED
            return Dialled(status=status.value, recording_url=recording_url)
        return Dialled(
            status=CallStatus.COMPLETED.value,
            sid=waiting.member.call_sid,
            seconds=None if self._was_sent_elsewhere else round(self._spoken / SECOND),
            bridged=True,
            recording_url=recording_url,
            more={
                "QueueSid": waiting.member.queue_sid,
                "QueueTime": str(round((self._taken_at - waiting.member.entered_at) / SECOND)),
                "DequeingCallSid": self._call.row.sid,
            },
        )
