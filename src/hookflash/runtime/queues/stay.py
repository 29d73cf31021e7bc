"""`<Enqueue>` under way: the caller hears the documents of `waitUrl` over and over, until something ends that."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from itertools import count
from typing import TYPE_CHECKING

from hookflash.actions.enter_queue import enter_queue, leave_queue, take_from_queue
from hookflash.domain.call import Source
from hookflash.domain.clock import SECOND
from hookflash.domain.queue import Member, Queue, QueueResult
from hookflash.runtime.calls.documents import Step
from hookflash.runtime.calls.races import first_of, meanwhile
from hookflash.switch.leg import HungUp
from hookflash.twiml.channels import QUEUE_WAIT, QUEUE_WHISPER
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.queueing import Waited, WaitPlan
from hookflash.twiml.voice import FallThrough, HangUp, LeaveQueue

from .line import Line, Waiting
from .offer import Offer
from .queues import Queues

if TYPE_CHECKING:
    from hookflash.runtime.calls.script import Script

TOLD_ROUNDS = 20  #: of a wait, in its timeline; a day of them would fill it
LONGEST_ENTRY = 10 * SECOND  #: ms that a caller is kept from the verbs that would go on without the queue
LEAST_ROUND = SECOND  #: ms: an application that answers with nothing to be heard is not asked more often than that

_R = QueueResult


class Stay:
    """The wait of one caller."""

    def __init__(self, script: "Script", queues: Queues, plan: WaitPlan) -> None:
        self._script = script
        self._call = script.call
        self._queues = queues
        self._plan = plan
        self._rounds = 0
        self._offer: Offer | None = None  #: the last
        self._line: Line
        self._waiting: Waiting

    async def run(self) -> Waited:
        """Until the caller is out of the queue again."""
        call = self._call
        try:
            entered = await self._enter()
            if entered is None:
                call.diary.alert(TwimlCode.INTERNAL, "The store could not take the caller into the queue in time")
                return Waited(result=_R.SYSTEM_ERROR)
            queue, member = entered
            if member is None:
                call.diary.alert(TwimlCode.QUEUE_FULL, f"The queue {queue.sid} is full", level="warning")
                return Waited(result=_R.QUEUE_FULL)
            self._line, self._waiting = self._queues.line(queue), Waiting(member, call)
            return await self._wait()
        except HungUp:
            return Waited(result=_R.HANGUP)  # before it was in
        finally:
            call.ledger.add(leave_queue, call.row.account_sid, call.row.sid)

    async def _enter(self) -> tuple[Queue, Member | None] | None:
        """The queue, and its place there unless it is full; None when the store takes too long over it."""
        call = self._call
        writing = call.ledger.write(
            enter_queue, call.row, self._plan.name, max_size=self._plan.max_size, now=call.parts.clock.now()
        )
        with call.parts.pending:
            async with meanwhile(writing) as entering, meanwhile(self._script.leg.wait(LONGEST_ENTRY)) as patience:
                await asyncio.wait({entering, patience}, return_when=asyncio.FIRST_COMPLETED)
                if entering.done():
                    entered: tuple[Queue, Member | None] = entering.result()
                    return entered
                patience.result()
                return None

    async def _wait(self) -> Waited:
        self._line.enter(self._waiting)
        self._call.diary.note(f"Waits in the queue {self._waiting.member.queue_sid}")
        try:
            result = await self._outcome()
        except HungUp:
            result = _R.BRIDGED if self._was_joined else _R.HANGUP
        except asyncio.CancelledError:
            if self._call.is_sent_elsewhere:
                self._tell_application(self._waited(self._result_elsewhere))
            raise
        finally:
            self._line.leave(self._waiting)
        return self._waited(result)

    async def _outcome(self) -> QueueResult:
        while True:
            turn = await self._until_offered()
            if isinstance(turn, QueueResult):
                return turn
            self._offer = turn
            result = await self._be_taken(turn)
            if result is not None:
                return result

    async def _until_offered(self) -> Offer | QueueResult:
        """What it was offered, or how the wait ended by itself."""
        if self._waiting.offered.is_set():
            return self._waiting.take_offer()
        async with meanwhile(self._documents()) as documents, meanwhile(self._waiting.offered.wait()) as offered:
            await asyncio.wait({documents, offered}, return_when=asyncio.FIRST_COMPLETED)
            return documents.result() if documents.done() else self._waiting.take_offer()

    # -- waiting --

    async def _documents(self) -> QueueResult:
        """What is heard meanwhile, over and over."""
        url = self._script.absolute(self._plan.wait_url)
        if not url:
            raise HungUp(await self._script.leg.gone())
        step = Step(source=Source(url=url, method=self._plan.wait_method), kind="queue-wait")
        for self._rounds in count(1):
            with self._call.diary.hushed() if self._rounds > TOLD_ROUNDS else nullcontext():
                result = await self._round(step)
            if result is not None:
                return result
        raise AssertionError("a wait has no last round")

    async def _round(self, step: Step) -> QueueResult | None:
        """One document and those that it leads to; None when they have come to their end."""
        clock, leg = self._call.parts.clock, self._script.leg
        began = clock.now()
        end = await self._call.script(QUEUE_WAIT, params=self._params).follow(step)
        if end is None:
            return _R.ERROR
        if isinstance(end, LeaveQueue):
            return _R.LEAVE
        if isinstance(end, HangUp):
            await leg.hang_up()
            raise HungUp(await leg.gone())
        if (left := LEAST_ROUND - (clock.now() - began)) > 0:
            await leg.wait(left)
        return None

    def _params(self) -> Mapping[str, str]:
        line, waiting, now = self._line, self._waiting, self._call.parts.clock.now()
        return {
            "QueuePosition": str(line.position(waiting)),
            "QueueSid": waiting.member.queue_sid,
            "QueueTime": str(self._seconds(now)),
            "AvgQueueTime": str(line.average(now)),
            "CurrentQueueSize": str(line.size),
            "MaxQueueSize": str(line.max_size),
        }

    # -- being taken --

    async def _be_taken(self, offer: Offer) -> QueueResult | None:
        """How it ended; None: who took it is gone before the two were joined, and it waits on."""
        call, member = self._call, self._waiting.member
        call.ledger.add(take_from_queue, member, offer.by)
        call.diary.note(f"Its turn has come: {offer.by} takes it")
        if not await self._prepared(offer):
            return _R.ERROR
        offer.ready.set()
        await first_of(offer.over.wait(), self._script.leg.gone())
        if call.hung_up is not None:
            raise HungUp(call.hung_up)
        if offer.was_joined:
            return _R.BRIDGED
        call.ledger.add(take_from_queue, member, None)
        call.diary.note("Who took it is gone: it waits on")
        return None

    async def _prepared(self, offer: Offer) -> bool:
        """Whether it has heard what it was to hear first, or need not any more."""
        if offer.whisper is None:
            return True
        async with meanwhile(self._whisper(offer, offer.whisper)) as whisper, meanwhile(offer.over.wait()) as over:
            await asyncio.wait({whisper, over}, return_when=asyncio.FIRST_COMPLETED)
            return not whisper.done() or bool(whisper.result())

    async def _whisper(self, offer: Offer, source: Source) -> bool:
        params = {
            "QueueSid": self._waiting.member.queue_sid,
            "QueueTime": str(self._seconds(offer.at)),
            "DequeingCallSid": offer.by,
        }
        end = await self._call.script(QUEUE_WHISPER, params=lambda: params).follow(Step(source=source, kind="whisper"))
        return isinstance(end, FallThrough)

    # -- what came of it --

    @property
    def _was_joined(self) -> bool:
        return self._offer is not None and self._offer.was_joined

    @property
    def _result_elsewhere(self) -> QueueResult:
        """Of a call that REST sends elsewhere."""
        if self._was_joined:
            return _R.REDIRECTED_FROM_BRIDGED
        return _R.BRIDGING if self._offer is not None and not self._offer.over.is_set() else _R.REDIRECTED

    def _waited(self, result: QueueResult) -> Waited:
        offer = self._offer
        until = offer.at if offer is not None and offer.was_joined else self._call.parts.clock.now()
        seconds = self._seconds(until)
        self._call.diary.note(f"Was in the queue for {seconds} s, and heard its documents {self._rounds} times")
        return Waited(result=result, queue_sid=self._waiting.member.queue_sid, seconds=seconds)

    def _seconds(self, now: int) -> int:
        return round((now - self._waiting.member.entered_at) / SECOND)

    def _tell_application(self, waited: Waited) -> None:
        """REST has said what comes next: the action hears of it, and what it answers is not run."""
        if (action := self._plan.after(waited)) is not None:
            self._call.spawn(self._script.ask(action))
