"""The tutorials, as they are written: apps under `hookflash run`, texted and called from `hookflash phone`."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

from tests.scenarios.served import HOOKFLASH, bare_environment, served

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial"


def test_the_app_answers_a_text(tmp_path: Path) -> None:
    """A text typed into the handset comes back as the reply of the app."""
    with served(tmp_path), run("answer.py", tmp_path) as flask:
        flask.wait_for("Running on")
        with phone(tmp_path) as handset:
            handset.type("Hello")
            handset.wait_for("You wrote: Hello")


def test_the_app_answers_a_call(tmp_path: Path) -> None:
    """What it says is heard, the key that is typed leads on; then the second app calls the handset."""
    with served(tmp_path), run("answer_call.py", tmp_path) as flask:
        flask.wait_for("Running on")
        with phone(tmp_path) as handset:
            handset.type("/call")
            handset.wait_for("~ Press one for pizza, two for salad.")
            handset.type("1")
            handset.wait_for("~ Your pizza is on its way.")
            handset.wait_for("The call is over: the other side hung up.")
            with run("place_call.py", tmp_path) as caller:
                caller.wait_for("queued")
                handset.wait_for("calls: /answer or /reject")
                handset.type("/answer")
                handset.wait_for("~ Your pizza is at the door.")


def test_the_pages_show_what_is_tested() -> None:
    """The code on a page is that of the files beside it."""
    pages = {"answer-a-text.md": ("answer.py",), "answer-a-call.md": ("answer_call.py", "place_call.py")}
    for page, files in pages.items():
        text = (TUTORIAL / page).read_text(encoding="utf-8")
        for file in files:
            assert (TUTORIAL / file).read_text(encoding="utf-8") in text


def run(file: str, directory: Path) -> "Program":
    """A program of the tutorial under `hookflash run`, on a port of its own."""
    app = directory / file
    app.write_text((TUTORIAL / file).read_text(encoding="utf-8").replace("3000", str(free_port())), encoding="utf-8")
    return Program([str(HOOKFLASH), "run", *ready(directory), "--", sys.executable, str(app)], directory)


def phone(directory: Path) -> "Program":
    return Program([str(HOOKFLASH), "phone", "+14155551212", *ready(directory)], directory)


def ready(directory: Path) -> list[str]:
    return ["--ready-file", str(directory / "ready.json")]


class Program:
    """A program whose output can be waited for; killed at the end."""

    def __init__(self, command: list[str], directory: Path) -> None:
        self._command = command
        self._directory = directory
        self._said: list[str] = []
        self._news = threading.Condition()

    def __enter__(self) -> "Program":
        self._process = subprocess.Popen(
            self._command,
            cwd=self._directory,
            env=bare_environment(self._directory),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._process.kill()
        self._reader.join()
        self._process.__exit__(None, None, None)

    def type(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def wait_for(self, words: str) -> None:
        """Return once a line with `words` has come; fail when the program ends or a minute passes without it."""
        with self._news:
            self._news.wait_for(lambda: words in "".join(self._said) or not self._reader.is_alive(), timeout=60)
        assert words in "".join(self._said)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._said.append(line)
                self._news.notify_all()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
