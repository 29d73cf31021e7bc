"""`hookflash bins`: documents that the running server keeps for an account, and answers with."""

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from hookflash.cli.check import show_finding
from hookflash.cli.connect import complaints, connect, printable
from hookflash.twiml.lint import Finding, Level

SHOWN = ("sid", "url")


def add(file: str, *, name: str | None, account: str | None, ready_file: Path | None) -> None:
    """Keep the document in `file` (`-`: standard input), and print where it answers."""
    with complaints("bins add"):
        client, _ = connect(ready_file)
        twiml = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        made = client.post("bins", friendly_name=name or Path(file).stem, twiml=twiml, account_sid=account or "")
        _print_kept(made, source=file)


def change(sid: str, file: str, *, ready_file: Path | None) -> None:
    """Keep the document in `file` instead of the one that the bin had."""
    with complaints("bins change"):
        client, _ = connect(ready_file)
        twiml = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        _print_kept(client.patch("bins", sid, twiml=twiml), source=file)


def show(sid: str, *, ready_file: Path | None) -> None:
    """Print the document of a bin."""
    with complaints("bins show"):
        client, _ = connect(ready_file)
        print(client.get("bins", sid)["twiml"].rstrip("\n"))


def _print_kept(kept: dict[str, Any], *, source: str) -> None:
    for name in SHOWN:
        print(f"{name:<18}{printable(str(kept[name]))}")
    console = Console(highlight=False, markup=False, soft_wrap=True, stderr=True)
    for warning in kept["warnings"]:
        finding = Finding(**{**warning, "level": Level(warning["level"])})
        show_finding(console, source, finding, kept["twiml"].splitlines())
