"""What every test needs."""

import gc

import pytest

from hookflash.domain.sids import SIDS


def pytest_collection_finish() -> None:
    """What is imported by now lives until the end: the collector of garbage need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def sids_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIDs never go back in time within a process; a clock that jumped in one test must not reach into the next."""
    monkeypatch.setattr(SIDS, "_last", 0)
