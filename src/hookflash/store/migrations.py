"""The schema moves forwards only: numbered files, run in order on start, each in a transaction of its own."""

from importlib import resources

import apsw

from .store import StoreError


def migrations() -> list[tuple[int, str]]:
    """Every migration of the package: its number and its SQL, in order."""
    files = resources.files("hookflash.store").joinpath("schema").iterdir()
    found = [(int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".sql")]
    return sorted(found)


def migrate(connection: apsw.Connection) -> None:
    """Bring the schema up to date. Raises StoreError when the data was written by a newer program."""
    known = migrations()
    version = connection.pragma("user_version")
    if version > known[-1][0]:
        raise StoreError(
            f"the data has schema {version}, this program knows {known[-1][0]}: run the newer Hookflash that wrote it"
        )
    for number, sql in known:
        if number > version:
            with connection:
                connection.execute(sql)
                connection.pragma("user_version", number)
