"""`<Enqueue>`: the caller waits in a queue until somebody takes them."""

from collections.abc import Iterator
from dataclasses import dataclass

from hookflash.domain.queue import LARGEST, LONGEST_NAME
from hookflash.domain.waiting import HOLD_MUSIC
from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, verb
from hookflash.twiml.kinds import whole
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.queueing import WaitPlan
from hookflash.twiml.verbs.nouns import METHOD
from hookflash.twiml.voice import FALL_THROUGH, Next, VoiceCall, VoiceVerb

_TASKS = "tasks come with a later version"


@verb("Task", text="JSON that says what it is about", coming=_TASKS, code=TwimlCode.TASK_ATTRIBUTES)
@dataclass(frozen=True, kw_only=True, slots=True)
class Task(Verb):
    """What a workflow routes, with the caller."""

    priority: int | None = attribute("priority", whole(0), summary="the higher, the sooner")
    timeout: int | None = attribute("timeout", whole(0, unit="seconds"), summary="how long it may wait")


@verb("Enqueue", text="the name of the queue, of 1 to 64 characters; one that is not there is made", children=(Task,))
@dataclass(frozen=True, kw_only=True, slots=True)
class Enqueue(VoiceVerb):
    """Lets the caller wait in a queue, to music or whatever `waitUrl` says, until a `<Dial><Queue>` takes them."""

    action: str | None = attribute(
        "action",
        URL,
        refuse=TwimlCode.ENQUEUE_ACTION,
        summary="told how it ended: at once, or once the two who were joined have parted. Default: the next verb runs",
    )
    method: str = attribute(
        "method", METHOD, default="POST", refuse=TwimlCode.ENQUEUE_METHOD, summary="how `action` is requested"
    )
    wait_url: str | None = attribute(
        "waitUrl",
        URL,
        refuse=TwimlCode.ENQUEUE_WAIT_URL,
        summary="a document or a sound for who waits, requested anew whenever it is over; empty: silence. Default: "
        "music",
    )
    wait_url_method: str | None = attribute(
        "waitUrlMethod",
        METHOD,
        refuse=TwimlCode.ENQUEUE_WAIT_METHOD,
        summary="how `waitUrl` is requested. Default: POST; the music by GET",
    )
    max_queue_size: int | None = attribute(
        "maxQueueSize",
        whole(1, LARGEST, unit="callers"),
        summary="how many a queue holds that this makes; one that is there is entered only while it holds fewer. "
        "Default: 1,000, or the queue's own",
    )
    workflow_sid: str | None = attribute(
        "workflowSid", TEXT, refuse=TwimlCode.TASK_WORKFLOW, coming=_TASKS, summary="the workflow that routes the task"
    )

    @property
    def is_last(self) -> bool:
        return self.action is not None

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        code = name_problem(self.text, TwimlCode.ENQUEUE_NAME_SHORT, TwimlCode.ENQUEUE_NAME_LONG)
        if code is not None:
            sentence = f"The name of a queue has 1 to {LONGEST_NAME} characters; <Enqueue> is passed over."
            yield TwimlWarning(code, sentence, self.line, self.column, skips=True)

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        plan = WaitPlan(
            name=self.text,
            wait_url=HOLD_MUSIC if self.wait_url is None else self.wait_url,
            wait_method=self.wait_url_method or ("GET" if self.wait_url is None else "POST"),
            max_size=self.max_queue_size,
            action=self.action,
            method=self.method,
        )
        waited = await call.queues.wait(plan)
        call.note(f"<Enqueue> ended as {waited.result.value}")
        return plan.after(waited) or FALL_THROUGH

    @property
    def sentence(self) -> str:
        return "<Enqueue> lets the caller wait"


def name_problem(name: str, too_short: TwimlCode, too_long: TwimlCode) -> TwimlCode | None:
    """What is wrong with the name of a queue."""
    if not name:
        return too_short
    return too_long if len(name) > LONGEST_NAME else None
