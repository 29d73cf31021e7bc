"""`<WhatsApp>`: declared with its attributes, and refused."""

from tests.scenarios.twiml.stage import Stage


def test_whatsapp(stage: Stage) -> None:
    """A warning says that it is coming; its attributes are known, and the call goes on."""
    noun = '<WhatsApp url="/x" method="GET" statusCallback="/y" statusCallbackEvent="ringing">+14155551302</WhatsApp>'
    call = stage.call(f"<Dial>{noun}</Dial><Say>Next</Say>")
    call.hears_sync("Next")
    assert "WhatsApp calls come with a later version" in stage.alerts()[0].text
    assert set(stage.codes()) == {13215}
