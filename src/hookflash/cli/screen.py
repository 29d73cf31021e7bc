"""Where a phone in a terminal shows what comes in: above the line that is being typed, or as plain lines in a pipe."""

import contextlib
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from rich.console import Console
from rich.text import Text


class Screen(Protocol):
    """Where texts and calls are shown, and lines typed."""

    def lines(self) -> Iterator[str]:
        """What the user types, line by line, until they hang up."""
        ...

    def show(self, mark: str, peer: str, body: str, note: str = "") -> None:
        """Show a text: `mark` is < for one received, > for one sent."""
        ...

    def hear(self, words: str) -> None:
        """Show what is heard on a call."""
        ...

    def say(self, sentence: str) -> None:
        """Show a remark of ours."""
        ...


class PipeScreen:
    """Plain lines, for scripts."""

    def lines(self) -> Iterator[str]:
        yield from (line.rstrip("\n") for line in sys.stdin)

    def show(self, mark: str, peer: str, body: str, note: str = "") -> None:
        print(f"{mark} {peer}: {body}{f'  ({note})' if note else ''}", flush=True)

    def hear(self, words: str) -> None:
        print(f"~ {words}", flush=True)

    def say(self, sentence: str) -> None:
        print(f"# {sentence}", flush=True)


class TerminalScreen:
    """A prompt with texts coming in above it."""

    PROMPT = "> "

    def __init__(self) -> None:
        import readline  # edits the line, and knows what stands on it

        self._typed = readline.get_line_buffer
        self._console = Console(highlight=False)
        self._lock = threading.Lock()

    def lines(self) -> Iterator[str]:
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            while True:
                yield input(self.PROMPT)

    def show(self, mark: str, peer: str, body: str, note: str = "") -> None:
        text = Text(datetime.now().astimezone().strftime("%H:%M:%S "), style="dim")
        text.append(f"{peer} " if mark == "<" else f"to {peer} ", style="bold cyan" if mark == "<" else "bold green")
        text.append(body, style="default not dim")
        text.append(f"  {note}" if note else "", style="dim")
        self._above_prompt(text)

    def hear(self, words: str) -> None:
        self._above_prompt(
            Text(f"\N{LEFT DOUBLE QUOTATION MARK}{words}\N{RIGHT DOUBLE QUOTATION MARK}", style="magenta")
        )

    def say(self, sentence: str) -> None:
        self._above_prompt(Text(sentence, style="yellow"))

    def _above_prompt(self, text: Text) -> None:
        with self._lock:
            sys.stdout.write("\r\x1b[K")
            self._console.print(text)
            sys.stdout.write(self.PROMPT + self._typed())
            sys.stdout.flush()
