"""One server for all programs, started as a user starts it."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sdk.sdk_support import HOOKFLASH, Platform
from tests.sdk.voice_support import APPS, PYTHON, Shop, running


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    directory = tmp_path_factory.mktemp("platform")
    ready_file = directory / "ready.json"
    ports = [word for option in ("port", "https-port", "proxy-port", "sip-port") for word in (f"--{option}", "0")]
    command = [str(HOOKFLASH), "serve", "--data", str(directory / "data"), *ports]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOOKFLASH_")}
    with subprocess.Popen(
        [*command, "--ready-file", str(ready_file)], stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stderr is not None
        said = []
        for line in server.stderr:
            said.append(line)
            if "is up" in line:
                break
        assert ready_file.exists(), "".join(said)
        reader = threading.Thread(target=said.extend, args=(server.stderr,))
        reader.start()
        yield Platform(ready_file, json.loads(ready_file.read_text()))
        server.terminate()
        reader.join()
    assert server.returncode == 0, "".join(said)


@pytest.fixture(scope="session", autouse=True)
def packages() -> None:
    """The published libraries, installed when they are not yet: `scripts/sdk-setup` leaves alone what is there."""
    subprocess.run([Path(__file__).parents[2] / "scripts" / "sdk-setup"], check=True)


@pytest.fixture(scope="session", params=PYTHON)
def program(request: pytest.FixtureRequest, platform: Platform) -> Iterator[Shop]:
    """The tutorials with the newest and the oldest Python library."""
    with running(platform, PYTHON[request.param], APPS / "serve.py") as shop:
        yield shop


@pytest.fixture
def shop(program: Shop) -> Iterator[Shop]:
    """An application; the debugger is told nothing of it."""
    program.click("office/next-day")
    with program.quiet():
        yield program
