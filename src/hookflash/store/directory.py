"""The data directory: who holds it, and what lies in it."""

import fcntl
import os
import secrets
from pathlib import Path

from .store import StoreHeldError

DATABASE = "hookflash.db"
LOCK = "hookflash.lock"
MEDIA = "media"
RECORDINGS = "recordings"
OPERATOR_TOKEN = "operator.token"  # noqa: S105 - a file name


class DataDirectory:
    """Held by one server at a time. Raises StoreHeldError when another has it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (MEDIA, RECORDINGS):
            (path / folder).mkdir(exist_ok=True, mode=0o700)
        sync_directory(path.parent)
        self._lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._lock, 64).decode(errors="replace").strip() or "unknown"
            os.close(self._lock)
            raise StoreHeldError(
                f"{path} is held by another Hookflash server (process {holder}); stop it, or use another --data"
            ) from None
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    @property
    def database(self) -> Path:
        return self.path / DATABASE

    @property
    def media(self) -> Path:
        return self.path / MEDIA

    @property
    def recordings(self) -> Path:
        return self.path / RECORDINGS

    def operator_token(self) -> str:
        """The token of our own API; made on first use."""
        file = self.path / OPERATOR_TOKEN
        if not file.exists():
            write_private(file, secrets.token_hex(32))
        return file.read_text(encoding="ascii").strip()

    def forget_media(self) -> None:
        """Delete every stored picture, sound and card, and the sound of every call."""
        for folder in (self.media, self.recordings):
            for file in folder.glob("*/*"):
                file.unlink(missing_ok=True)

    def release(self) -> None:
        """Let another server have the directory."""
        os.close(self._lock)


def write_private(file: Path, text: str) -> None:
    """Write `text` to `file`, whole or not at all, for its owner's eyes only (0600); it is on disk afterwards."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
    sync_directory(file.parent)


def sync_directory(path: Path) -> None:
    """Have the names in a directory on disk: a file that is synced can still be lost with its name."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
