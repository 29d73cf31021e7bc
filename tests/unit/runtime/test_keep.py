"""What has happened outside is kept, however long the disk is full."""

from pathlib import Path

import apsw
import pytest
from tests.unit.store.store_support import FaultyDisk, keys, opened, put

from hookflash.runtime import keep as module
from hookflash.runtime.keep import keep


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0)


async def test_a_full_disk_makes_it_wait(tmp_path: Path) -> None:
    """The write is tried until the disk has room, and is done once."""
    disk = FaultyDisk()
    tries = 0
    async with opened(tmp_path, vfs=disk.vfs_name) as store:

        async def write() -> None:
            nonlocal tries
            tries += 1
            if tries == 5:
                disk.fault = None
            await store.write(put, "a")

        disk.fault = apsw.FullError
        await keep(write)
        assert tries == 5
        assert await store.read(keys) == {"a"}


async def test_a_mistake_is_not_repeated() -> None:
    """What the action itself raises comes to the caller at once."""

    async def write() -> None:
        raise ValueError("not the store's fault")

    with pytest.raises(ValueError, match="not the store"):
        await keep(write)
