"""The wheel stands alone: installed where there is no checkout, it carries a message."""

import base64
import json
import subprocess
import sys
import urllib.parse
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.served import served

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    build = [str(Path(sys.executable).with_name("maturin")), "build", "-q", "--locked", "--out", str(directory)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(directory.glob("hookflash-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `hookflash` of a fresh virtual environment that holds the wheel and the pinned dependencies."""
    directory = tmp_path_factory.mktemp("venv")
    venv.create(directory, symlinks=True)
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "-q", "--python", str(directory / "bin/python")]
    subprocess.run([*uv, "--require-hashes", "-r", str(ROOT / "requirements/runtime.txt")], check=True)
    subprocess.run([*uv, "--no-deps", str(wheel)], check=True)
    return directory / "bin" / "hookflash"


@pytest.fixture
def ready(installed: Path, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What a server that runs from the wheel says of itself."""
    with served(tmp_path, installed) as said:
        yield said


def test_a_message_is_accepted_and_found_again(ready: dict[str, Any]) -> None:
    """POST Messages answers 201 with a SID, and the list has it."""
    sent = ask(ready, "Messages.json", {"To": "+14155551212", "From": ready["numbers"][0], "Body": "Alone"})
    assert sent["body"] == "Alone"
    listed = ask(ready, "Messages.json")
    assert [message["sid"] for message in listed["messages"]] == [sent["sid"]]


@pytest.mark.parametrize("suffix", [".sql", ".txt", ".rb", ".typed"])
def test_files_that_are_not_code_are_in_it(wheel: Path, suffix: str) -> None:
    """Statements, tables of numbers, shims for other languages: each such file of the source is in the wheel."""
    source = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob(f"*{suffix}")}
    assert source
    assert source <= set(zipfile.ZipFile(wheel).namelist())


def ask(ready: dict[str, Any], path: str, form: dict[str, str] | None = None) -> Any:
    sid, token = ready["account_sid"], ready["auth_token"]
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(f"{ready['api']}/2010-04-01/Accounts/{sid}/{path}", data)
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{sid}:{token}".encode()).decode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
