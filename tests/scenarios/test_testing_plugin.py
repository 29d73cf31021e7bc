"""The shipped pytest plugin, used as its users do."""

import base64
import json
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from hookflash.testing.handset import NotReceivedError
from hookflash.testing.platform import Platform

ALICE = "+14155551212"


def post_message(hookflash: Platform, **params: str) -> dict[str, Any]:
    credentials = base64.b64encode(f"{hookflash.account_sid}:{hookflash.auth_token}".encode()).decode()
    request = Request(
        f"{hookflash.url}/2010-04-01/Accounts/{hookflash.account_sid}/Messages.json",
        data=urlencode({"From": hookflash.number, **params}).encode(),
        headers={"Authorization": f"Basic {credentials}"},
    )
    with urlopen(request) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


async def test_a_text_of_the_app_reaches_the_handset(hookflash: Platform) -> None:
    """What the API accepts, the handset receives, with its sender and SID."""
    message = post_message(hookflash, To=ALICE, Body="Your code is 123456")
    text = await hookflash.handset(ALICE).received("code is")
    assert ("Your code is 123456", hookflash.number, message["sid"]) == (text.body, text.sender, text.message_sid)


def test_what_does_not_come_fails_with_what_did(hookflash: Platform) -> None:
    """A test that waits in vain is told what the handset has instead."""
    post_message(hookflash, To=ALICE, Body="something else")
    handset = hookflash.handset(ALICE)
    with pytest.raises(NotReceivedError, match="something else"):
        handset.received_sync("never sent", timeout=0.5)


def test_a_fresh_number_answers_with_the_demonstration(hookflash: Platform) -> None:
    """The default SmsUrl of a number is demo.twilio.com, which is answered inside the server."""
    handset = hookflash.handset("+14155551213")
    handset.text("anyone there?", to=hookflash.number)
    assert hookflash.number == handset.received_sync("Hello from Hookflash").sender


def test_a_message_for_next_week_comes_when_the_clock_jumps(hookflash: Platform) -> None:
    """A reply that takes six days is there at once after a jump of a week."""
    handset = hookflash.handset("+14155551214")
    handset.rule("late reply", contains="ping", delay=6 * 24 * 3_600_000)
    post_message(hookflash, To=handset.number, Body="ping")
    handset.received_sync("ping")
    hookflash.clock.advance(days=7)
    assert "Hello from Hookflash" in handset.received_sync("Hello").body
