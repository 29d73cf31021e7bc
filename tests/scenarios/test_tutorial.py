"""The tutorial, as it is written: the app under `hookflash run`, texted from `hookflash phone`."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

from tests.scenarios.served import HOOKFLASH, bare_environment, served

APP = Path(__file__).parents[2] / "docs" / "tutorial" / "answer.py"


def test_the_app_answers_a_text(tmp_path: Path) -> None:
    """A text typed into the handset comes back as the reply of the app."""
    app = tmp_path / "answer.py"
    app.write_text(APP.read_text(encoding="utf-8").replace("3000", str(free_port())), encoding="utf-8")
    run = [str(HOOKFLASH), "run", "--ready-file", str(tmp_path / "ready.json"), "--", sys.executable, str(app)]
    with served(tmp_path), Program(run, tmp_path) as flask:
        flask.wait_for("Running on")
        phone = [str(HOOKFLASH), "phone", "+14155551212", "--ready-file", str(tmp_path / "ready.json")]
        with Program(phone, tmp_path) as handset:
            handset.type("Hello")
            handset.wait_for("You wrote: Hello")


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
