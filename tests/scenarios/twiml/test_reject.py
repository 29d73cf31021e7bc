"""`<Reject>`: the call is not answered."""

import pytest
from tests.scenarios.twiml.stage import Stage


def test_reject(stage: Stage) -> None:
    """The number is not in service, for who calls; nobody has answered."""
    call = stage.dial("<Reject/><Say>Never.</Say>")
    call.over_sync()
    assert (call.cause, stage.ended()["status"]) == ("failed", "no-answer")


def test_reject__after_the_answer(stage: Stage) -> None:
    """It hangs up."""
    call = stage.call("<Say>Hello.</Say><Reject/>")
    call.over_sync()
    assert (call.cause, stage.ended()["status"]) == ("remote", "completed")


@pytest.mark.parametrize(("reason", "cause", "status"), [("busy", "busy", "busy"), ("rejected", "failed", "no-answer")])
def test_reject_reason(stage: Stage, reason: str, cause: str, status: str) -> None:
    """The number is busy, or not in service."""
    call = stage.dial(f'<Reject reason="{reason}"/>')
    call.over_sync()
    assert (call.cause, stage.ended()["status"]) == (cause, status)


def test_reject_reason__that_is_none(stage: Stage) -> None:
    """13810: the number is not in service."""
    call = stage.dial('<Reject reason="asleep"/>')
    call.over_sync()
    assert (call.cause, stage.codes()) == ("failed", [13810])
