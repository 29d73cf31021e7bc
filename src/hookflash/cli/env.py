"""`hookflash env`: what `hookflash run` sets, printed for a shell to evaluate."""

import argparse
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from hookflash.cli.environment import NotReadyError, environment, find_ready_file, read_ready_file


def env_command(argv: list[str]) -> int:
    """`hookflash env`: print what `hookflash run` sets, for a shell to evaluate; the exit code."""
    parser = _parser()
    try:
        options = parser.parse_args(argv)
        path, base = find_ready_file(options.ready_file, os.environ), os.environ
        variables = {**environment(read_ready_file(path), base), "HOOKFLASH_READY_FILE": str(path.resolve())}
    except (NotReadyError, OSError) as error:
        print(f"hookflash env: {error}", file=sys.stderr)
        return 1
    form = SHELLS[options.shell or _shell_of(base)]
    for name, value in variables.items():
        if base.get(name) != value:
            print(form(name, value))
    return 0


def _sh(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _fish(name: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{quoted}'"


def _powershell(name: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"$env:{name} = '{quoted}'"


SHELLS = {"sh": _sh, "fish": _fish, "powershell": _powershell}


def _shell_of(env: Mapping[str, str]) -> str:
    name = Path(env.get("SHELL", "")).name
    return {"fish": "fish", "pwsh": "powershell"}.get(name, "sh")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hookflash env", description='Print what `hookflash run` sets: eval "$(hookflash env)".'
    )
    parser.add_argument("--ready-file", metavar="FILE", help="the ready file of the server to use")
    parser.add_argument("--shell", choices=sorted(SHELLS), help="the shell to write for; default: $SHELL")
    return parser
