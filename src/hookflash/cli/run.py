"""`hookflash run -- COMMAND…`: start a program so that its Twilio library reaches this server, whatever library it is.

The program takes the place of this process, so that signals and the exit code are its own. It is not started at all
when no server answers: a program that was to talk to us shall not talk to the real hosts instead.
"""

import os
import re
import shutil
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from hookflash.cli.environment import NotReadyError, environment, find_ready_file, host_and_port, read_ready_file

USAGE = """usage: hookflash run [--ready-file FILE] -- COMMAND...

Start COMMAND so that its Twilio library reaches the running server, unchanged.
FILE is the server's ready file; default: $HOOKFLASH_READY_FILE, or that of the data directory.
"""

NOT_READY, BAD_USAGE, NOT_EXECUTABLE, NOT_FOUND = 1, 2, 126, 127  # the last two as shells have them

CONNECT_SECONDS = 5.0  # for the check that the server is there; it is on this machine or beside it


def run_command(argv: list[str]) -> int:
    """Run the command line of `hookflash run` after the word `run`; returns only when the program did not start.

    The exit code is 1 without a running server, 2 for a command line that makes no sense, 126 or 127 for a program
    that cannot be executed or does not exist.
    """
    try:
        given, command = _parse(argv)
    except ValueError as error:
        print(f"hookflash run: {error}\n\n{USAGE}", end="", file=sys.stderr)
        return BAD_USAGE
    if not command:
        print(USAGE, end="")
        return 0
    try:
        path = find_ready_file(given, os.environ)
        ready = read_ready_file(path)
        _check_server(ready["proxy"], path)
        variables = environment(ready, os.environ)
    except (NotReadyError, OSError) as error:
        print(f"hookflash run: {error}", file=sys.stderr)
        return NOT_READY
    variables["HOOKFLASH_READY_FILE"] = str(path.resolve())
    if _is_php(command[0], os.environ):
        # Its older libraries cannot read the answer of an HTTP proxy; libcurl prefers the lower-case name.
        variables["https_proxy"] = variables["https_proxy"].replace("http://", "socks5h://")
    return _replace_this_process(command, {**os.environ, **variables})


def _parse(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """The ready file given and the command; an empty command asks for help. Raises ValueError."""
    given, rest = None, list(argv)
    while rest and rest[0].startswith("-"):
        option, equals, value = rest.pop(0).partition("=")
        if option in ("-h", "--help"):
            return None, []
        if option == "--" and not equals:
            break
        if option != "--ready-file":
            raise ValueError(f"there is no option {option}; the command stands after --")
        if not equals and not rest:
            raise ValueError("--ready-file needs the path of a file")
        given = value if equals else rest.pop(0)
    if not rest:
        raise ValueError("there is no command to run")
    return given, rest


def _check_server(proxy: str, ready_file: Path) -> None:
    try:
        socket.create_connection(host_and_port(proxy), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise NotReadyError(
            f"no server answers at {proxy} ({error}), which {ready_file} names. Start it again with `hookflash serve`."
        ) from error


def _is_php(program: str, env: Mapping[str, str]) -> bool:
    """Whether this is a PHP interpreter, or a script that says it wants one."""
    if re.fullmatch(r"php[\d.]*(-cgi|-cli|-fpm)?", Path(program).name):
        return True
    found = shutil.which(program, path=env.get("PATH"))
    if found is None:
        return False
    try:
        with Path(found).open("rb") as file:
            first = file.readline(200)
    except OSError:  # a program that may be executed but not read
        return False
    return first.startswith(b"#!") and b"php" in first


def _replace_this_process(command: list[str], env: Mapping[str, str]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvpe(command[0], command, env)  # noqa: S606
    except FileNotFoundError:
        print(f"hookflash run: there is no program {command[0]}", file=sys.stderr)
        return NOT_FOUND
    except OSError as error:
        print(f"hookflash run: {command[0]} cannot be executed: {error.strerror}", file=sys.stderr)
        return NOT_EXECUTABLE
