"""A call of a simulated handset, as a test holds it."""

import asyncio
from typing import Any

from hookflash.own.client import OwnClient

PATIENCE = 60.0  #: seconds of the platform's clock, which flies


class NotHeardError(AssertionError):
    """The handset did not hear it; the message lists what it did hear."""


class Call:
    """One call of the handset `number`. Each `…_sync` has a twin that is awaited.

    Waiting takes no time: between simulated handsets the platform's clock jumps from event to event, and stands still
    while the test does something else.
    """

    def __init__(self, client: OwnClient, shown: dict[str, Any]) -> None:
        self._client = client
        self._shown = shown

    @property
    def number(self) -> str:
        """Of the handset."""
        return str(self._shown["number"])

    @property
    def peer(self) -> str:
        """Who called it, or whom it called."""
        return str(self._shown["peer"])

    @property
    def status(self) -> str:
        """ringing, answered or over."""
        return str(self._look()["status"])

    @property
    def headers(self) -> dict[str, str]:
        """Of the application, that came with an incoming call: such as the `<Parameter>`s of a `<Client>`."""
        return dict(self._look()["headers"])

    @property
    def keys(self) -> str:
        """That the other side pressed."""
        return str(self._look()["keys"])

    @property
    def cause(self) -> str:
        """Why it is over: remote, busy, rejected, no_answer …; empty before."""
        return str(self._look()["cause"])

    def answer(self) -> None:
        """Take a call that rings."""
        self._do("answer")

    def press(self, keys: str) -> None:
        """Press keys: 0-9 A-D * #; `w` waits half a second, `W` a whole one."""
        self._do("keys", keys=keys, fly=True)

    def say(self, text: str, *, language: str = "en-US") -> None:
        """Speak into the phone."""
        self._do("say", text=text, language=language, fly=True)

    def send(self, content: str) -> None:
        """Send JSON to the application, as a phone's own program does (UserDefinedMessageSubscriptions)."""
        self._do("messages", content=content)

    @property
    def messages(self) -> list[str]:
        """JSON that the application has sent to the phone (UserDefinedMessages)."""
        return list(self._look()["messages"])

    def hang_up(self) -> None:
        self._do("hang-up")

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._await((), seconds)

    def answered_sync(self, timeout: float = PATIENCE) -> None:
        """Wait until it has been answered. Raises AssertionError."""
        self._expect(("answered", "over"), "answered", timeout)

    def over_sync(self, timeout: float = PATIENCE) -> None:
        """Wait until it is over. Raises AssertionError."""
        self._expect(("over",), "over", timeout)

    def hears_sync(self, text: str, timeout: float = PATIENCE) -> float:
        """Wait until the handset hears `text` spoken, or a file played from a URL with `text` in it.

        The audio that came over the line is judged, after codec and loss. What was heard once is not heard again: the
        next `hears` listens from there on. Returns when it began, in seconds from the answer. Raises NotHeardError.
        """
        answer = self._post("hears", text=text, within=int(timeout * 1000), fly=True)
        if answer["heard"] is None:
            pieces = [f"\n  {piece['start'] / 1000:.1f} s: {piece['text']!r}" for piece in answer["transcript"]]
            heard = "".join(pieces) or " nothing known"
            state = "the call is over" if self._shown["status"] == "over" else f"waited {timeout:g} s"
            raise NotHeardError(
                f"{self.number} did not hear {text!r} ({state}); it heard" + (heard or " nothing known")
            )
        return float(answer["heard"]["start"]) / 1000

    async def answered(self, timeout: float = PATIENCE) -> None:
        await asyncio.to_thread(self.answered_sync, timeout)

    async def over(self, timeout: float = PATIENCE) -> None:
        await asyncio.to_thread(self.over_sync, timeout)

    async def hears(self, text: str, timeout: float = PATIENCE) -> float:
        return await asyncio.to_thread(self.hears_sync, text, timeout)

    def audio(self) -> bytes:
        """What the handset received so far, as a wav file at 8 kHz."""
        return self._client.bytes("GET", *self._path(), "audio")

    def transcript(self) -> list[str]:
        """What was recognised in it, in order."""
        return [str(piece["text"]) for piece in self._client.get(*self._path(), "transcript")["heard"]]

    def _look(self) -> dict[str, Any]:
        self._shown = self._client.get(*self._path())
        return self._shown

    def _do(self, what: str, **values: object) -> None:
        self._shown = self._client.post(*self._path(), what, **values)

    def _post(self, what: str, **values: object) -> Any:
        answer = self._client.post(*self._path(), what, **values)
        self._shown = answer["call"]
        return answer

    def _await(self, status: tuple[str, ...], seconds: float) -> str:
        self._do("await", status=status, within=int(seconds * 1000), fly=True)
        return str(self._shown["status"])

    def _expect(self, until: tuple[str, ...], wanted: str, timeout: float) -> None:
        if (status := self._await(until, timeout)) != wanted:
            why = f" ({self._shown['cause']})" if self._shown["cause"] else ""
            raise AssertionError(f"the call of {self.number} is {status}{why}, not {wanted}")

    def _path(self) -> tuple[str, ...]:
        return ("handsets", self.number, "calls", str(self._shown["id"]))
