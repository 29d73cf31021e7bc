"""`<Pause>`: time passes, and nothing is heard."""

from tests.scenarios.twiml.stage import Stage


def test_pause(stage: Stage) -> None:
    """One second, unless it says more; as the first verb it passes before the call is answered."""
    call = stage.dial("<Pause/><Say>One</Say><Pause/><Say>Two</Say>")
    began = stage.hookflash.clock.now()
    call.answered_sync()
    assert 1_000 <= stage.hookflash.clock.now() - began < 2_000
    one = call.hears_sync("One")
    assert 1 < call.hears_sync("Two") - one < 2.5
    assert stage.codes() == []


def test_pause_length(stage: Stage) -> None:
    """So many seconds."""
    call = stage.call('<Say>One</Say><Pause length="7"/><Say>Two</Say>')
    one = call.hears_sync("One")
    assert 7 < call.hears_sync("Two") - one < 8.5


def test_pause_length__of_nothing(stage: Stage) -> None:
    """13910: it must be at least 1, which it is then."""
    call = stage.call('<Say>One</Say><Pause length="0"/><Say>Two</Say>')
    one = call.hears_sync("One")
    assert 1 < call.hears_sync("Two") - one < 2.5
    assert stage.codes() == [13910]
