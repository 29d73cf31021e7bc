"""Voice applications with the newest Node library, unchanged, called by handsets."""

from collections.abc import Iterator

import pytest
from tests.sdk.sdk_support import Platform
from tests.sdk.voice_support import ALICE, APPS, BOB, CAROL, NODE, Shop, running, until


@pytest.fixture(scope="module")
def program(platform: Platform) -> Iterator[Shop]:
    variables = {"NODE_PATH": str(NODE), "BAKER": BOB, "GUEST": CAROL}
    with running(platform, "node", APPS / "node" / "serve.js", **variables) as shop:
        yield shop


def test_forwarding_with_a_recording(shop: Shop) -> None:
    """The one called hears what it is about; the conversation has a channel for each."""
    shop.opens("calls/forward")
    handset = shop.hookflash.handset(BOB)
    caller = shop.call()
    caller.hears_sync("Press 1 to speak with the baker.")
    caller.press("1")
    baker = handset.rings_sync()
    baker.hears_sync("A customer is on the line.")
    baker.wait(1)
    caller.say("Is the bread ready?")
    baker.hears_sync("Is the bread ready?")
    baker.hang_up()
    caller.hears_sync("The baker has hung up: completed.")
    caller.over_sync()
    kept = until(lambda: shop.look("office/kept"), 1)
    assert kept == [{"channels": 2, "source": "DialVerb", "status": "completed"}]


def test_meeting(shop: Shop) -> None:
    """A guest is called in, muted until the office lets everybody hear; the office ends it."""
    shop.opens("calls/meeting")
    handset = shop.hookflash.handset(CAROL)
    alice, bob = shop.call(ALICE), shop.call(BOB)
    bob.wait(1)
    assert shop.click("office/invite") == {"label": "guest", "muted": True, "dated": True}
    guest = handset.rings_sync()
    guest.answered_sync()
    guest.wait(1)
    assert shop.click("office/unmute") == {"muted": False}
    guest.say("Thank you for having me.")
    bob.hears_sync("Thank you for having me.")
    assert sorted(str(label) for label in shop.look("office/labels")) == ["None", "None", "guest"]
    assert shop.click("office/end") == {"status": "completed"}
    alice.hears_sync("You have left the meeting.")
    guest.over_sync()
