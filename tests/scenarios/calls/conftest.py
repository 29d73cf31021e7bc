"""A platform for calls."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.scenarios.calls.place import Place, place


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    """A fresh server with a SIP domain whose calls ask `/voice` of the application."""
    async with place(tmp_path) as made:
        await made.domain()
        yield made
