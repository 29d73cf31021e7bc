"""A disk whose power can fail: below SQLite, it remembers what was written since the last sync of each file.

The files themselves are written through, so that SQLite reads what it wrote. Beside them stands what would be found
after a power cut: for each file its content at its last sync, and whatever part of the later writes the disk happened
to have done.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import apsw

Write = tuple[int, bytes]  # offset and data; a truncation is (size, b"")
SECTOR = 512  # bytes that a disk writes whole or not at all


@dataclass
class _File:
    synced: bytes | None = None  #: None while the disk may not even know its name
    unsynced: list[Write] = field(default_factory=list)


class PowerDisk(apsw.VFS):
    """An apsw VFS of the given name. `before_write` is called before each change, with its number from 1."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.vfs_name = name
        self.before_write: Callable[[int], None] = lambda number: None
        self.writes = 0
        self.syncs = 0
        self._files: dict[str, _File] = {}
        self._lock = threading.RLock()

    # -- what SQLite calls --

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _PowerFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self._changing()
        super().xDelete(filename, syncdir)
        with self._lock:
            self._files.pop(filename, None)

    # -- what its files tell --

    def opened(self, path: str) -> None:
        with self._lock:
            if path not in self._files:
                content = Path(path).read_bytes()
                self._files[path] = _File(synced=content or None)

    def wrote(self, path: str, write: Write) -> None:
        self._changing()
        with self._lock:
            self._files[path].unsynced.append(write)

    def synced(self, path: str) -> None:
        self._changing()
        with self._lock:
            self.syncs += 1
            file = self._files[path]
            file.synced = _applied(file.synced or b"", file.unsynced)
            file.unsynced = []

    def _changing(self) -> None:
        self.writes += 1
        self.before_write(self.writes)

    # -- the cut --

    def after_a_cut(self, random: Random) -> dict[str, bytes]:
        """What is on the disk if the power fails now, by file name: unsynced writes are lost, done, or torn."""
        with self._lock:
            found = {}
            for path, file in self._files.items():
                survivors = _survivors(file.unsynced, random)
                if file.synced is not None or survivors:
                    found[Path(path).name] = _applied(file.synced or b"", survivors)
            return found


class _PowerFile(apsw.VFSFile):
    def __init__(self, disk: PowerDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if self._path is not None:
            disk.opened(self._path)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if self._path is not None:
            self._disk.wrote(self._path, (offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        if self._path is not None:
            self._disk.wrote(self._path, (newsize, b""))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if self._path is not None:
            self._disk.synced(self._path)


def _survivors(writes: list[Write], random: Random) -> list[Write]:
    """Those that a disk did before the power failed: none, the first ones, or any; the last one perhaps in part."""
    way = random.choice(("none", "first", "any", "torn"))
    if way == "none" or not writes:
        return []
    if way == "any":
        return [write for write in writes if random.random() < 0.5]
    kept = writes[: random.randint(0, len(writes))]
    if way == "torn" and kept and kept[-1][1]:
        offset, data = kept[-1]
        kept[-1] = (offset, data[: random.randrange(0, len(data), SECTOR)] or data[:SECTOR])
    return kept


def _applied(content: bytes, writes: list[Write]) -> bytes:
    image = bytearray(content)
    for offset, data in writes:
        if data:
            image.extend(bytes(max(0, offset + len(data) - len(image))))
            image[offset : offset + len(data)] = data
        else:
            del image[offset:]
    return bytes(image)
