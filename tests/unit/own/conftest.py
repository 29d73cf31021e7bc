"""The server of the pytest plugin, and one in operator mode."""

from collections.abc import Iterator
from typing import Any

import pytest

from hookflash.own.client import OwnClient
from hookflash.settings import Mode
from hookflash.testing.platform import Platform
from hookflash.testing.server import BackgroundServer


@pytest.fixture
def own(hookflash: Platform) -> OwnClient:
    """A client with the operator token."""
    return hookflash.client


@pytest.fixture(scope="session")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the ready file of a server in operator mode says."""
    with BackgroundServer(tmp_path_factory.mktemp("operated"), mode=Mode.OPERATOR) as ready:
        yield ready
