"""Callers who wait in a queue, and agents who take them."""

from typing import Any

from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.stage import BOB, Stage

from hookflash.testing.call import Call

QUEUE = "support"


def enqueue(attributes: str = "") -> str:
    """The verb that lets a caller wait in silence."""
    return f'<Enqueue waitUrl="" {attributes}>{QUEUE}</Enqueue>'


def called_by_app(stage: Stage, verbs: str, *, to: str = BOB) -> tuple[str, Call]:
    """The application calls `to`, who answers and hears `verbs`; SID and the handset's call."""
    handset = stage.handset(to)  # which knows by now what came before
    sid = stage.call_from_app(verbs, to)
    call = handset.rings_sync()
    call.answered_sync()
    return sid, call


def agent(stage: Stage, *, queue: str = "", dial: str = "", then: str = "") -> Call:
    """Bob's call, given a second to take a caller; attributes of `<Queue>` and `<Dial>`, and what comes then."""
    _, call = called_by_app(stage, f"<Dial {dial}><Queue {queue}>{QUEUE}</Queue></Dial>{then}")
    call.wait(1)
    return call


def queue(stage: Stage) -> dict[str, Any]:
    """The only queue, as REST shows it."""
    (shown,) = stage.rest("Queues.json")["queues"]
    return dict(shown)


def waits_in(stage: Stage, size: int = 1) -> str:
    """Let time pass until so many wait in the only queue; its SID."""
    for _ in range(100):
        if [each["current_size"] for each in stage.rest("Queues.json")["queues"]] == [size]:
            return str(queue(stage)["sid"])
        stage.calls[0].wait(0.1)
    raise AssertionError(f"{queue(stage)} does not hold {size}")


def asked(stage: Stage, page: str) -> list[Asked]:
    """The requests for a page of the application so far."""
    return [each for each in stage.app.requests if each.path == f"/app/{page}"]


def finished(stage: Stage, page: str) -> Asked:
    """The first request for a page that is asked for behind the call's back; it may still be under way."""
    with stage.app.came:
        assert stage.app.came.wait_for(lambda: asked(stage, page), timeout=10), f"{page} is not asked for"
        return asked(stage, page)[0]
