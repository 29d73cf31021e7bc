"""An account, its number, and a clock that only tests move."""

from collections.abc import AsyncIterator

import pytest
from tests.unit.actions.world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = await World().open()
    yield made
    await made.close()
