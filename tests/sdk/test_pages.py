"""The quickstart pages show the very programs that the tests run."""

import re

import pytest
from tests.sdk.sdk_support import QUICKSTARTS

PROGRAMS = sorted(path for path in QUICKSTARTS.glob("*/*") if path.suffix not in (".mod", ".sum"))
FENCED = re.compile(r"^```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("language", sorted({path.parent.name for path in PROGRAMS}))
def test_a_page_holds_its_programs_as_they_are(language: str) -> None:
    """A program is changed in its file and on its page, or not at all."""
    page = (QUICKSTARTS.parent / f"quickstart-{language}.md").read_text()
    shown = FENCED.findall(page)
    assert [path.name for path in PROGRAMS if path.parent.name == language and path.read_text() not in shown] == []


def test_every_page_is_in_the_table() -> None:
    """The page that leads to the others names them all."""
    table = (QUICKSTARTS.parent / "quickstart.md").read_text()
    assert [path.name for path in QUICKSTARTS.parent.glob("quickstart-*.md") if f"({path.name})" not in table] == []
