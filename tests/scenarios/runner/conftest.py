"""The world of a call."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.scenarios.runner.call_support import CallWorld, call_world


@pytest.fixture
async def calls(tmp_path: Path) -> AsyncIterator[CallWorld]:
    async with call_world(tmp_path) as made:
        yield made
