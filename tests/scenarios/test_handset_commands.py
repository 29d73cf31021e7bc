"""The operator's commands, as they are typed."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.plugin_support import post_message
from tests.scenarios.served import HOOKFLASH, bare_environment, served

from hookflash.testing.platform import Platform

Server = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Where a server has its ready file and data, and what the file says."""
    directory = tmp_path_factory.mktemp("commands")
    with served(directory) as ready:
        yield directory, ready


def run(directory: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = bare_environment(directory) | {"HOOKFLASH_READY_FILE": str(directory / "ready.json")} | variables
    command = [str(HOOKFLASH), *arguments]
    return subprocess.run(command, env=environment, cwd=directory, capture_output=True, text=True, check=False)


def said(directory: Path, *arguments: str) -> str:
    """What a command that succeeds prints."""
    done = run(directory, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_timeline_is_told_step_by_step(server: Server) -> None:
    """Each step has its time and its sentence; --details has what it recorded."""
    platform = Platform(server[1])
    sid = post_message(platform, To="+14155557001", Body="x")["sid"]
    platform.clock.advance(seconds=0)
    told = said(server[0], "timeline", sid)
    assert "simulated took it" in told
    assert "+0." in told
    assert "ids: " in said(server[0], "timeline", sid, "--details")


def test_an_unknown_sid_is_a_sentence(server: Server) -> None:
    """Exit code 1, and no traceback."""
    done = run(server[0], "timeline", "SM1")
    assert (done.returncode, done.stderr) == (
        1,
        "hookflash timeline: Nothing is known of SM1. Timelines are kept under the SIDs of messages and calls.\n",
    )


def test_accounts_and_what_they_have_are_added_and_listed(server: Server) -> None:
    """What `add` prints, `list` shows; the token is printed once."""
    words = dict(line.split() for line in said(server[0], "accounts", "add", "--trial").splitlines())
    assert words["type"] == "Trial"
    sid = words["account_sid"]
    assert sid in said(server[0], "accounts", "list")
    assert words["auth_token"] not in said(server[0], "accounts", "list")
    said(server[0], "numbers", "add", "+351912345678", "--account", sid, "--sms-url", "https://example.com/sms")
    assert "+351912345678" in said(server[0], "numbers", "list")
    said(server[0], "short-codes", "add", "44222", "--account", sid)
    assert "44222" in said(server[0], "short-codes", "list")
    said(server[0], "verified", "add", "+14155557002", "--account", sid)
    assert "+14155557002" in said(server[0], "verified", "list")
    said(server[0], "numbers", "remove", "+351912345678")
    assert "+351912345678" not in said(server[0], "numbers", "list")


def test_what_is_refused_says_why(server: Server) -> None:
    """The server's sentence, and exit code 1."""
    done = run(server[0], "numbers", "add", server[1]["numbers"][0])
    assert done.returncode == 1
    assert "has +1415" in done.stderr


def test_carriers_are_listed_with_their_routes(server: Server) -> None:
    """State and routes, and never a password."""
    client = Platform(server[1]).client
    config = {"host": "127.0.0.1", "port": 1, "system_id": "us", "password": "s3cr3t"}
    client.post("carriers", name="nowhere", config=config)
    route = client.post("routes", carrier="nowhere", prefix="+351")
    told = said(server[0], "carriers", "list")
    assert "bound 0" in told
    assert "+351" in told
    assert "s3cr3t" not in told
    done = run(server[0], "doctor")
    assert done.returncode == 1
    assert "WRONG  carrier nowhere" in done.stdout
    client.delete("routes", route["sid"])
    client.delete("carriers", "nowhere")


def test_a_doctor_finds_nothing_where_all_is_well(server: Server) -> None:
    """Every listener is tried, TLS included, and the server is asked."""
    done = run(server[0], "doctor")
    assert done.returncode == 0, done.stdout
    assert "is api.twilio.com for those who trust" in done.stdout
    assert "All is well" in done.stdout


def test_a_doctor_names_what_is_wrong_and_the_cure(server: Server, tmp_path: Path) -> None:
    """A readable ready file, a stale token, a dead listener, a bad setting: each has its line."""
    ready = server[1] | {"operator_token": "stale", "proxy": "http://127.0.0.1:1"}
    (tmp_path / "ready.json").write_text(json.dumps(ready))
    (tmp_path / "ready.json").chmod(0o644)
    done = run(tmp_path, "doctor")
    assert done.returncode == 1
    for words in ("WRONG  ready file", "chmod 600", "WRONG  proxy", "WRONG  server", "3 things to mend"):
        assert words in done.stdout
    (tmp_path / "hookflash.toml").write_text("port = 'x'")
    assert "WRONG  settings" in run(tmp_path, "doctor").stdout


def test_a_doctor_without_a_server_says_how_to_start_one(tmp_path: Path) -> None:
    """Before the first start there is one thing to do."""
    done = run(tmp_path, "doctor")
    assert done.returncode == 1
    assert "hookflash serve" in done.stdout
