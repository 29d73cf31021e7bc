"""Files that can be made again: kept while there is room, the ones not used for longest go first."""

import asyncio
import os
import secrets
from pathlib import Path

LIMIT = 512 << 20  #: bytes


class Shelf:
    """The files of one directory, by name."""

    def __init__(self, directory: Path, *, limit: int = LIMIT) -> None:
        self._directory = directory
        self._limit = limit
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, name: str) -> Path:
        """Where the file `name` lies, or would."""
        return self._directory / name

    def take(self, name: str) -> Path | None:
        """The file `name`, if it is there; it then stays longer."""
        path = self.path(name)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    async def put(self, name: str, body: bytes) -> Path:
        """Keep `body` as `name`. Raises OSError."""
        return await asyncio.to_thread(self._put, name, body)

    def _put(self, name: str, body: bytes) -> Path:
        path = self.path(name)
        part = path.with_name(f".{name}.{secrets.token_hex(4)}")
        part.write_bytes(body)
        part.replace(path)
        self._make_room()
        return path

    def _make_room(self) -> None:
        kept = [(state.st_mtime, state.st_size, entry.path) for entry, state in self._states()]
        excess = sum(size for _, size, _ in kept) - self._limit
        for _, size, path in sorted(kept):
            if excess <= 0:
                return
            Path(path).unlink(missing_ok=True)
            excess -= size

    def _states(self) -> list[tuple["os.DirEntry[str]", os.stat_result]]:
        found = []
        for entry in os.scandir(self._directory):
            try:
                found.append((entry, entry.stat()))
            except FileNotFoundError:
                continue  # another thread has just made room
        return found
