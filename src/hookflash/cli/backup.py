"""`hookflash backup` and `hookflash restore`: everything but keys, in one file.

A backup holds the database, the media and the recordings. It leaves out secret.key, which opens the sealed secrets, the
private keys of the local authority, and the operator token: whoever finds a backup cannot speak for its accounts.
"""

import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copyfileobj, rmtree
from typing import IO

from hookflash.cli.connect import complaints
from hookflash.cli.environment import default_data_directory
from hookflash.store.copy import check_database, copy_database
from hookflash.store.directory import DATABASE, MEDIA, RECORDINGS
from hookflash.store.store import StoreError
from hookflash.store.vault import KEY_FILE

_MEMBER = re.compile(
    rf"{re.escape(DATABASE)}|{MEDIA}/[0-9a-f]{{2}}/[0-9a-f]{{64}}|{RECORDINGS}/AC[0-9a-f]{{32}}/RE[0-9a-f]{{32}}\.wav"
)


class BackupError(OSError):
    """The backup cannot be made or used; the message says why."""


def backup_command(file: Path, data: Path | None) -> None:
    """Write a backup of the data directory to `file`, beside a running server or without one."""
    with complaints("backup", StoreError):
        directory = data or default_data_directory(os.environ)
        size = make_backup(directory, file)
        print(f"{file}: {size} bytes, of {directory}")
        print(f"It does not hold {KEY_FILE}: keep that, or your HOOKFLASH_SECRET_KEY, somewhere else.")


def restore_command(file: Path, data: Path) -> None:
    """Unpack a backup into `data`, which must be empty or missing."""
    with complaints("restore", StoreError):
        restore_backup(file, data)
        print(f"{data} has the database, the media and the recordings of {file}.")
        print(f"Before you start a server on it, put {KEY_FILE} there, or set HOOKFLASH_SECRET_KEY.")


def make_backup(directory: Path, file: Path) -> int:
    """Write the backup of the data directory `directory` to `file` (0600), whole or not at all; returns its bytes.

    Raises BackupError, StoreError, OSError.
    """
    database = directory / DATABASE
    if not database.is_file():
        raise BackupError(f"there is no data in {directory}; name the data directory with --data")
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".hookflash-backup-") as place:
            copy = Path(place) / DATABASE
            copy_database(database, copy)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as archive:
                archive.add(copy, DATABASE, filter=_anonymous)
                # After the database: what it names is there by now, and what went away since, it can do without.
                for name in _sounds_and_pictures(directory):
                    with suppress(FileNotFoundError):
                        archive.add(directory / name, name, filter=_anonymous)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return file.stat().st_size


def restore_backup(file: Path, directory: Path) -> None:
    """Unpack `file` into `directory`. Raises BackupError, StoreError, OSError; what is half done is taken away."""
    if directory.exists() and any(directory.iterdir()):
        raise BackupError(f"{directory} is not empty; restore into a new directory")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    written: list[Path] = []
    try:
        for name, content in _members(file):
            target = directory / name
            _make_folders(directory, target)
            written.append(target)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                copyfileobj(content, out)
        if directory / DATABASE not in written:
            raise BackupError(f"{file} holds no {DATABASE}")
        check_database(directory / DATABASE)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        for folder in (directory / MEDIA, directory / RECORDINGS):
            rmtree(folder, ignore_errors=True)  # the directory was empty before
        raise


def _sounds_and_pictures(directory: Path) -> Iterator[str]:
    """The names, below `directory`, of what a backup takes besides the database."""
    for folder in (MEDIA, RECORDINGS):
        for file in (directory / folder).glob("*/*"):
            name = file.relative_to(directory).as_posix()
            if _MEMBER.fullmatch(name):
                yield name


def _make_folders(directory: Path, target: Path) -> None:
    for folder in reversed(target.relative_to(directory).parents[:-1]):
        (directory / folder).mkdir(mode=0o700, exist_ok=True)


def _members(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The files of a backup. Raises BackupError for anything that a backup of ours does not have."""
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is None or not _MEMBER.fullmatch(member.name):
                    raise BackupError(f"{file} is no backup of Hookflash: it holds {member.name[:80]!r}")
                yield member.name, content
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{file} is no backup of Hookflash, or is not whole: {error}") from error


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
