"""A store on a file of the test's own, and a disk that can be told to fail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import apsw

from hookflash.store.bus import LocalBus
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx

_numbers = count()


class FaultyDisk(apsw.VFS):
    """Raises `fault` at every change of a file, while there is one; `at` leaves the first changes alone."""

    def __init__(self) -> None:
        self.vfs_name = f"faulty-{next(_numbers)}"
        super().__init__(self.vfs_name, "")
        self.fault: type[apsw.Error] | None = None
        self.at = 0
        self.faults = 0

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _FaultyFile(self, name, flags)

    def changing(self) -> None:
        if self.fault is None:
            return
        if self.at > 0:
            self.at -= 1
            return
        self.faults += 1
        raise self.fault("the test says so")


class _FaultyFile(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.changing()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.changing()
        super().xSync(flags)


@asynccontextmanager
async def opened(directory: Path, *, bus: LocalBus | None = None, vfs: str | None = None) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(directory / "hookflash.db", bus or LocalBus(), vfs=vfs)
    try:
        yield store
    finally:
        await store.close()


async def put(tx: Tx, key: str, size: int = 1) -> None:
    """A row of its own for `key`."""
    await tx.run("messages.opt_out", account_sid=key, sender="s", recipient="x" * size, now=1)


async def keys(tx: Tx) -> set[str]:
    """Every key that was `put`."""
    return {key for (key,) in await tx.select("SELECT account_sid FROM opt_outs")}
