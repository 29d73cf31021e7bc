"""Files that can be made again, and how many are kept."""

import os
from pathlib import Path

from hookflash.store.shelf import Shelf


async def test_what_was_put_is_there(tmp_path: Path) -> None:
    """A file comes back by its name, whole, and after a restart too; what was never put does not."""
    await Shelf(tmp_path / "shelf").put("a.wav", b"sound")
    shelf = Shelf(tmp_path / "shelf")
    assert shelf.take("b.wav") is None
    path = shelf.take("a.wav")
    assert path == shelf.path("a.wav")
    assert path is not None
    assert path.read_bytes() == b"sound"


async def test_the_least_used_go_first(tmp_path: Path) -> None:
    """Over the limit, the files go that were not taken for longest; no half-written file is left."""
    shelf = Shelf(tmp_path, limit=30)
    for at, name in enumerate(("a", "b", "c")):
        os.utime(await shelf.put(name, bytes(10)), (at, at))
    shelf.take("a")  # now the newest
    await shelf.put("d", bytes(10))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c", "d"]


async def test_one_that_is_too_large_is_not_kept(tmp_path: Path) -> None:
    """The limit holds whatever comes."""
    shelf = Shelf(tmp_path, limit=10)
    await shelf.put("large", bytes(11))
    assert list(tmp_path.iterdir()) == []


async def test_putting_again_replaces(tmp_path: Path) -> None:
    """The same name twice is one file with the newer content."""
    shelf = Shelf(tmp_path)
    await shelf.put("a", b"old")
    assert (await shelf.put("a", b"new")).read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 1
