"""The shipped pytest plugin, used as its users do."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.scenarios.plugin_support import post_message, rest, running_app
from tests.scenarios.served import served
from twilio.rest import Client  # type: ignore[import-untyped]

from hookflash.testing.handset import NotReceivedError
from hookflash.testing.platform import Platform

ALICE = "+14155551212"


async def test_a_text_of_the_app_reaches_the_handset(hookflash: Platform) -> None:
    """What the API accepts, the handset receives, with its sender and SID."""
    message = post_message(hookflash, To=ALICE, Body="Your code is 123456")
    text = await hookflash.handset(ALICE).received("code is")
    assert (text.body, text.sender, text.message_sid) == ("Your code is 123456", hookflash.number, message["sid"])


def test_what_does_not_come_fails_with_what_did(hookflash: Platform) -> None:
    """A test that waits in vain is told what the handset has instead."""
    post_message(hookflash, To=ALICE, Body="something else")
    handset = hookflash.handset(ALICE)
    handset.received_sync("something else", timeout=5)
    post_message(hookflash, To=ALICE, Body="and more")
    with pytest.raises(NotReceivedError, match="and more"):
        handset.received_sync("never sent", timeout=0.3)


def test_a_handset_sees_nothing_of_earlier_tests(hookflash: Platform) -> None:
    """Tests share the server, not their texts."""
    post_message(hookflash, To="+14155551277", Body="of the test before")
    hookflash.handset("+14155551277").received_sync("of the test before")
    assert Platform(hookflash.ready).handset("+14155551277").inbox() == []


def test_a_fresh_number_answers_with_the_demonstration(hookflash: Platform) -> None:
    """The default SmsUrl of a number is demo.twilio.com, which is answered inside the server."""
    handset = hookflash.handset("+14155551213")
    handset.text("anyone there?", to=hookflash.number)
    assert handset.received_sync("Hello from Hookflash").sender == hookflash.number


def test_an_app_answers_a_handset(hookflash: Platform) -> None:
    """`configure` points a number at the app; its TwiML comes back to the handset."""
    handset = hookflash.handset("+14155551215")
    number = hookflash.ready["numbers"][1]
    with running_app() as app:
        app.document = "<Response><Message>You are in</Message></Response>"
        hookflash.configure(number, sms_url=app.url)
        handset.text("JOIN", to=number)
        assert app.wait_for(Body="JOIN")["From"] == handset.number
        assert handset.received_sync("You are in").sender == number


def test_a_message_for_next_week_comes_when_the_clock_jumps(hookflash: Platform) -> None:
    """What an app has scheduled for in a week is delivered in milliseconds, and not before."""
    handset = hookflash.handset("+14155551218")
    number = hookflash.client.post("numbers", phone_number="+14155550118")
    service = rest(hookflash, "/messaging/v1/Services", {"FriendlyName": "reminders"})["sid"]
    rest(hookflash, f"/messaging/v1/Services/{service}/PhoneNumbers", {"PhoneNumberSid": number["sid"]})
    send_at = datetime.fromtimestamp(hookflash.clock.now() / 1000 + 7 * 86_400, UTC).isoformat()
    schedule = {"MessagingServiceSid": service, "ScheduleType": "fixed", "SendAt": send_at}
    message = rest(hookflash, "Messages.json", {"To": handset.number, "Body": "It is today!", **schedule})
    assert message["status"] == "scheduled"
    hookflash.clock.advance(days=6)
    assert handset.inbox() == []
    began = time.monotonic()
    hookflash.clock.advance(days=1)
    assert handset.received_sync("It is today!").sender == "+14155550118"
    assert time.monotonic() - began < 2


def test_a_slow_reply_comes_when_the_clock_jumps(hookflash: Platform) -> None:
    """A handset's reply that takes six days is there at once after a jump of a week."""
    handset = hookflash.handset("+14155551214")
    handset.rule("late reply", contains="ping", delay=6 * 24 * 3_600_000)
    post_message(hookflash, To=handset.number, Body="ping")
    handset.received_sync("ping")
    hookflash.clock.advance(days=7)
    assert "Hello from Hookflash" in handset.received_sync("Hello").body


def test_a_jump_does_not_age_what_is_under_way(hookflash: Platform) -> None:
    """A message that was just accepted is delivered before the clock jumps over its validity period."""
    message = post_message(hookflash, To=ALICE, Body="still fresh", ValidityPeriod="60")
    hookflash.clock.advance(days=1)
    hookflash.handset(ALICE).received_sync("still fresh")
    assert rest(hookflash, f"Messages/{message['sid']}.json")["status"] in ("sent", "delivered")


@pytest.mark.parametrize("error_code", [30003, 30005, 30006, 30007])
def test_a_fault_fails_messages_as_documented(hookflash: Platform, error_code: int) -> None:
    """A handset told to fail makes the message undelivered with that code, and its callback says so."""
    handset = hookflash.handset(f"+1415555{error_code % 10000:04}")
    handset.faults(error_code=error_code)
    with running_app() as app:
        message = post_message(hookflash, To=handset.number, Body="x", StatusCallback=app.url)
        params = app.wait_for(MessageStatus="undelivered")
    assert (params["ErrorCode"], params["MessageSid"]) == (str(error_code), message["sid"])
    assert handset.inbox() == []


def test_receipts_may_be_doubled_and_out_of_order(hookflash: Platform) -> None:
    """The status ends right, and is told once, when the network says things twice and backwards."""
    handset = hookflash.handset("+14155551216")
    handset.faults(duplicate_receipts=True, receipts_out_of_order=True)
    with running_app() as app:
        post_message(hookflash, To=handset.number, Body="x", StatusCallback=app.url)
        app.wait_for(MessageStatus="delivered")
        hookflash.clock.advance(seconds=1)  # returns once nothing is left to do
        statuses = [params["MessageStatus"] for params in app.requests]
    assert statuses.count("delivered") == 1
    handset.faults()


def test_reset_forgets_messages_and_keeps_numbers(hookflash: Platform) -> None:
    """After a reset lists are empty and handsets as new; the account's numbers are still there."""
    handset = hookflash.handset("+14155551217")
    handset.rule("reply")
    post_message(hookflash, To=handset.number, Body="x")
    handset.received_sync("x")
    hookflash.reset()
    assert rest(hookflash, "Messages.json")["messages"] == []
    assert hookflash.client.get("handsets")["handsets"] == []
    assert len(rest(hookflash, "IncomingPhoneNumbers.json")["incoming_phone_numbers"]) >= 2


def test_the_environment_leads_an_unmodified_library_here(
    hookflash: Platform, hookflash_environment: dict[str, str]
) -> None:
    """With the fixture's variables set, the published library in this very process talks to the server."""
    client = Client(hookflash_environment["TWILIO_ACCOUNT_SID"], hookflash_environment["TWILIO_AUTH_TOKEN"])
    message = client.messages.create(to=ALICE, from_=hookflash.number, body="unmodified")
    assert hookflash.handset(ALICE).received_sync("unmodified").message_sid == message.sid


_USERS_TEST = """
def test_attached(hookflash):
    hookflash.handset("+14155551212").text("hi", to=hookflash.number)
    hookflash.handset("+14155551212").received_sync("Hello from Hookflash")
"""


def test_the_plugin_attaches_to_a_running_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With HOOKFLASH_READY_FILE no server is started: the one it names is used, by any pytest run."""
    with served(tmp_path) as ready:
        (tmp_path / "test_users.py").write_text(_USERS_TEST)
        monkeypatch.setenv("HOOKFLASH_READY_FILE", str(tmp_path / "ready.json"))
        run = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", str(tmp_path)]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        texts = Platform(ready).client.get("handsets", ALICE, "messages")["messages"]
    assert [text["direction"] for text in texts] == ["sent", "received"]


def test_importing_the_plugin_costs_nothing() -> None:
    """pytest imports it in every run: it brings in nothing of ours but two empty packages."""
    program = (
        "import sys; import pytest; before = set(sys.modules); import hookflash.testing.plugin; "
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['hookflash', 'hookflash.testing', 'hookflash.testing.plugin']"
