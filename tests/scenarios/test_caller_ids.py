"""Numbers that are verified by a call: whoever takes it presses the code that the account was shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.scenarios.plugin_support import App, Asked, drop, rest, running_app

from hookflash.testing.call import Call
from hookflash.testing.platform import Platform

BOB = "+14155551302"
QUESTION = "This is a call to verify your phone number. Enter the six digit code that you were shown."


@dataclass
class World:
    """An account that asks, and Bob's phone."""

    hookflash: Platform
    app: App

    def asks(self, **form: str) -> tuple[dict[str, Any], Call]:
        """The answer to a request for Bob's number, and the call that comes of it, which he takes."""
        bob = self.hookflash.handset(BOB)
        bob.answers("manual")
        form = {"PhoneNumber": "(415) 555-1302", "StatusCallback": f"{self.app.url}/told", **form}
        answer = rest(self.hookflash, "OutgoingCallerIds.json", form)
        call = bob.rings_sync()
        call.answer()
        return answer, call

    def listed(self) -> list[dict[str, Any]]:
        """The numbers that are verified."""
        rows: list[dict[str, Any]] = rest(self.hookflash, "OutgoingCallerIds.json")["outgoing_caller_ids"]
        return rows

    def told(self) -> Asked:
        return self.app.wait_for(To=BOB)


@pytest.fixture
def world(hookflash: Platform) -> Iterator[World]:
    with running_app() as app:
        world = World(hookflash, app)
        yield world
        for row in world.listed():
            drop(hookflash, f"OutgoingCallerIds/{row['sid']}.json")


def test_a_number_is_verified_by_the_code(world: World) -> None:
    """The answer shows the code at once; once it was pressed the number is the account's to show."""
    answer, call = world.asks(FriendlyName="Bob's desk")
    assert set(answer) == {"account_sid", "call_sid", "friendly_name", "phone_number", "validation_code"}
    assert (answer["phone_number"], answer["friendly_name"]) == (BOB, "Bob's desk")
    call.hears_sync(QUESTION)
    call.press(answer["validation_code"])
    call.hears_sync("Thank you. Your phone number is verified. Goodbye.")
    call.over_sync()
    told = world.told()
    (row,) = world.listed()
    assert (row["phone_number"], row["friendly_name"]) == (BOB, "Bob's desk")
    assert (told["VerificationStatus"], told["OutgoingCallerIdSid"]) == ("success", row["sid"])
    assert told["CallSid"] == answer["call_sid"]
    assert len(world.app.requests) == 1


def test_a_wrong_code_may_be_pressed_twice(world: World) -> None:
    """The third must be right."""
    answer, call = world.asks()
    call.hears_sync(QUESTION)
    for _ in range(2):
        call.press("000000")
        call.hears_sync("This is not the code. Enter the six digit code that you were shown.")
    call.press(answer["validation_code"])
    call.hears_sync("Thank you. Your phone number is verified. Goodbye.")
    assert [row["phone_number"] for row in world.listed()] == [BOB]


def test_after_three_tries_it_is_not_verified(world: World) -> None:
    """The phone hears so, and the application is told once."""
    _, call = world.asks()
    for _ in range(3):
        call.wait(4)
        call.press("000000")
    call.hears_sync("Your phone number is not verified. Goodbye.")
    call.over_sync()
    told = world.told()
    assert told["VerificationStatus"] == "failed"
    assert "OutgoingCallerIdSid" not in told
    assert world.listed() == []


def test_who_hangs_up_is_not_verified(world: World) -> None:
    """The application is told, by the method that it wants."""
    _, call = world.asks(StatusCallbackMethod="GET")
    call.hang_up()
    told = world.told()
    assert (told["VerificationStatus"], told.method) == ("failed", "GET")


def test_nobody_answers(world: World) -> None:
    """It ends like a call that was not taken, and the application is told."""
    world.hookflash.handset(BOB).answers("busy")
    rest(world.hookflash, "OutgoingCallerIds.json", {"PhoneNumber": BOB, "StatusCallback": world.app.url})
    assert world.told()["VerificationStatus"] == "failed"


def test_the_call_waits_as_long_as_it_is_told(world: World) -> None:
    """`CallDelay` seconds pass before it is dialled."""
    bob = world.hookflash.handset(BOB)
    bob.answers("manual")
    before = world.hookflash.clock.now()
    rest(world.hookflash, "OutgoingCallerIds.json", {"PhoneNumber": BOB, "CallDelay": "20"})
    world.hookflash.clock.advance(seconds=20)
    bob.rings_sync().answer()
    assert world.hookflash.clock.now() - before >= 20_000


def test_an_extension_is_pressed(world: World) -> None:
    """Its keys come before the question."""
    _, call = world.asks(Extension="w42#")
    call.hears_sync(QUESTION)
    assert call.keys == "42#"


def test_the_account_cannot_answer_for_the_phone(world: World) -> None:
    """Another document on the call, even one that names the code, verifies nothing."""
    answer, call = world.asks()
    code = answer["validation_code"]
    twiml = f"<Response><Redirect>https://code.invalid/?Digits={code}</Redirect></Response>"
    rest(world.hookflash, f"Calls/{answer['call_sid']}.json", {"Twiml": twiml})
    call.over_sync()
    assert world.told()["VerificationStatus"] == "failed"
    assert world.listed() == []
