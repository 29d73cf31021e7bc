"""The programs of the switch that are measured: its examples, built as the switch itself is."""

import json
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


@cache
def build() -> dict[str, str]:
    """Path by name. Raises CalledProcessError when they cannot be built; cargo has said why."""
    command = ["cargo", "build", "--release", "--locked", "-q", "-p", "hookflash-switch", "--examples"]
    command += ["--message-format", "json-render-diagnostics"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    built = map(json.loads, output.splitlines())
    return {made["target"]["name"]: made["executable"] for made in built if made.get("executable")}


def path(name: str) -> str:
    """Where a program lies."""
    return build()[name]
