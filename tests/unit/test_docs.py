"""The documentation is held against the code: links lead somewhere, what is shown can be run, nothing is left out."""

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import typer.main
import yaml
from starlette.routing import Route

from hookflash.api.api_v2010 import messages
from hookflash.carriers.load import RouteSpec
from hookflash.carriers.smpp_config import SmppConfig
from hookflash.cli.commands import app
from hookflash.own.answering import PREFIX
from hookflash.own.site import own_site
from hookflash.settings import Settings
from hookflash.speech.engines.config import engine_configs
from hookflash.trunks.config import TrunkConfig
from hookflash.trunks.load import CallRouteSpec
from hookflash.twiml.channels import MESSAGING, VOICE
from hookflash.twiml.parse import parse_answer

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
QUICK_COMMANDS = {"run": {"--ready-file", "--"}, "env": {"--ready-file", "--shell"}}  #: those that typer does not know


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(language: str) -> list[Any]:
    """Each block of that language: its text, and as the test's name where it stands."""
    return [
        pytest.param(text, id=f"{name_of(page)}:{number}")
        for page in PAGES
        for number, (_, found, text) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1)
        if found == language
    ]


def anchors(page: Path) -> set[str]:
    """The fragments by which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link names a file that is there, and a heading in it."""
    for link in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if fragment:
            assert fragment in anchors(target), link


def test_every_page_is_in_the_index() -> None:
    """A page that the index does not name will not be found."""
    index = DOCS / "README.md"
    named = {(DOCS / link).resolve() for link in LINK.findall(index.read_text(encoding="utf-8"))}
    assert {page for page in PAGES if page.is_relative_to(DOCS)} - {index} <= named


@pytest.mark.parametrize("text", blocks("python"))
def test_python_is_python(text: str) -> None:
    """A Python example compiles."""
    compile(text, "example", "exec")


@pytest.mark.parametrize("text", blocks("toml"))
def test_settings_are_settings(text: str) -> None:
    """An example of `hookflash.toml` has settings, carriers and routes that exist."""
    settings = msgspec.convert(tomllib.loads(text), Settings, strict=False)
    for carrier in settings.carriers.values():
        assert carrier.pop("kind") == "smpp"
        msgspec.convert(carrier, SmppConfig)
    for route in settings.routes:
        msgspec.convert(route, RouteSpec)
    for trunk in settings.trunks.values():
        msgspec.convert(trunk, TrunkConfig)
    for call_route in settings.call_routes:
        msgspec.convert(call_route, CallRouteSpec)
    engine_configs(settings.speech_engines)


@pytest.mark.parametrize("text", blocks("xml"))
def test_documents_run(text: str) -> None:
    """An example of TwiML is read without a warning."""
    channels = (MESSAGING, VOICE)
    assert () in [parse_answer(text.encode(), "text/xml", channel).warnings for channel in channels]


@pytest.mark.parametrize("text", [*blocks("json"), *blocks("yaml")])
def test_data_parses(text: str) -> None:
    """An example of YAML, which JSON is a part of, parses."""
    yaml.safe_load(text)


@pytest.mark.parametrize("text", blocks("sh"))
def test_commands_exist(text: str) -> None:
    """A shell example parses; every `hookflash` in it is a command of ours, with options that it has."""
    subprocess.run(["bash", "-n"], input=text.encode(), check=True)
    group: Any = typer.main.get_command(app)
    for line in re.findall(r"(?:^|[|(] ?)hookflash ([^|&\n)]*)", text.replace("\\\n", " "), re.MULTILINE):
        words = line.partition(" #")[0].split()
        if words[0] in QUICK_COMMANDS:
            known = QUICK_COMMANDS[words[0]]
            words = words[: words.index("--") + 1] if "--" in words else words
        else:
            command = group
            while hasattr(command, "commands"):
                command = command.commands[words.pop(0)]
            known = {option for parameter in command.params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known


def test_the_reference_is_what_the_code_says() -> None:
    """The generated pages are those that `make docs` writes."""
    check = [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_setting_says_what_it_means() -> None:
    """A line of the table of settings without a meaning helps nobody."""
    page = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("| `") and line.endswith("|  |")] == []


def test_every_parameter_of_a_message_is_documented() -> None:
    """What a create of a message reads from its form is in the table of the page about it."""
    read = set(re.findall(r'form\.(?:get|all)\("(\w+)"', inspect.getsource(messages.read_send)))
    page = (DOCS / "how-to" / "send-a-message.md").read_text(encoding="utf-8")
    assert read
    assert read <= set(re.findall(r"`(\w+)`", page))


def test_every_path_of_our_own_api_is_documented() -> None:
    """The table of our own API has the routes that are served, and no others."""
    exchange: Any = SimpleNamespace(settings=Settings())
    served = {
        (method, route.path)
        for route in own_site(exchange).routes
        if isinstance(route, Route) and (route.path.startswith(PREFIX) or route.path == "/metrics")
        for method in route.methods or ()
        if method != "HEAD"
    }
    page = (DOCS / "reference" / "own-api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| (\w+) \| `([^`]+)` \|", page, re.MULTILINE)) == served


def test_the_tutorial_shows_the_app_that_is_tested() -> None:
    """The code in the tutorial is that of the file beside it, which a scenario runs."""
    page = (DOCS / "tutorial" / "answer-a-text.md").read_text(encoding="utf-8")
    assert (DOCS / "tutorial" / "answer.py").read_text(encoding="utf-8") in page
