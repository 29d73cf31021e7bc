"""`<Echo>`: callers hear themselves."""

from tests.scenarios.twiml.stage import Stage


def test_echo(stage: Stage) -> None:
    """What is said comes back, keys too; the verbs behind are never run."""
    call = stage.call("<Echo/><Say>Never</Say>")
    call.say("Is anybody there")
    call.hears_sync("Is anybody there")
    call.press("7")
    call.wait(1)
    assert call.keys == "7"
    assert "Never" not in call.transcript()
    assert stage.codes() == []
