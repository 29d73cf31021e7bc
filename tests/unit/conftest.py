"""What tests of several rooms need."""

import shutil
from pathlib import Path

import pytest

from hookflash.edge.certificates import LocalAuthority

AUTHORITY_MADE_AT = 1_790_000_000_000  # ms: September 2026


@pytest.fixture(scope="session")
def authority_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a local authority; making its keys takes as long as ten tests."""
    directory = tmp_path_factory.mktemp("authority") / "ca"
    LocalAuthority(directory, now=AUTHORITY_MADE_AT)
    return directory


@pytest.fixture
def local_authority(authority_files: Path, tmp_path: Path) -> LocalAuthority:
    """A local authority of the test's own, made a moment ago."""
    return LocalAuthority(shutil.copytree(authority_files, tmp_path / "ca"), now=AUTHORITY_MADE_AT)
