"""`hookflash accounts`, `numbers`, `short-codes`, `verified`, `carriers`: what the operator manages."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hookflash.cli.connect import complaints, connect, printable

PIPE_WIDTH = 1_000  #: characters; nothing is folded there
Rows = Sequence[dict[str, Any]]


def add(command: str, resource: str, shown: Sequence[str], ready_file: Path | None, **values: object) -> None:
    """Add one thing to `resource`, and print the columns `shown` of it; a value that is None is left to the server."""
    with complaints(command):
        client, _ = connect(ready_file)
        made = client.post(resource, **{name: value for name, value in values.items() if value is not None})
        for name in shown:
            print(f"{name:<18}{printable(str(made[name] or ''))}")


def show(command: str, resource: str, columns: Sequence[str], ready_file: Path | None) -> None:
    """Print a table of `resource`, or say that there is nothing."""
    with complaints(command):
        client, _ = connect(ready_file)
        rows = client.get(resource)[resource.replace("-", "_")]
        if rows:
            print_table(rows, columns)
        else:
            print("There are none.")


def remove(command: str, resource: str, key: str, ready_file: Path | None) -> None:
    """Take one thing out of `resource`."""
    with complaints(command):
        client, _ = connect(ready_file)
        client.delete(resource, key)
        print(f"{key} is gone.")


def list_carriers(ready_file: Path | None) -> None:
    """Carriers with what they say of themselves, and the routes to them."""
    with complaints("carriers list"):
        client, _ = connect(ready_file)
        carriers, routes = client.get("carriers")["carriers"], client.get("routes")["routes"]
        for carrier in carriers:
            state = carrier["state"] or {"": "not running"}
            facts = ", ".join(f"{name} {value}".strip() for name, value in state.items() if value not in (None, ""))
            print(f"{carrier['name']:<16} {printable(facts)}")
        if routes:
            print("\nRoutes, in the order of their priority:")
            print_table(routes, ("carrier", "prefix", "sender", "account_sid", "priority", "weight", "origin"))


def print_table(rows: Rows, columns: Sequence[str]) -> None:
    """Columns of text: as wide as they are in a pipe, folded to the window in a terminal."""
    table = Table(*(column.replace("_", " ") for column in columns), box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(printable("" if row[column] is None else str(row[column])) for column in columns))
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    console.print(table)
