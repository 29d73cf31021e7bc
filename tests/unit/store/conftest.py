"""A store for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.unit.store.store_support import FaultyDisk, opened

from hookflash.store.sqlite import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path) as opened_store:
        yield opened_store


@pytest.fixture
def disk() -> FaultyDisk:
    return FaultyDisk()


@pytest.fixture
async def frail(tmp_path: Path, disk: FaultyDisk) -> AsyncIterator[SqliteStore]:
    """A store on `disk`."""
    async with opened(tmp_path, vfs=disk.vfs_name) as opened_store:
        yield opened_store
        disk.fault = None
