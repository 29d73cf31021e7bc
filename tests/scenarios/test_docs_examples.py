"""The example of the page about testing apps, run as its readers run it."""

import subprocess
import sys
from pathlib import Path

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


def test_the_example_of_testing_an_app_passes() -> None:
    """A project with the app and its tests passes, with nothing but the installed plugin."""
    run = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider"]
    done = subprocess.run([*run, "."], cwd=HOW_TO / "test-your-app", capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout, done.stdout


def test_the_page_shows_the_example_that_is_tested() -> None:
    """The code on the page is that of the files beside it."""
    page = (HOW_TO / "test-your-app.md").read_text(encoding="utf-8")
    for file in ("shop.py", "test_shop.py"):
        assert (HOW_TO / "test-your-app" / file).read_text(encoding="utf-8") in page
