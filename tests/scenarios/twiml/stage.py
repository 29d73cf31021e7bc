"""A number of the platform that runs what a test says, for a caller whose phone the test holds."""

from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.plugin_support import App, rest
from tests.scenarios.twiml.sounds import Sound

from hookflash.testing.call import Call
from hookflash.testing.handset import Handset
from hookflash.testing.platform import Platform

ALICE = "+14155551301"  #: who calls
BOB = "+14155551302"  #: whom she may be joined with
CAROL = "+14155551303"
ENDS = ("completed", "busy", "no-answer", "failed", "canceled")


@dataclass(frozen=True)
class Alert:
    """Something that the debugger was told."""

    code: int
    level: str  #: error or warning
    text: str


@dataclass
class Stage:
    """What a test of a document needs: `call` runs one; `heard` is its audio; `alerts` what the debugger was told."""

    hookflash: Platform
    app: App
    calls: list[Call] = field(default_factory=list)
    handsets: dict[str, Handset] = field(default_factory=dict)
    before: int = 0  #: how many requests the application had got when Alice called last

    # -- the document --

    def plays(self, verbs: str) -> None:
        """What the next call runs."""
        self.app.document = f"<Response>{verbs}</Response>"

    def page(self, path: str, verbs: str) -> str:
        """Another document of the application; returns its URL."""
        self.app.documents[f"/app/{path}"] = f"<Response>{verbs}</Response>"
        return f"{self.app.url}/{path}"

    def file(self, name: str, sound: bytes) -> str:
        """A file of the application; returns its URL."""
        self.app.files[f"/app/{name}"] = sound
        return f"{self.app.url}/{name}"

    # -- calls --

    def dial(self, verbs: str, **line: float) -> Call:
        """Alice calls the number; it runs `verbs`."""
        self.plays(verbs)
        self.before = len(self.app.requests)
        call = self.handset(ALICE).dial(self.hookflash.number, **line)
        self.calls.append(call)
        return call

    def call(self, verbs: str, **line: float) -> Call:
        """As `dial`, and she is answered."""
        call = self.dial(verbs, **line)
        call.answered_sync()
        return call

    def heard(self, verbs: str, *, timeout: float = 600) -> Sound:
        """All that Alice hears of a document that ends by itself."""
        call = self.call(verbs)
        call.over_sync(timeout)
        return Sound.of(call)

    def call_from_app(self, verbs: str, to: str = BOB, **params: str) -> str:
        """The application calls `to`, who hears `verbs`; returns the call's SID."""
        twiml = {} if "Url" in params else {"Twiml": f"<Response>{verbs}</Response>"}
        form = {"To": to, "From": self.hookflash.number, "StatusCallback": f"{self.app.url}/status", **twiml, **params}
        return str(self.rest("Calls.json", form)["sid"])

    def handset(self, number: str) -> Handset:
        """The phone behind `number`; a call to it that is up when the test ends is hung up."""
        if number not in self.handsets:
            self.handsets[number] = self.hookflash.handset(number)
        return self.handsets[number]

    def rest(self, path: str, params: dict[str, str] | None = None) -> dict[str, Any]:
        """GET, or POST `params` to, a resource of the account."""
        return rest(self.hookflash, path, params)

    # -- what came of it --

    @property
    def sid(self) -> str:
        """Of the call that Alice made last."""
        earlier = {asked.get("CallSid") for asked in self.app.requests[: self.before]}
        since = [asked["CallSid"] for asked in self.app.requests[self.before :] if asked.get("From") == ALICE]
        return next(sid for sid in since if sid not in earlier)

    def ended(self, sid: str = "") -> dict[str, Any]:
        """The call (Alice's, unless `sid` names another) as REST shows it, hung up if need be, its last callback in."""
        for call in self.calls:
            call.hang_up()
        sid = sid or self.sid

        def is_over() -> bool:
            return any(seen.get("CallSid") == sid and seen.get("CallStatus") in ENDS for seen in self.app.requests)

        with self.app.came:
            assert self.app.came.wait_for(is_over, timeout=10), "no callback has told of the end of the call"
        return self.rest(f"Calls/{sid}.json")

    def alerts(self, sid: str = "") -> list[Alert]:
        """What the debugger was told about the call, in order; it is hung up if it goes on."""
        sid = str(self.ended(sid)["sid"])
        shown = self.rest(f"Calls/{sid}/Notifications.json")["notifications"]
        levels = {"0": "error", "1": "warning"}
        return [
            Alert(int(each["error_code"]), levels[each["log"]], str(each["message_text"])) for each in reversed(shown)
        ]

    def codes(self, sid: str = "") -> list[int]:
        """The codes of `alerts`."""
        return [alert.code for alert in self.alerts(sid)]

    def clear(self) -> None:
        """Hang up what is up, and forget what handsets were told."""
        for number in self.handsets:
            for call in self.hookflash.client.get("handsets", number, "calls")["calls"]:
                if call["status"] != "over":
                    self.hookflash.client.post("handsets", number, "calls", call["id"], "hang-up")
        self.hookflash.reset()
