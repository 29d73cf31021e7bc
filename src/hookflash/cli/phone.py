"""`hookflash phone NUMBER`: a handset in the terminal, that texts and calls; it works in a pipe too."""

import sys
import threading
import time
from pathlib import Path
from typing import Any

from hookflash.cli.connect import complaints, connect, printable
from hookflash.cli.phone_calls import PhoneCalls
from hookflash.cli.screen import PipeScreen, Screen, TerminalScreen
from hookflash.own.client import OwnClient, ServerError

POLL = 25_000  #: ms that one request waits for news
LINGER = 3.0  #: seconds of silence after which a pipe that has ended hangs up
RETRY = 2.0  #: seconds before a server that went away is asked again
HISTORY = 10  #: texts of before that are shown at the start
HELP = (
    "Texts: /to NUMBER writes to another number, /media URL [text] sends a picture, /why explains the last.",
    "Calls: /call [NUMBER], /answer or /reject one that rings, /hangup; during one /keys 12# (or just the digits), "
    "/say words, /wait SECONDS.",
    "/quit (or Ctrl-D) ends it all.",
)


class Phone:
    """A handset: what is typed goes out, what comes in is shown."""

    def __init__(self, client: OwnClient, number: str, to: str, screen: Screen) -> None:
        self.calls = PhoneCalls(client, number, screen)
        self.number = number
        self.to = to
        self._client = client
        self._screen = screen
        self._written: set[str] = set()  # SIDs of the texts typed here: they are shown when they are sent
        self._last = ""  # the newest of them
        self._stamp = 0
        self._heard_at = time.monotonic()

    def start(self) -> None:
        """Show the last texts, and take texts and calls from now on."""
        for message in self._client.get("handsets", self.number, "messages", last=HISTORY)["messages"]:
            self._show(message)
        threading.Thread(target=self._listen, name="phone", daemon=True).start()
        self.calls.attach()

    def type(self, line: str) -> bool:
        """Do what a line says; False when that was to quit."""
        if self.calls.type(line, to=self.to):
            return True
        command, _, rest = line.strip().partition(" ")
        match command:
            case "":
                pass
            case "/quit":
                return False
            case "/help":
                for sentence in HELP:
                    self._screen.say(sentence)
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
        """Return once nothing has come in for LINGER seconds, and a call has ended or fallen silent."""
        self.calls.linger()
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
        try:
            if all(phone.type(line) for line in screen.lines()) and isinstance(screen, PipeScreen):
                phone.linger()
        finally:
            phone.calls.detach()


def _first_number(ready: dict[str, Any]) -> str:
    if not ready["numbers"]:
        raise ServerError("the account has no number to write to; add one with `hookflash numbers add`, or give --to")
    return str(ready["numbers"][0])
