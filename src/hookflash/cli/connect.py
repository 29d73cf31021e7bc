"""How commands find the running server, and how they say that something is wrong."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hookflash.cli.environment import NotReadyError, find_ready_file, read_ready_file
from hookflash.own.client import OwnClient, ServerError

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def connect(ready_file: Path | None) -> tuple[OwnClient, dict[str, Any]]:
    """A client of the running server, and what its ready file says. Raises NotReadyError."""
    ready = read_ready_file(find_ready_file(str(ready_file) if ready_file else None, os.environ))
    return OwnClient(ready["api"], ready["operator_token"]), ready


@contextmanager
def complaints(command: str, *also: type[Exception]) -> Iterator[None]:
    """Turn what is wrong (no server, its refusal, a file, an error of `also`) into a sentence and the exit code 1."""
    expected: tuple[type[Exception], ...] = (NotReadyError, ServerError, OSError, *also)
    try:
        yield
    except expected as error:
        print(f"hookflash {command}: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def printable(text: str) -> str:
    """`text` of somebody else's, without what could command a terminal."""
    return _CONTROL.sub("\ufffd", text)
