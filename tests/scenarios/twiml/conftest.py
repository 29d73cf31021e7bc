"""A platform that all tests of documents share; each has an application, a caller and quiet of its own."""

from collections.abc import Iterator

import pytest
from tests.scenarios.plugin_support import running_app
from tests.scenarios.twiml.party import Party
from tests.scenarios.twiml.stage import Stage

from hookflash.testing.platform import Platform


@pytest.fixture
def stage(hookflash: Platform) -> Iterator[Stage]:
    """The first number of the account runs the documents of an application of this test."""
    with running_app() as app:
        hookflash.configure(voice_url=app.url, status_callback=app.url + "/status")
        stage = Stage(hookflash, app)
        yield stage
        stage.clear()


@pytest.fixture
def party(stage: Stage) -> Party:
    """A conference of phones that call the number of the stage."""
    return Party(stage)
