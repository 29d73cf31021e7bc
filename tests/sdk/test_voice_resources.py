"""The resources of calls as the Python library reads them: every field, every filter, page by page."""

from typing import Any

import pytest
from tests.sdk.voice_support import ALICE, BOB, CAROL, Shop, until

#: What is null of each resource in this story, for nothing has happened that would fill it.
EMPTY = {
    "conferences": {"reason_conference_ended", "call_sid_ending_conference"},
    "participants": {"label", "call_sid_to_coach", "queue_time"},
    "conference recordings": {"price", "error_code", "encryption_details", "call_sid"},
    "calls": {"answered_by", "caller_name", "duration", "end_time", "forwarded_from", "group_sid", "parent_call_sid"}
    | {"price", "annotation", "trunk_sid", "phone_number_sid", "stir_verstat"},
    "recordings": {"price", "error_code", "encryption_details", "conference_sid", "call_sid"},
    "transcriptions": {"price", "transcription_text"},
    "transcriptions of a recording": {"price", "transcription_text"},
}


def nulls(rows: list[dict[str, Any]]) -> set[str]:
    return {name for row in rows for name, value in row.items() if value is None}


def test_every_field_is_read(shop: Shop) -> None:
    """Dates are dates; what is listed is what is fetched; nothing is missing but what has not happened."""
    shop.hookflash.handset(BOB).answers("no-answer")
    shop.opens(f"voicemail/answer?extension=%2B{BOB[1:]}")
    caller = shop.call(CAROL)
    caller.hears_sync("press the star key when you are done")
    caller.wait(1)
    caller.say("Two loaves of rye for tomorrow, please.")
    caller.press("*")
    caller.over_sync()
    until(lambda: shop.look("voicemail/office/inbox"), 2)
    shop.opens("support/answer")
    shop.call(CAROL).hears_sync("You are number 1 in the queue.")
    shop.opens(f"conference/answer?moderator=%2B{BOB[1:]}")
    alice, bob = shop.call(ALICE), shop.call(BOB)
    bob.wait(4)
    sid = shop.look("conference/office/which")["sid"]
    read = shop.look(f"resources/office/read/{sid}")
    for name, found in read.items():
        assert found["listed"], name
        assert nulls(found["listed"]) <= EMPTY.get(name, set()), name
        for row in found["listed"]:
            dates = {field: value for field, value in row.items() if field.startswith("date_") or field == "start_time"}
            assert set(dates.values()) <= {"date"}, (name, dates)
        if found["alone"]:
            assert found["alone"] == found["listed"], name
    counted = shop.look(f"resources/office/count/{sid}")
    assert counted == {"all": [1, 1, 2, 1, 1], "none": [0] * 6}
    bob.hang_up()
    alice.over_sync()
    ended = shop.look(f"resources/office/ended/{sid}")
    assert ended["reason_conference_ended"] == "participant-with-end-conference-on-exit-left"
    assert None not in ended.values()


@pytest.mark.parametrize("program", ["9.13.0"], indirect=True)
def test_live_transcription(shop: Shop) -> None:
    """Begun by the document and stopped by its name, begun by the office and stopped by its SID."""
    shop.opens("live/transcribed")
    caller = shop.call()
    caller.hears_sync("Which bread would you like?")
    caller.say("sourdough")
    caller.wait(3)
    assert shop.click("live/office/stop/order") == {"status": "stopped", "name": "order", "dated": True}
    made = shop.click("live/office/start")
    assert made["status"] == "in-progress"
    caller.say("rye")
    caller.wait(3)
    assert shop.click(f"live/office/stop/{made['sid']}")["status"] == "stopped"
    lines = until(lambda: shop.look("live/office/lines"), 6)
    assert sorted(lines) == sorted(["transcription-started", "transcription-stopped"] * 2 + ["sourdough", "rye"])


@pytest.mark.parametrize("program", ["9.13.0"], indirect=True)
def test_messages_of_an_application_s_own(shop: Shop) -> None:
    """To the phone, and from it for as long as the office wants to hear of them."""
    shop.opens("live/answer")
    caller = shop.call()
    subscription = shop.click("live/office/subscribe")
    assert subscription["dated"]
    assert shop.click("live/office/send")["dated"]
    assert caller.messages == ['{"bread": "rye"}']
    caller.send('{"loaves": 2}')
    assert until(lambda: shop.look("live/office/messages"), 1) == [{"loaves": 2}]
    assert shop.click(f"live/office/unsubscribe/{subscription['sid']}") == {"gone": True}
