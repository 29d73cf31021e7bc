"""Which room may know which, read from the imports; design.md of the docs draws the same picture in words."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "hookflash"

#: From each room, those it imports. A new arrow is a decision: it is taken here, with the code that needs it.
ARROWS: dict[str, set[str]] = {
    "domain": set(),
    "errors": set(),
    "logs": set(),
    "pending": set(),
    "switch": set(),
    "wire": {"domain"},
    "twiml": {"domain", "switch"},  # verbs of calls are coroutines over a leg
    "store": {"domain", "pending"},
    "speech": {"domain", "pending", "store", "switch"},  # what was spoken lies on a shelf, and is fed to the switch
    "network": {"domain", "pending", "speech", "switch"},  # a handset holds the other leg of a call, and speaks
    "edge": {"domain"},
    "webhooks": {"domain", "pending"},
    "catalogue": {"errors", "twiml", "webhooks"},
    # actions and carriers know each other's nouns: what a receipt is, and how a handset gets a text
    "actions": {"carriers", "domain", "errors", "network", "store", "twiml", "webhooks"},
    "carriers": {"actions", "domain", "store", "wire"},
    "trunks": {"domain", "store", "switch"},
    "runtime": {
        "actions",
        "api",
        "carriers",
        "domain",
        "errors",
        "metrics",
        "network",
        "pending",
        "settings",  # telephony.py puts together what calls need
        "speech",
        "store",
        "switch",
        "trunks",
        "twiml",
        "webhooks",
    },
    "metrics": {"domain", "switch", "webhooks"},
    "settings": {"actions", "domain"},
    "api": {"actions", "domain", "errors", "store", "webhooks"},
    "own": {
        "actions",
        "api",
        "carriers",
        "catalogue",
        "domain",
        "edge",
        "errors",
        "metrics",
        "network",
        "settings",
        "speech",
        "store",
        "switch",
        "trunks",
        "twiml",
        "webhooks",
    },
    "front": {"api", "own"},
    "app": {
        "actions",
        "api",
        "carriers",
        "domain",
        "edge",
        "front",
        "metrics",
        "own",
        "pending",
        "runtime",
        "settings",
        "store",
        "switch",
        "trunks",
        "webhooks",
    },
    "testing": {"app", "cli", "domain", "own", "settings", "switch"},
    "cli": {"app", "domain", "edge", "logs", "own", "settings", "speech", "store", "twiml", "webhooks"},
}

#: Whatever opens sockets or files, or waits. Rooms that are only rules import none of it.
DRIVERS = {
    "aiohttp",
    "aiohappyeyeballs",
    "apsw",
    "asyncio",
    "asyncpg",
    "http",
    "httptools",
    "requests",
    "select",
    "selectors",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "starlette",
    "structlog",
    "subprocess",
    "urllib.request",
    "uvicorn",
    "uvloop",
}
ONLY_RULES = ("domain", "wire", "twiml")
WAITS = Path("domain/clock.py")  # the seam itself: what is handed in to those who wait


def modules(room: str = "") -> list[Path]:
    found = [path for path in SOURCE.rglob("*.py") if "shims" not in path.parts]
    return [path for path in found if room in ("", room_of(path))]


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").parts[0]


@cache
def imports(path: Path) -> frozenset[str]:
    """The dotted names that a module imports at run time."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ("hookflash", *path.relative_to(SOURCE).parent.parts)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*base, node.module] if node.module else base)


def is_below(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize("room", sorted({room_of(path) for path in modules()} - {"__init__"}))
def test_a_room_knows_only_the_rooms_it_may(room: str) -> None:
    """An import from another room is an arrow of the table."""
    arrows = {
        name.split(".")[1]
        for path in modules(room)
        for name in imports(path)
        if name.startswith("hookflash.") and name.split(".")[1] != room
    }
    assert arrows <= ARROWS[room]


@pytest.mark.parametrize("room", ONLY_RULES)
def test_rules_import_no_driver(room: str) -> None:
    """What decides does not open, send or wait: it is tested in memory, on bytes and a clock that is handed in."""
    found = {
        (str(path.relative_to(SOURCE)), name)
        for path in modules(room)
        if path.relative_to(SOURCE) != WAITS
        for name in imports(path)
        if any(is_below(name, driver) for driver in DRIVERS)
    }
    assert found == set()


def test_only_the_store_knows_its_database() -> None:
    """SQL and its driver stay in one room, so that another database can take its place."""
    rooms = {room_of(path) for path in modules() if any(is_below(name, "apsw") for name in imports(path))}
    assert rooms == {"store"}


def test_no_module_imports_the_other_sqlite() -> None:
    """Python's own SQLite is another copy of the library: two in one process drop each other's locks."""
    assert [path for path in modules() if any(is_below(name, "sqlite3") for name in imports(path))] == []


SERVER = """
import asyncio, sys
from pathlib import Path
from hookflash.app import Server
from hookflash.settings import Settings

def refuse(event, args):
    if event.startswith("sqlite3."):
        print(event, args)
        sys.exit(1)

async def live():
    server = Server(Settings(data=Path(sys.argv[1]), port=0, https_port=0, proxy_port=0, sip_port=0))
    await server.start()
    await server.stop()

sys.addaudithook(refuse)
asyncio.run(live())
"""


def test_a_server_opens_nothing_with_the_other_sqlite(tmp_path: Path) -> None:
    """A library of ours may import it, but in a server that starts and stops nobody opens a database with it."""
    command = [sys.executable, "-c", SERVER, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")
