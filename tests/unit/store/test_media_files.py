"""The bytes of media on disk."""

import asyncio
from pathlib import Path

import pytest

from hookflash.store.media_files import MediaFiles, digest_of


async def test_bytes_are_kept_once_under_their_digest(tmp_path: Path) -> None:
    """For the owner's eyes only, and nothing else lies beside them."""
    files = MediaFiles(tmp_path)
    for _ in range(2):
        assert await files.keep(b"owl") == digest_of(b"owl")
    (file,) = tmp_path.glob("*/*")
    assert (file.name, file.stat().st_mode & 0o777) == (digest_of(b"owl"), 0o600)
    assert await files.read(digest_of(b"owl")) == b"owl"


async def test_what_was_removed_is_gone_and_may_be_removed_again(tmp_path: Path) -> None:
    """A job that comes up twice does no harm."""
    files = MediaFiles(tmp_path)
    digest = await files.keep(b"owl")
    await files.remove(digest)
    await files.remove(digest)
    assert not await files.has(digest)
    with pytest.raises(FileNotFoundError):
        await files.read(digest)


async def test_a_digest_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    """Also by those who hold several, in whatever order they name them."""
    files = MediaFiles(tmp_path)
    digests = [digest_of(bytes([n])) for n in range(20)]
    held: list[int] = []

    async def hold(who: int, names: list[str]) -> None:
        async with files.hold(names):
            held.append(who)
            await asyncio.to_thread(bool)
            assert held[-1] == who, "nobody came between"

    await asyncio.gather(*(hold(n, digests if n % 2 else digests[::-1]) for n in range(10)))
    assert sorted(held) == list(range(10))
