"""`<Sim>`: refused, for no mobile network is connected."""

from tests.scenarios.twiml.stage import Stage


def test_sim(stage: Stage) -> None:
    """13258, an error, with what to do instead; the call goes on."""
    call = stage.call(f"<Dial><Sim>DE{'0' * 32}</Sim></Dial><Say>Next</Say>")
    call.hears_sync("Next")
    (alert,) = stage.alerts()
    assert (alert.code, alert.level) == (13258, "error")
    assert "dial its number instead" in alert.text
