"""Applications with the published libraries, as their users see them: a number to call, and an office to click in."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.scenarios.plugin_support import rest
from tests.sdk import sdk_support
from tests.sdk.sdk_support import HOOKFLASH, INSTALLED, ROOT

from hookflash.testing.call import Call
from hookflash.testing.platform import Platform

APPS = ROOT / "tests" / "sdk" / "apps"
NO_ENGINE = "13620"  # the warning that speech is understood by its hints only

ALICE, BOB, CAROL = "+14155551301", "+14155551302", "+14155551303"

CARD = "4111111111111111"  # every payment company's card for tests

PYTHON = {version: INSTALLED / f"python-{version}/venv/bin/python" for version in ("6.63.2", "9.13.0")}
NODE = INSTALLED / "node-6.2.0/node_modules"


@dataclass
class Shop:
    """An application that runs, and the number at which it is called."""

    hookflash: Platform
    url: str

    def opens(self, page: str) -> None:
        """Calls to the number are answered by this page from now on."""
        self.hookflash.configure(voice_url=f"{self.url}/{page}")

    def call(self, caller: str = ALICE) -> Call:
        """Somebody calls the number, and is answered."""
        call = self.hookflash.handset(caller).dial(self.hookflash.number)
        call.answered_sync()
        return call

    def click(self, page: str) -> Any:
        """Have the office do something; returns what it is answered."""
        return self._ask(page, b"")

    def look(self, page: str) -> Any:
        """What the office is shown."""
        return self._ask(page, None)

    def download(self, page: str) -> bytes:
        """A file that the office is given."""
        with urlopen(f"{self.url}/{page}") as answer:
            return bytes(answer.read())

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nothing is left of what is done meanwhile: neither calls nor anything that the debugger was told."""
        self.hookflash.reset()
        told = self._told()
        yield
        for number in (ALICE, BOB, CAROL):
            for call in self.hookflash.client.get("handsets", number, "calls")["calls"]:
                if call["status"] != "over":
                    self.hookflash.client.post("handsets", number, "calls", call["id"], "hang-up")
        assert (now := self._told()) == told, now

    def _ask(self, page: str, body: bytes | None) -> Any:
        try:
            with urlopen(Request(f"{self.url}/{page}", data=body)) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def _told(self) -> Any:
        shown = rest(self.hookflash, "Notifications.json")["notifications"]
        told = [(each["error_code"], each["message_text"]) for each in shown]
        return [each for each in told if each[0] != NO_ENGINE]


def until(look: Callable[[], Any], size: int) -> Any:
    """What is shown once it holds so many: callbacks come when they come."""
    deadline = time.monotonic() + 10
    while len(shown := look()) < size:
        assert time.monotonic() < deadline, shown
    return shown


@contextmanager
def running(platform: sdk_support.Platform, *command: str | Path, **variables: str) -> Iterator[Shop]:
    """Start an application under `hookflash run`; the first line that it prints is its address."""
    hookflash = Platform(platform.ready)
    line = [HOOKFLASH, "run", "--ready-file", platform.ready_file, "--", *command]
    environment = {**os.environ, **variables, "SHOP_NUMBER": hookflash.number}
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(line, stdout=subprocess.PIPE, stderr=said, text=True, env=environment) as program,
    ):
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        if url:
            yield Shop(hookflash, url)
        program.terminate()
        program.wait()
        said.seek(0)
        errors = said.read()
    assert url, errors
    assert "Traceback" not in errors, errors
