"""`hookflash run` and `hookflash env` as commands: what they start, how they end, what they cost."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hookflash.edge.certificates import LocalAuthority

HOOKFLASH = Path(sys.executable).parent / "hookflash"
NOW = 1_790_000_000_000  # ms: September 2026


@pytest.fixture
def ready_file(tmp_path: Path, local_authority: LocalAuthority) -> Iterator[Path]:
    """The ready file of a server of which only the proxy's socket exists."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        ready = {"https": "https://127.0.0.1:1", "proxy": proxy, "ca": str(local_authority.certificate)}
        path = tmp_path / "ready.json"
        path.write_text(json.dumps({**ready, "account_sid": "AC" + "a" * 32, "auth_token": "it's"}))
        yield path


def hookflash(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([HOOKFLASH, *arguments], capture_output=True, text=True, env=environment, check=False)


def test_the_exit_code_is_the_programs(ready_file: Path) -> None:
    """A script that asks for the program's success gets the program's answer."""
    assert hookflash("run", "--ready-file", ready_file, "--", "sh", "-c", "exit 7").returncode == 7


def test_arguments_pass_unchanged(ready_file: Path) -> None:
    """Options after the command, spaces and empty words belong to the program; the `--` may be left out."""
    printed = hookflash("run", f"--ready-file={ready_file}", "printf", "[%s]", "--", "-x", "a b", "")
    assert printed.stdout == "[--][-x][a b][]"


def test_signals_reach_the_program(ready_file: Path) -> None:
    """The program takes our place: it has our process id, and a signal is its own."""
    command = [
        str(HOOKFLASH),
        "run",
        "--ready-file",
        str(ready_file),
        "--",
        "sh",
        "-c",
        "echo $$; exec tail -f /dev/null",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == f"{program.pid}\n"
        program.send_signal(signal.SIGTERM)
    assert program.returncode == -signal.SIGTERM


def test_without_a_ready_file_nothing_starts(tmp_path: Path) -> None:
    """The program would talk to the real hosts: it is not started, and a sentence says what to do."""
    finished = hookflash("run", "--", "echo", "started", HOOKFLASH_READY_FILE=str(tmp_path / "none.json"))
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "hookflash serve" in finished.stderr


def test_without_a_server_nothing_starts(ready_file: Path) -> None:
    """A ready file that outlived its server does not let the program out either."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    ready = json.loads(ready_file.read_text())
    ready_file.write_text(json.dumps({**ready, "proxy": f"http://127.0.0.1:{port}"}))
    finished = hookflash("run", "--ready-file", ready_file, "--", "echo", "started")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert f"no server answers at http://127.0.0.1:{port}" in finished.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--", "no-such-program-at-all"], 127),
        (["--", "/etc/passwd"], 126),
        (["--wrong", "--", "true"], 2),
        (["--"], 2),
        (["--ready-file"], 2),
        (["--help"], 0),
    ],
)
def test_exit_codes_of_our_own(ready_file: Path, arguments: list[str], code: int) -> None:
    """As shells have them: 127 for no such program, 126 for one that cannot be executed, 2 for a wrong command line."""
    assert hookflash("run", *arguments, HOOKFLASH_READY_FILE=str(ready_file)).returncode == code


@pytest.mark.parametrize("program", ["php", "php8.2", "composer"])
def test_php_goes_through_socks(ready_file: Path, tmp_path: Path, program: str) -> None:
    """PHP, by name or by the first line of a script, gets the proxy as SOCKS 5 that resolves names."""
    interpreter = "php" if program == "composer" else "sh"
    script = tmp_path / program
    script.write_text(f"#!/usr/bin/env {interpreter}\necho $https_proxy $HTTPS_PROXY\n")
    script.chmod(0o755)
    if program != "php":
        (tmp_path / "php").symlink_to("/bin/sh")
    path = f"{tmp_path}:{os.environ['PATH']}"
    printed = hookflash("run", "--", program, HOOKFLASH_READY_FILE=str(ready_file), PATH=path).stdout.split()
    assert [address.partition("://")[0] for address in printed] == ["socks5h", "http"]


def test_env_prints_what_run_sets(ready_file: Path) -> None:
    """A shell that evaluates the output has the environment of `hookflash run`."""
    script = f'eval "$({HOOKFLASH} env --shell sh)" && env -0'
    by_env = subprocess.run(
        ["sh", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOOKFLASH_READY_FILE": str(ready_file)},
    ).stdout
    by_run = hookflash("run", "--ready-file", ready_file, "--", "env", "-0").stdout

    def settings(printed: str) -> dict[str, str]:
        pairs = dict(line.split("=", 1) for line in printed.split("\0") if line)
        return {name: value for name, value in pairs.items() if name not in ("_", "SHLVL", "PWD", "OLDPWD")}

    assert settings(by_env) == settings(by_run)


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("sh", "export TWILIO_AUTH_TOKEN='it'\"'\"'s'"),
        ("fish", "set -gx TWILIO_AUTH_TOKEN 'it\\'s'"),
        ("powershell", "$env:TWILIO_AUTH_TOKEN = 'it''s'"),
    ],
)
def test_env_quotes_for_each_shell(ready_file: Path, shell: str, line: str) -> None:
    """What is printed is data for the shell, whatever characters it has."""
    assert line in hookflash("env", "--ready-file", ready_file, "--shell", shell).stdout.splitlines()


def test_env_without_a_server_prints_nothing(tmp_path: Path) -> None:
    """`eval "$(hookflash env)"` then sets nothing, and the reason is on standard error."""
    finished = hookflash("env", "--ready-file", tmp_path / "none.json")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "none.json" in finished.stderr


def test_run_imports_nothing_heavy(ready_file: Path) -> None:
    """It stands before every start of the user's program and may cost 0.15 s at most, so it loads next to nothing."""
    program = (
        "import os, sys\nfrom hookflash.cli.main import main\n"
        "def show(*_): print(*sys.modules); sys.exit()\n"
        "os.execvpe = show\nmain()"
    )
    command = [sys.executable, "-c", program, "run", "--ready-file", str(ready_file), "--", "true"]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    heavy = {"typer", "rich", "asyncio", "ssl", "cryptography", "msgspec", "apsw", "aiohttp", "argparse", "structlog"}
    assert "hookflash.cli.run" in loaded
    assert not heavy & loaded
