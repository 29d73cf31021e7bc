"""The bytes of media, as files under their SHA-256: what is sent to thousands is kept once.

A file is written, synced and renamed before the row that names it commits, and removed after the last such row has
gone. Both happen while its digest is held, so that a removal cannot overtake a row that is about to commit.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

_LOCKS = 64  # digests share them by their first bits; taken in order, so that nobody waits in a circle


def digest_of(body: bytes) -> str:
    """The name of the file that holds `body`."""
    return hashlib.sha256(body).hexdigest()


class MediaFiles:
    """The files of one data directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._locks = [asyncio.Lock() for _ in range(_LOCKS)]

    @asynccontextmanager
    async def hold(self, digests: Iterable[str]) -> AsyncIterator[None]:
        """Nobody else writes or removes the files of `digests` meanwhile."""
        async with AsyncExitStack() as stack:
            for index in sorted({int(digest[:8], 16) % _LOCKS for digest in digests}):
                await stack.enter_async_context(self._locks[index])
            yield

    async def keep(self, body: bytes) -> str:
        """Have `body` on disk; returns its digest. Raises OSError."""
        digest = digest_of(body)
        await asyncio.to_thread(self._write, digest, body)
        return digest

    async def read(self, digest: str) -> bytes:
        """The bytes under `digest`. Raises FileNotFoundError."""
        return await asyncio.to_thread(self._path(digest).read_bytes)

    async def has(self, digest: str) -> bool:
        return await asyncio.to_thread(self._path(digest).exists)

    async def remove(self, digest: str) -> None:
        """Remove the file of `digest`, if it is there."""
        await asyncio.to_thread(self._path(digest).unlink, missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest

    def _write(self, digest: str, body: bytes) -> None:
        path = self._path(digest)
        if path.exists():
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        partial = path.with_name(f".{digest}.{os.getpid()}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        for directory in (path.parent, self._directory):
            _sync(directory)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
