"""Voice applications of tutorials, with the newest and the oldest Python library, unchanged, called by handsets."""

import io
import wave
from functools import partial

import pytest
from tests.sdk.voice_support import ALICE, BOB, CARD, CAROL, Shop, until

from hookflash.testing.call import NotHeardError

GREETING = "You have reached the voice mail of Robert. Please leave a message after the tone, and he will call back."


def test_menu(shop: Shop) -> None:
    """By key, by speech, and again for who says nothing."""
    shop.opens("menu/answer")
    caller = shop.call()
    caller.hears_sync("Welcome to the bakery")
    caller.press("2")
    caller.hears_sync("We are at the old harbour.")
    caller.hears_sync("Welcome to the bakery")
    caller.hears_sync("We did not get that.")
    caller.hears_sync("Welcome to the bakery")
    caller.say("opening hours")
    caller.hears_sync("We are open from 7 to 6.")
    caller.over_sync()


def test_voicemail(shop: Shop) -> None:
    """Nobody takes the call; the message is kept, its words are tried, and the office can throw it away."""
    shop.hookflash.handset(BOB).answers("no-answer")
    shop.opens(f"voicemail/answer?extension=%2B{BOB[1:]}")
    caller = shop.call()
    caller.hears_sync("press the star key when you are done")
    caller.wait(1)
    caller.say("Two loaves of rye for tomorrow, please.")
    caller.press("*")
    caller.hears_sync("Your message was")
    caller.over_sync()
    told = {key: value for each in until(lambda: shop.look("voicemail/office/inbox"), 2) for key, value in each.items()}
    assert told["source"] == "RecordVerb"
    assert told["transcription"].startswith("TR")
    assert shop.click("voicemail/office/empty") == {"left": 0}


def test_forwarding_with_screening(shop: Shop) -> None:
    """Who takes the call hears of it and presses a key; without one the caller is told that nobody is there."""
    shop.opens(f"forwarding/answer?to=%2B{BOB[1:]}")
    bob = shop.hookflash.handset(BOB)
    caller = shop.hookflash.handset(ALICE).dial(shop.hookflash.number)
    phone = bob.rings_sync()
    phone.hears_sync("Press any key to take it.")
    phone.press("1")
    phone.hears_sync("You are connected.")
    caller.answered_sync()
    phone.say("Hello, this is Bob.")
    caller.hears_sync("Hello, this is Bob.")
    caller.hang_up()
    caller = shop.hookflash.handset(ALICE).dial(shop.hookflash.number)
    bob.rings_sync().over_sync()
    caller.hears_sync("Sorry, nobody can take your call.")
    caller.over_sync()


def test_moderated_conference(shop: Shop) -> None:
    """It begins with the moderator; the office mutes, holds, puts out and announces; it ends with the moderator."""
    shop.opens(f"conference/answer?moderator=%2B{BOB[1:]}")
    alice = shop.call(ALICE)
    alice.hears_sync("The meeting has not begun.")
    alice.hears_sync("The meeting has not begun.")
    bob, carol = shop.call(BOB), shop.call(CAROL)
    carol.hears_sync("Welcome to the meeting.")
    bob.wait(1)
    assert shop.look("conference/office/people") == ["connected"] * 3
    assert shop.click(f"conference/office/mute/{ALICE}/on") == {"muted": True}
    alice.say("Nobody hears this sentence.")
    with pytest.raises(NotHeardError):
        bob.hears_sync("Nobody hears this sentence.", timeout=1)
    assert shop.click(f"conference/office/mute/{ALICE}/off") == {"muted": False}
    alice.say("Everybody hears that sentence.")
    bob.hears_sync("Everybody hears that sentence.")
    assert shop.click(f"conference/office/hold/{ALICE}/on") == {"hold": True, "held": 1}
    alice.hears_sync("One moment, please.")
    assert shop.click(f"conference/office/hold/{ALICE}/off") == {"hold": False, "held": 0}
    assert shop.click("conference/office/announce") == {"status": "in-progress"}
    carol.hears_sync("One moment, please.")
    assert shop.click(f"conference/office/kick/{ALICE}") == {"gone": True}
    alice.hears_sync("The meeting is over.")
    bob.hang_up()
    carol.hears_sync("The meeting is over.")
    carol.over_sync()
    news = until(lambda: shop.look("conference/office/news"), 12)
    assert {"participant-join", "participant-mute", "participant-hold", "conference-end"} <= set(news)


def test_warm_transfer(shop: Shop) -> None:
    """The first agent leaves, and the caller goes on with the second."""
    shop.opens(f"transfer/answer?agent=%2B{BOB[1:]}")
    first, second = shop.hookflash.handset(BOB), shop.hookflash.handset(CAROL)
    caller = shop.call()
    agent = first.rings_sync()
    agent.answered_sync()
    agent.wait(1)
    agent.say("I am the first agent.")
    caller.hears_sync("I am the first agent.")
    added = shop.click(f"transfer/office/consult/{CAROL}")
    assert (added["label"], added["same"]) == ("second", True)
    colleague = second.rings_sync()
    colleague.answered_sync()
    colleague.wait(1)
    agent.hang_up()
    colleague.say("I am the second agent.")
    caller.hears_sync("I am the second agent.")
    caller.hang_up()
    colleague.hang_up()


def test_queue(shop: Shop) -> None:
    """Agents take callers in their order; the office sees who waits, and sends one away."""
    shop.opens("support/answer")
    alice = shop.call(ALICE)
    alice.hears_sync("You are number 1 in the queue.")
    carol = shop.call(CAROL)
    carol.hears_sync("You are number 2 in the queue.")
    seen = shop.look("support/office/queue")
    assert [each["position"] for each in seen["members"]] == [1, 2]
    assert seen["size"] == 2
    assert seen["members"][0]["waited"] >= seen["members"][1]["waited"] >= 0
    bob = shop.hookflash.handset(BOB)
    shop.click(f"support/office/call/{BOB}")
    agent = bob.rings_sync()
    alice.hears_sync("An agent will speak with you now.")
    agent.wait(2)
    agent.say("What can I do for you?")
    alice.hears_sync("What can I do for you?")
    alice.hang_up()
    agent.hears_sync("Nobody waits any more.")
    shop.click("support/office/send-away")
    carol.hears_sync("Please call us again tomorrow.")
    carol.over_sync()
    for position, result in enumerate(("bridged", "redirected")):
        page = f"support/office/left/{seen['members'][position]['call']}"
        assert until(partial(shop.look, page), 1) == result
    assert shop.click("support/office/close") == {"name": "shorter", "size": 2, "gone": True}


def test_click_to_call(shop: Shop) -> None:
    """The shop's phone rings first, then the customer's, and both talk."""
    bob, carol = shop.hookflash.handset(BOB), shop.hookflash.handset(CAROL)
    assert shop.click(f"ringing/office/call/{BOB}/{CAROL}")["status"] == "queued"
    agent = bob.rings_sync()
    agent.hears_sync("We are calling your customer.")
    customer = carol.rings_sync()
    assert customer.peer == shop.hookflash.number
    agent.wait(1)
    customer.say("Is this the bakery?")
    agent.hears_sync("Is this the bakery?")
    customer.hang_up()
    agent.over_sync()
    progress = until(lambda: shop.look("ringing/office/progress"), 4)
    assert progress == ["initiated", "ringing", "in-progress", "completed"]


def test_a_number_is_verified(shop: Shop) -> None:
    """The office is shown a code, which is pressed on the phone that rings; the number is listed until deleted."""
    bob = shop.hookflash.handset(BOB)
    asked = shop.click(f"ringing/office/verify/{BOB}")
    assert asked["name"] == "The owner"
    phone = bob.rings_sync()
    phone.hears_sync("Enter the six digit code")
    phone.press(asked["code"])
    phone.hears_sync("Your phone number is verified.")
    phone.over_sync()
    assert shop.look(f"ringing/office/verified/{BOB}") == ["The owner"]
    assert shop.click(f"ringing/office/forget/{BOB}") == {"gone": True}


def test_reminder(shop: Shop) -> None:
    """A machine gets the message after its beep, a person is asked."""
    bob, carol = shop.hookflash.handset(BOB), shop.hookflash.handset(CAROL)
    bob.answers("voicemail", says=GREETING)
    sid = shop.click(f"reminder/office/remind/{BOB}")["call"]
    machine = bob.rings_sync()
    machine.hears_sync("Your cake is ready. Please call us back.")
    machine.over_sync()
    assert shop.look(f"reminder/office/outcome/{sid}") == {"outcome": "machine_end_beep", "seen": "machine_end_beep"}
    carol.answers(says="Hello?")
    sid = shop.click(f"reminder/office/remind/{CAROL}")["call"]
    person = carol.rings_sync()
    person.hears_sync("Press 1 to confirm.")
    person.press("1")
    person.hears_sync("Thank you.")
    person.over_sync()
    assert shop.look(f"reminder/office/outcome/{sid}") == {"outcome": "human confirmed by 1", "seen": "human"}


def test_recording_control(shop: Shop) -> None:
    """What is said while it is paused is not on the file, which has a channel for each side."""
    shop.opens("recording/answer")
    caller = shop.call()
    caller.hears_sync("Let us talk.")
    made = shop.click("recording/office/start")
    assert (made["status"], made["source"]) == ("in-progress", "StartCallRecordingAPI")
    caller.wait(2)
    assert shop.click("recording/office/pause") == {"status": "paused"}
    caller.wait(5)
    assert shop.click("recording/office/in-progress") == {"status": "in-progress"}
    caller.wait(1)
    assert shop.click("recording/office/stopped") == {"status": "stopped"}
    caller.hang_up()
    assert until(lambda: shop.look("recording/office/kept"), 1) == [made["sid"]]
    with wave.open(io.BytesIO(shop.download(f"recording/office/listen/{made['sid']}"))) as file:
        assert file.getnchannels() == 2
        assert 2.8 < file.getnframes() / file.getframerate() < 3.3
    forgotten = shop.click(f"recording/office/forget/{made['sid']}")
    assert forgotten["gone"]
    assert made["sid"] not in forgotten["left"]


def test_a_call_is_changed(shop: Shop) -> None:
    """The office has the caller hear another document, and ends the call."""
    shop.opens("live/answer")
    caller = shop.call()
    caller.hears_sync("Which bread would you like?")
    assert shop.click("live/office/interrupt") == {"status": "in-progress"}
    caller.hears_sync("We close in five minutes.")
    assert shop.click("live/office/hang-up") == {"status": "completed"}
    caller.over_sync()


def test_pay(shop: Shop) -> None:
    """The caller keys a card, and is told that it was charged."""
    shop.opens("paying/answer")
    caller = shop.call()
    caller.hears_sync("card number")
    caller.press(CARD + "#")
    caller.hears_sync("expiration date")
    caller.press("1239")
    caller.hears_sync("security code")
    caller.press("123#")
    caller.hears_sync("Thank you. Your cake is paid.")
    caller.over_sync()


def test_pay_with_an_agent(shop: Shop) -> None:
    """The office asks for field after field; it sees them masked."""
    shop.opens("paying/assisted")
    caller = shop.call()
    caller.hears_sync("Please stay on the line.")
    sid = shop.click("paying/office/begin")["sid"]
    for field, keys in {"payment-card-number": CARD + "#", "expiration-date": "1239", "security-code": "123#"}.items():
        assert shop.click(f"paying/office/capture/{sid}/{field}")["sid"] == sid
        caller.press(keys)
        caller.wait(1)
    shop.click(f"paying/office/complete/{sid}")
    result = until(lambda: [each for each in shop.look("paying/office/heard") if "Result" in each], 1)[0]
    assert (result["Result"], result["PaymentCardNumber"][-4:]) == ("success", CARD[-4:])
    caller.hang_up()


def test_survey(shop: Shop) -> None:
    """A key, a word and a recording answer the questions of a call that the shop makes."""
    handset = shop.hookflash.handset(BOB)
    sid = shop.click(f"survey/office/ask/{BOB}")["call"]
    phone = handset.rings_sync()
    phone.hears_sync("How many loaves do you buy in a week?")
    phone.press("12#")
    phone.hears_sync("Which bread do you like most?")
    phone.say("sourdough")
    phone.hears_sync("Tell us what we could do better.")
    phone.wait(1)
    phone.say("Open on Sundays.")
    phone.hears_sync("That was all.")
    phone.over_sync()
    assert shop.look(f"survey/office/answers/{sid}") == ["12", "sourdough", "recorded"]


def test_masked_numbers_and_hours(shop: Shop) -> None:
    """Each reaches the other by the shop's number; after hours a bin answers, filled in with who calls."""
    shop.opens(f"hours/answer?customer=%2B{ALICE[1:]}&courier=%2B{BOB[1:]}")
    for caller, other in ((ALICE, BOB), (BOB, ALICE)):
        handset = shop.hookflash.handset(other)
        call = shop.call(caller)
        assert handset.rings_sync().peer == shop.hookflash.number
        call.hang_up()
    twiml = "<Response><Say>We are closed. You called from {{From}}.</Say></Response>"
    kept = shop.hookflash.client.post("bins", friendly_name="closed", twiml=twiml)
    shop.opens("hours/answer?closed=" + kept["sid"])
    call = shop.call()
    call.hears_sync("We are closed.")
    call.over_sync()
