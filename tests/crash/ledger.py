"""What a peer has seen, on disk line by line: it is written before the peer answers, and never changed."""

import json
import os
import time
from pathlib import Path
from typing import Any


class Ledger:
    """The writing end; each peer is a process of its own, with a ledger of its own."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, kind: str, **facts: Any) -> None:
        line = json.dumps({"at": time.time(), "kind": kind, **facts})
        os.write(self._file, line.encode() + b"\n")


class LedgerReader:
    """The judge's end: reads on from where it stopped, whole lines only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0
        self.entries: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        """Every entry so far."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._at)
                lines = file.read()
            whole = lines[: lines.rfind(b"\n") + 1]
            self._at += len(whole)
            self.entries += [json.loads(line) for line in whole.splitlines()]
        return self.entries

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [entry for entry in self.read() if entry["kind"] == kind]
