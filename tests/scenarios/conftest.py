"""The platform in the test's own process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.scenarios.rest_support import Api, serving


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """A fresh server, and a client with the token of its first account."""
    async with serving(tmp_path / "data") as client:
        yield client
