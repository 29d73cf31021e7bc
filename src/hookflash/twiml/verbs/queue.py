"""`<Queue>` in `<Dial>`: who has waited longest in a queue."""

from collections.abc import Iterable
from dataclasses import dataclass

from hookflash.domain.queue import LONGEST_NAME
from hookflash.twiml.declaration import TEXT, URL, attribute, verb
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.queueing import TakePlan
from hookflash.twiml.verbs.enqueue import name_problem
from hookflash.twiml.verbs.nouns import METHOD, LoneNoun
from hookflash.twiml.voice import Dialled, DialPlan, VoiceCall

_TASKS = "tasks come with a later version"


@verb("Queue", text="the name of the queue, of 1 to 64 characters")
@dataclass(frozen=True, kw_only=True, slots=True)
class Queue(LoneNoun):
    """Joins the caller with who has waited longest in a queue; where nobody does, it waits for the `timeout`."""

    url: str | None = attribute(
        "url",
        URL,
        refuse=TwimlCode.QUEUE_URL,
        summary="a document for the caller from the queue, run before the two are joined",
    )
    method: str = attribute(
        "method", METHOD, default="POST", refuse=TwimlCode.QUEUE_METHOD, summary="how `url` is requested"
    )
    reservation_sid: str | None = attribute(
        "reservationSid", TEXT, refuse=TwimlCode.QUEUE_RESERVATION, coming=_TASKS, summary="the reservation of a task"
    )
    post_work_activity_sid: str | None = attribute(
        "postWorkActivitySid",
        TEXT,
        refuse=TwimlCode.QUEUE_WORKER,
        coming=_TASKS,
        summary="what the worker of a task does afterwards",
    )

    @property
    def _name_problem(self) -> TwimlCode | None:
        return name_problem(self.text, TwimlCode.QUEUE_NAME_SHORT, TwimlCode.QUEUE_NAME_LONG)

    def problems(self) -> Iterable[TwimlWarning]:
        if (code := self._name_problem) is not None:
            yield self.warning(code, f"The name of a queue has 1 to {LONGEST_NAME} characters; nobody is taken.")

    async def join(self, call: VoiceCall, plan: DialPlan) -> Dialled:
        if self._name_problem is not None:
            return Dialled(status="failed")
        return await call.queues.take(
            TakePlan(
                name=self.text,
                wait_ms=plan.ring_ms,
                whisper_url=self.url or "",
                whisper_method=self.method,
                talk=plan.talk,
            )
        )
