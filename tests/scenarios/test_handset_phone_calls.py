"""`hookflash phone` in calls: made, taken, refused, and what is heard on them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pytest
from tests.scenarios.plugin_support import rest, running_app
from tests.scenarios.served import HOOKFLASH, served

from hookflash.testing.platform import Platform

PHONE = "+14155556001"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Platform]]:
    """The ready file of a server, and its platform."""
    directory = tmp_path_factory.mktemp("phone-calls")
    with served(directory) as ready:
        yield directory / "ready.json", Platform(ready)


def in_a_pipe(ready_file: Path, lines: str) -> str:
    command = [str(HOOKFLASH), "phone", PHONE, "--ready-file", str(ready_file)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def in_a_terminal(ready_file: Path) -> Any:
    arguments = ["phone", PHONE, "--ready-file", str(ready_file)]
    return pexpect.spawn(str(HOOKFLASH), arguments, encoding="utf-8", timeout=20, dimensions=(24, 160))


def test_a_pipe_calls_and_shows_what_is_heard(server: tuple[Path, Platform]) -> None:
    """With nothing more to type it stays until the call is over; every remark is a line."""
    number = server[1].ready["numbers"][1]
    said = in_a_pipe(server[0], f"/call {number}\n")
    assert f"# Calling {number} …" in said
    assert "# Answered." in said
    assert "~ Hello from Hookflash!" in said
    assert "# The call is over: the other side hung up." in said


def test_digits_typed_in_a_call_are_pressed(server: tuple[Path, Platform]) -> None:
    """They wait for the answer; outside of a call a line of digits is a text."""
    with running_app() as app:
        app.document = '<Response><Gather numDigits="3"><Say>Yes?</Say></Gather></Response>'
        server[1].configure(voice_url=app.url)
        said = in_a_pipe(server[0], "/call\n/wait 1\n12\n/keys 3\n/wait 1\n/hangup\n42\n/quit\n")
        assert app.wait_for(Digits="123")["From"] == PHONE
    assert "# The call is over: you hung up." in said
    assert f"> {server[1].number}: 42  (sent)" in said


def test_what_cannot_be_done_is_said(server: tuple[Path, Platform]) -> None:
    """Commands of a call outside of one, and numbers that are none, end in a sentence."""
    said = in_a_pipe(server[0], "/hangup\n/answer\n/reject\n/keys 1\n/say hello\n/call 12\n/wait long\n/quit\n")
    for remark in (
        "There is no call.",
        "Nobody calls.",
        "There is no call to press that in",
        "There is no call to say that in",
        "Not called: '12' is not a phone number",
        "/wait takes a number of seconds.",
    ):
        assert f"# {remark}" in said


def test_a_call_that_comes_in_rings_until_it_is_taken(server: tuple[Path, Platform]) -> None:
    """The user answers, hears what the app says, speaks, and hangs up; then the handset answers as before."""
    platform = server[1]
    platform.handset(PHONE).answers("busy")
    with in_a_terminal(server[0]) as phone:
        phone.expect("This is ")
        while platform.client.get("handsets", PHONE, "answering").get("how") != "manual":
            pass
        twiml = '<Response><Say>Your parcel is here.</Say><Pause length="60"/></Response>'
        call = rest(platform, "Calls.json", {"To": PHONE, "From": platform.number, "Twiml": twiml})
        phone.expect("calls: /answer or /reject")
        phone.sendline("/answer")
        phone.expect("Your parcel is here")
        phone.sendline("/say thank you")
        phone.sendline("/hangup")
        phone.expect("The call is over: you hung up")
        phone.sendline("/quit")
        phone.expect(pexpect.EOF)
    platform.clock.advance(seconds=0)
    assert rest(platform, f"Calls/{call['sid']}.json")["status"] == "completed"
    assert platform.client.get("handsets", PHONE, "answering")["how"] == "busy"


def test_a_call_that_comes_in_may_be_refused(server: tuple[Path, Platform]) -> None:
    """The caller is told busy."""
    platform = server[1]
    with in_a_terminal(server[0]) as phone:
        phone.expect("This is ")
        while platform.client.get("handsets", PHONE, "answering").get("how") != "manual":
            pass
        call = rest(platform, "Calls.json", {"To": PHONE, "From": platform.number, "Twiml": "<Response/>"})
        phone.expect("calls: /answer or /reject")
        phone.sendline("/reject")
        phone.expect("Rejected")
        phone.sendline("/quit")
        phone.expect(pexpect.EOF)
    platform.clock.advance(seconds=0)
    assert rest(platform, f"Calls/{call['sid']}.json")["status"] == "busy"
