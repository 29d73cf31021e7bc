"""How the tests run a program under `hookflash run`."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
QUICKSTARTS = ROOT / "docs" / "how-to" / "quickstart"
INSTALLED = ROOT / ".cache" / "sdk"
PINS = ROOT / "tests" / "sdk" / "packages"

HOOKFLASH = Path(sys.executable).parent / "hookflash"

PROGRAM_SECONDS = 60  # a virtual machine on a busy computer may need a tenth of this to start


@dataclass
class Platform:
    """A running server, as its ready file describes it."""

    ready_file: Path
    ready: dict[str, Any]
    _texted: int = 0

    def new_recipient(self) -> str:
        """A number that no other test has texted."""
        self._texted += 1
        return f"+1415555{self._texted:04}"

    def run(self, *command: str | Path, **variables: str) -> str:
        """What `command` prints under `hookflash run`, with these variables set by its user. Raises when it fails."""
        line = [HOOKFLASH, "run", "--ready-file", self.ready_file, "--", *command]
        finished = subprocess.run(
            line, capture_output=True, text=True, env={**os.environ, **variables}, timeout=PROGRAM_SECONDS, check=False
        )
        assert finished.returncode == 0, f"exit code {finished.returncode}: {finished.stdout}{finished.stderr}"
        return finished.stdout
