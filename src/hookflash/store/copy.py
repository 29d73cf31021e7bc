"""A consistent copy of the data file of a server, which may be running: it is another process's."""

from pathlib import Path

import apsw

from .store import StoreCorruptError, StoreError


def copy_database(source: Path, target: Path) -> None:
    """Copy the data file `source` to `target` by SQLite's own backup. Raises StoreError."""
    try:
        reader = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
        writer = apsw.Connection(str(target))
        try:
            with writer.backup("main", reader, "main") as backup:
                while not backup.done:
                    backup.step()
            writer.execute("PRAGMA journal_mode=DELETE")  # one file, with no log beside it
        finally:
            writer.close()
            reader.close()
    except apsw.Error as error:
        raise StoreError(f"{source} cannot be copied: {error}") from error


def check_database(path: Path) -> None:
    """Raises StoreCorruptError unless `path` is a data file in which SQLite finds nothing wrong."""
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            [(verdict,)] = connection.execute("PRAGMA quick_check(1)")
        finally:
            connection.close()
    except (apsw.Error, ValueError) as error:
        raise StoreCorruptError(f"the data file is damaged or not a database: {error}") from error
    if verdict != "ok":
        raise StoreCorruptError(f"the data file is damaged: {verdict}")
