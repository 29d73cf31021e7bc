"""`hookflash phone`, in a terminal and in a pipe."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pytest
from tests.scenarios.plugin_support import post_message
from tests.scenarios.served import HOOKFLASH, served

from hookflash.testing.platform import Platform


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The ready file of a server, and what it says."""
    directory = tmp_path_factory.mktemp("phone")
    with served(directory) as ready:
        yield directory / "ready.json", ready


def in_a_pipe(ready_file: Path, lines: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(HOOKFLASH), "phone", "+14155556001", "--ready-file", str(ready_file), *options]
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=60)


def test_a_pipe_sees_the_answer_before_it_ends(server: tuple[Path, dict[str, Any]]) -> None:
    """What was written goes out line by line, and the replies that come are printed after the last."""
    done = in_a_pipe(server[0], "hello there\n")
    number = server[1]["numbers"][0]
    assert done.returncode == 0
    assert f"> {number}: hello there  (sent)" in done.stdout
    assert f"< {number}: Hello from Hookflash!" in done.stdout


def test_a_line_may_change_the_recipient_or_hang_up(server: tuple[Path, dict[str, Any]]) -> None:
    """Lines with a slash are commands; a text that cannot be sent is explained."""
    second = server[1]["numbers"][1]
    done = in_a_pipe(
        server[0], f"/to +19998887777\nhello\n/to {second}\n/media https://example.com/a.png look\n/quit\nx\n"
    )
    assert "# Not sent: No account of this server has the number +19998887777" in done.stdout
    assert f"> {second}: look https://example.com/a.png  (sent)" in done.stdout
    assert ": x" not in done.stdout


def test_a_silent_app_is_explained(server: tuple[Path, dict[str, Any]]) -> None:
    """/why tells that the app could not be reached, and where to read more."""
    platform, number = Platform(server[1]), "+14155550160"
    platform.client.post("numbers", phone_number=number, sms_url="http://127.0.0.1:1/sms")
    arguments = ["phone", "+14155556003", "--to", number, "--ready-file", str(server[0])]
    with pexpect.spawn(str(HOOKFLASH), arguments, encoding="utf-8", timeout=20, dimensions=(24, 160)) as phone:
        phone.expect("This is ")
        phone.sendline("/why")
        phone.expect("You have written nothing yet")
        phone.sendline("anybody?")
        phone.expect("sent")
        platform.clock.advance(seconds=0)  # comes back once the app has been tried
        phone.sendline("/why")
        phone.expect("refused the TCP connection")
        phone.expect("hookflash timeline SM")
        phone.sendline("/quit")
        phone.expect(pexpect.EOF)


def test_without_a_server_it_says_what_to_do(tmp_path: Path) -> None:
    """No ready file, no traceback: a sentence and exit code 1."""
    done = in_a_pipe(tmp_path / "none.json", "hello\n")
    assert done.returncode == 1
    assert "hookflash serve" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_that_is_none_is_refused(server: tuple[Path, dict[str, Any]]) -> None:
    """A typing mistake is told at once."""
    command = [str(HOOKFLASH), "phone", "12", "--ready-file", str(server[0])]
    done = subprocess.run(command, input="x\n", capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "is not a phone number" in done.stderr


def test_in_a_terminal_texts_come_in_above_the_prompt(server: tuple[Path, dict[str, Any]]) -> None:
    """What comes in does not destroy the line that is being typed, and cannot command the terminal."""
    platform = Platform(server[1])
    arguments = ["phone", "+14155556002", "--ready-file", str(server[0])]
    with pexpect.spawn(str(HOOKFLASH), arguments, encoding="utf-8", timeout=20, dimensions=(24, 120)) as phone:
        phone.expect("This is ")
        phone.send("half a li")
        phone.expect("half a li")
        post_message(platform, To="+14155556002", Body="while you \x1b]0;type\x07")
        phone.expect("while you \ufffd")
        phone.expect("half a li")
        phone.sendline("ne")
        phone.expect("half a line")
        phone.expect("sent")
        phone.expect("Hello from Hookflash")
        phone.sendeof()
        phone.expect(pexpect.EOF)
    assert phone.exitstatus == 0
