"""`<Leave>`: who waits goes on without."""

from tests.scenarios.twiml.agents import QUEUE, asked, queue
from tests.scenarios.twiml.stage import Stage


def test_leave(stage: Stage) -> None:
    """The verb after `<Enqueue>` comes next, and the place in the queue is gone."""
    wait = stage.page(
        "wait", '<Gather numDigits="1" timeout="60"><Say>Press a key to leave</Say></Gather><Say>No</Say>'
    )
    alice = stage.call(f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue><Say>Goodbye then</Say><Pause length="9"/>')
    alice.hears_sync("Press a key")
    alice.wait(3)
    stage.page("wait", "<Leave/><Say>Still here</Say>")
    alice.press("1")
    alice.hears_sync("Goodbye then")
    assert queue(stage)["current_size"] == 0
    alice.over_sync()
    assert "Still here" not in alice.transcript()
    assert stage.codes() == []


def test_leave__tells_the_action(stage: Stage) -> None:
    """At once, as `leave`, with how long it was."""
    wait = stage.page("wait", '<Pause length="12"/><Leave/>')
    action = stage.page("after", "<Say>What else can we do</Say>")
    alice = stage.call(f'<Enqueue waitUrl="{wait}" action="{action}">{QUEUE}</Enqueue>')
    alice.hears_sync("What else can we do")
    (after,) = asked(stage, "after")
    assert (after["QueueResult"], after["QueueSid"]) == ("leave", queue(stage)["sid"])
    assert 12 <= int(after["QueueTime"]) <= 14


def test_leave__outside_a_queue(stage: Stage) -> None:
    """12200: there is nothing to leave, and the call goes on."""
    alice = stage.call("<Leave/><Say>Hello</Say>")
    alice.hears_sync("Hello")
    assert stage.codes() == [12200]
