"""The world of a worker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.unit.runtime.runtime_support import Diary, World
from tests.unit.store.store_support import opened

from hookflash.store.bus import LocalBus


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    bus = LocalBus()
    async with opened(tmp_path, bus=bus) as store:
        yield World(store, bus)


@pytest.fixture
def diary() -> Diary:
    return Diary()
