"""`hookflash phone NUMBER`: a handset in the terminal. Type a text and see what comes back; it works in a pipe too."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from hookflash.cli.connect import complaints, connect, printable
from hookflash.own.client import OwnClient, ServerError

POLL = 25_000  #: ms that one request waits for news
LINGER = 3.0  #: seconds of silence after which a pipe that has ended hangs up
RETRY = 2.0  #: seconds before a server that went away is asked again
HISTORY = 10  #: texts of before that are shown at the start
HELP = (
    "/why tells what became of your last text, /to NUMBER writes to another number, /media URL [text] sends a picture, "
    "/quit (or Ctrl-D) hangs up"
)


class Screen(Protocol):
    """Where texts are shown and typed."""

    def lines(self) -> Iterator[str]:
        """What the user types, line by line, until they hang up."""
        ...

    def show(self, mark: str, peer: str, body: str, note: str = "") -> None:
        """Show a text: `mark` is < for one received, > for one sent."""
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

    def say(self, sentence: str) -> None:
        self._above_prompt(Text(sentence, style="yellow"))

    def _above_prompt(self, text: Text) -> None:
        with self._lock:
            sys.stdout.write("\r\x1b[K")
            self._console.print(text)
            sys.stdout.write(self.PROMPT + self._typed())
            sys.stdout.flush()


class Phone:
    """A handset: what is typed goes out, what comes in is shown."""

    def __init__(self, client: OwnClient, number: str, to: str, screen: Screen) -> None:
        self.number = number
        self.to = to
        self._client = client
        self._screen = screen
        self._written: set[str] = set()  # SIDs of the texts typed here: they are shown when they are sent
        self._last = ""  # the newest of them
        self._stamp = 0
        self._heard_at = time.monotonic()

    def start(self) -> None:
        """Show the last texts and listen from now on."""
        for message in self._client.get("handsets", self.number, "messages", last=HISTORY)["messages"]:
            self._show(message)
        threading.Thread(target=self._listen, name="phone", daemon=True).start()

    def type(self, line: str) -> bool:
        """Do what a line says; False when it hangs up."""
        command, _, rest = line.strip().partition(" ")
        match command:
            case "":
                pass
            case "/quit":
                return False
            case "/help":
                self._screen.say(HELP)
            case "/why":
                self._explain()
            case "/to" if rest:
                self.to = rest.strip()
                self._screen.say(f"Texts now go to {self.to}.")
            case "/media" if rest:
                url, _, body = rest.partition(" ")
                self._send(body.strip(), [url])
            case _:
                self._send(line, [])
        return True

    def linger(self) -> None:
        """Return once nothing has come in for LINGER seconds."""
        while (left := self._heard_at + LINGER - time.monotonic()) > 0:
            time.sleep(left)

    def _send(self, body: str, media_urls: list[str]) -> None:
        try:
            answer = self._client.post(
                "handsets", self.number, "messages", to=self.to, body=body, media_urls=media_urls
            )
        except ServerError as error:
            self._screen.say(f"Not sent: {error}")
            return
        self._last = answer["sid"]
        self._written.add(self._last)
        self._heard_at = time.monotonic()
        self._screen.show(">", answer["to"], printable(" ".join([body, *media_urls]).strip()), "sent")

    def _explain(self) -> None:
        """Say what became of the last text: an app that fails is silent on the phone."""
        if not self._last:
            self._screen.say("You have written nothing yet.")
            return
        try:
            events = self._client.get("timeline", self._last)["events"]
        except ServerError as error:
            self._screen.say(str(error))
            return
        for event in events:
            self._screen.say(printable(event["sentence"]))
        self._screen.say(f"More: hookflash timeline {self._last}")

    def _listen(self) -> None:
        away = False
        while True:
            try:
                answer = self._client.get("handsets", self.number, "messages", after=self._stamp, wait=POLL)
            except ServerError as error:
                if not away:
                    self._screen.say(f"{error} Trying again …")
                away = True
                time.sleep(RETRY)
                continue
            if away:
                self._screen.say("The server is back.")
            away = False
            for message in answer["messages"]:
                self._show(message)

    def _show(self, message: dict[str, Any]) -> None:
        self._stamp = message["stamp"]
        if message["message_sid"] in self._written:
            self._written.discard(message["message_sid"])
            return
        self._heard_at = time.monotonic()
        received = message["direction"] == "received"
        body = " ".join([message["body"], *message["media_urls"]]).strip()
        self._screen.show("<" if received else ">", printable(message["peer"]), printable(body))


def phone_command(number: str, to: str | None, ready_file: Path | None) -> None:
    """Be the handset `number` until the user hangs up."""
    with complaints("phone"):
        client, ready = connect(ready_file)
        screen: Screen = TerminalScreen() if sys.stdin.isatty() and sys.stdout.isatty() else PipeScreen()
        phone = Phone(client, number, to or _first_number(ready), screen)
        screen.say(f"This is {number}, writing to {phone.to}. /help says what else there is.")
        phone.start()
        if all(phone.type(line) for line in screen.lines()) and isinstance(screen, PipeScreen):
            phone.linger()


def _first_number(ready: dict[str, Any]) -> str:
    if not ready["numbers"]:
        raise ServerError("the account has no number to write to; add one with `hookflash numbers add`, or give --to")
    return str(ready["numbers"][0])
