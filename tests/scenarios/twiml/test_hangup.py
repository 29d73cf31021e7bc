"""`<Hangup>`: the call ends."""

from tests.scenarios.twiml.stage import Stage


def test_hangup(stage: Stage) -> None:
    """It ends after the verbs before it, and without those after it; as the first verb, it is answered."""
    call = stage.call("<Say>Goodbye.</Say><Hangup/><Say>Never.</Say>")
    call.hears_sync("Goodbye.")
    call.over_sync()
    assert (call.cause, stage.ended()["status"]) == ("remote", "completed")
    call = stage.dial("<Hangup/>")
    call.over_sync()
    assert (call.cause, stage.ended()["status"], stage.codes()) == ("remote", "completed", [])


def test_hangup__with_parameters(stage: Stage) -> None:
    """Builders may give it some; they change nothing."""
    call = stage.dial('<Hangup><Parameter name="a" value="b"/></Hangup>')
    call.over_sync()
    assert stage.codes() == []
