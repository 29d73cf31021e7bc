"""What every test needs."""

import pytest

from hookflash.domain.sids import SIDS


@pytest.fixture(autouse=True)
def sids_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIDs never go back in time within a process; a clock that jumped in one test must not reach into the next."""
    monkeypatch.setattr(SIDS, "_last", 0)
