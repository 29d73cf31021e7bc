"""The pytest plugin: the fixture `hookflash` is a running platform.

Every pytest run in an environment that has Hookflash installed imports this module: it imports nothing that costs time
until a test asks for the fixture.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hookflash.testing.platform import Platform


@pytest.fixture(scope="session")
def hookflash_ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the ready file of the server says: one started for this run, or that of HOOKFLASH_READY_FILE."""
    from pathlib import Path  # noqa: PLC0415

    attached = os.environ.get("HOOKFLASH_READY_FILE")
    if attached:
        from hookflash.cli.environment import read_ready_file  # noqa: PLC0415

        yield read_ready_file(Path(attached))
        return
    from hookflash.testing.server import BackgroundServer  # noqa: PLC0415

    with BackgroundServer(tmp_path_factory.mktemp("hookflash")) as ready:
        yield ready


@pytest.fixture
def hookflash(hookflash_ready: dict[str, Any]) -> "Platform":
    """A running platform, shared by the tests of a run; handsets see only what comes during this test."""
    from hookflash.testing.platform import Platform  # noqa: PLC0415

    return Platform(hookflash_ready)


@pytest.fixture
def hookflash_environment(hookflash: "Platform", monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of `hookflash.environment()`, set for this process while the test runs."""
    variables = hookflash.environment()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables
