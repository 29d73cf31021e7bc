"""The calls of `hookflash phone`: they go at the pace of the clock, and what is heard is shown as words."""

import re
import threading
import time
from typing import Any

from hookflash.cli.connect import printable
from hookflash.cli.screen import Screen
from hookflash.own.client import OwnClient, ServerError

LOOK = 0.5  #: seconds between two looks at a call
RINGS = 20_000  #: ms that one request waits for a call to come in
ANSWERS = 25_000  #: ms that one request waits for a call to be answered
SILENCE = 15.0  #: seconds in which nothing new is heard, after which a pipe that has ended hangs up
RETRY = 2.0  #: seconds before a server that went away is asked again
LONGEST_WAIT = 3_600.0  #: seconds of /wait
KEYS = re.compile(r"[0-9*#]+")
WHY = {
    "remote": "the other side hung up",
    "local": "you hung up",
    "rejected": "it was refused",
    "no_answer": "nobody answered",
    "cancelled": "the caller gave up",
}


class PhoneCalls:
    """The calls of the handset `number`: one at a time, and others that ring meanwhile.

    While it is attached the handset answers nothing by itself: it rings, and the user takes the call or does not.
    """

    def __init__(self, client: OwnClient, number: str, screen: Screen) -> None:
        self.number = number
        self._client = client
        self._screen = screen
        self._before: dict[str, Any] | None = None  # how the handset answered until now; None: it has no calls
        self._call: dict[str, Any] | None = None  # the one that the user is in
        self._ringing: dict[str, Any] | None = None  # the last that came in
        self._moved = threading.Condition()
        self._heard_at = time.monotonic()

    def attach(self) -> None:
        """Ring here from now on. A server in operator mode has no calls of handsets: that is told when one is made."""
        try:
            self._before = self._client.get("handsets", self.number, "answering")
            self._client.put("handsets", self.number, "answering", **{**self._before, "how": "manual"})
            known = [call["id"] for call in self._client.get("handsets", self.number, "calls")["calls"]]
        except ServerError as error:
            if error.status != 403:
                raise
            return
        threading.Thread(target=self._await_rings, args=(known,), name="rings", daemon=True).start()

    def detach(self) -> None:
        """Hang up, and have the handset answer as it did before."""
        if self._before is None:
            return
        for call in (self._call, self._ringing):
            if call is not None:
                self._ask(call, "hang-up")
        try:
            self._client.put("handsets", self.number, "answering", **self._before)
        except ServerError as error:
            self._screen.say(str(error))

    def linger(self) -> None:
        """Return once no call is up, or nothing was heard on it for SILENCE seconds."""
        with self._moved:
            while self._call and (left := self._heard_at + SILENCE - time.monotonic()) > 0:
                self._moved.wait(left)

    def type(self, line: str, *, to: str) -> bool:
        """Do what a line says; False when it has nothing to do with calls. `to` is called unless a number is given."""
        command, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if self._call is not None and KEYS.fullmatch(line.strip()):
            command, rest = "/keys", line.strip()
        match command:
            case "/call":
                self._dial(rest or to)
            case "/answer":
                self._answer()
            case "/reject":
                self._reject()
            case "/hangup":
                self._hang_up()
            case "/keys" if rest:
                self._speak("keys", "press", keys=rest.upper().replace("W", "w"))
            case "/say" if rest:
                self._speak("say", "say", text=rest)
            case "/wait":
                self._wait(rest)
            case _:
                return False
        return True

    def _dial(self, to: str) -> None:
        if self._call is not None:
            self._screen.say("You are in a call; /hangup ends it.")
            return
        try:
            call = self._client.post("handsets", self.number, "calls", to=to)
        except ServerError as error:
            self._screen.say(f"Not called: {error}")
            return
        self._screen.say(f"Calling {printable(call['peer'])} …")
        self._take(call)

    def _answer(self) -> None:
        call = self._ringing
        if call is None:
            self._screen.say("Nobody calls.")
        elif self._call is not None:
            self._screen.say("You are in a call; /hangup ends it, and then /answer takes the other.")
        elif self._ask(call, "answer") is not None:
            self._ringing = None
            self._take(call)

    def _reject(self) -> None:
        if self._ringing is None:
            self._screen.say("Nobody calls.")
        elif self._ask(self._ringing, "hang-up") is not None:
            self._ringing = None
            self._screen.say("Rejected.")

    def _hang_up(self) -> None:
        if self._call is None:
            self._screen.say("There is no call.")
        elif self._ask(self._call, "hang-up") is not None:
            self._until(lambda: self._call is None)

    def _speak(self, what: str, verb: str, **values: object) -> None:
        """Press or say something, once the call has been answered; returns when that is done."""
        call = self._call
        if call is None:
            self._screen.say(f"There is no call to {verb} that in; /call makes one.")
            return
        self._until(lambda: self._call is not call or call["status"] != "ringing")
        if self._call is call:
            self._ask(call, what, **values)

    def _wait(self, seconds: str) -> None:
        try:
            span = min(float(seconds or "1"), LONGEST_WAIT)
        except ValueError:
            self._screen.say("/wait takes a number of seconds.")
            return
        call = self._call
        with self._moved:
            self._moved.wait_for(lambda: call is not None and self._call is not call, timeout=span)

    def _take(self, call: dict[str, Any]) -> None:
        self._call = call
        self._heard_at = time.monotonic()
        threading.Thread(target=self._follow, args=(call,), name="call", daemon=True).start()

    def _follow(self, call: dict[str, Any]) -> None:
        """Show what becomes of a call, and what is heard on it."""
        heard: set[tuple[str, int]] = set()
        keys = len(call["keys"])
        status = "ringing"
        while status != "over":
            time.sleep(LOOK)
            try:
                seen = self._client.get(*self._path(call))
                pieces = self._client.get(*self._path(call), "transcript")["heard"]
            except ServerError as error:
                self._screen.say(f"The call is lost: {error}")
                break
            call.update(seen)
            if status == "ringing" and call["status"] == "answered":
                self._screen.say("Answered.")
            for piece in pieces:
                if (piece["text"], piece["start"]) not in heard:
                    heard.add((piece["text"], piece["start"]))
                    self._hear(piece["text"])
            if len(call["keys"]) > keys:
                self._hear(f"keys {call['keys'][keys:]}")
                keys = len(call["keys"])
            status = call["status"]
            self._wake()
        if status == "over":
            cause = call["cause"]
            self._screen.say(f"The call is over: {printable(WHY.get(cause, cause.replace('_', ' ')))}.")
        self._call = None
        self._wake()

    def _hear(self, text: str) -> None:
        self._heard_at = time.monotonic()
        self._screen.hear(("♪ " if text.startswith(("http://", "https://")) else "") + printable(text))

    def _await_rings(self, known: list[str]) -> None:
        while True:
            try:
                call = self._client.post("handsets", self.number, "expect", known=known, within=RINGS)
            except ServerError as error:
                if error.status != 404:  # nobody called
                    time.sleep(RETRY)
                continue
            known.append(call["id"])
            if call["status"] != "ringing":
                continue
            self._ringing = call
            self._screen.say(f"{printable(call['peer'])} calls: /answer or /reject.")
            threading.Thread(target=self._await_end, args=(call,), name="ringing", daemon=True).start()

    def _await_end(self, call: dict[str, Any]) -> None:
        """Say so when the caller gives up."""
        while self._ringing is call:
            seen = self._ask(call, "await", status=["answered", "over"], within=ANSWERS)
            if self._ringing is call and (seen is None or seen["status"] == "over"):
                self._ringing = None
                self._screen.say(f"{printable(call['peer'])} has given up.")

    def _ask(self, call: dict[str, Any], what: str, **values: object) -> dict[str, Any] | None:
        """What the server says of a call that was asked something; None, and a remark, when it refuses."""
        try:
            answer: dict[str, Any] = self._client.post(*self._path(call), what, **values)
        except ServerError as error:
            self._screen.say(str(error))
            return None
        return answer

    def _path(self, call: dict[str, Any]) -> tuple[str, ...]:
        return ("handsets", self.number, "calls", str(call["id"]))

    def _until(self, so: Any) -> None:
        with self._moved:
            self._moved.wait_for(so)

    def _wake(self) -> None:
        with self._moved:
            self._moved.notify_all()
