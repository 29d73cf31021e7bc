"""A handset of the simulated network, as a test holds it."""

import asyncio
import time
from http import HTTPStatus
from typing import Any

import msgspec

from hookflash.own.client import OwnClient, ServerError

from .call import PATIENCE, Call

TIMEOUT = 5.0  #: seconds that `received` waits unless told otherwise
_LONGEST_WAIT = 60_000  # ms that one request may wait


class ReceivedText(msgspec.Struct, frozen=True):
    """A text on a handset."""

    body: str
    sender: str  #: the number or name it came from
    media_urls: list[str]
    message_sid: str


class NotReceivedError(AssertionError):
    """The text did not come in time; the message lists what did."""


class Handset:
    """The phone behind `number` (E.164), `client:name` or `sip:user@host`.

    `received` gives each text once, in any order; texts from before `since` (a stamp of the server) are not seen.
    """

    def __init__(self, client: OwnClient, number: str, *, since: int) -> None:
        self.number = number
        self._client = client
        self._seen_up_to = since
        self._unread: list[ReceivedText] = []
        self._calls: list[str] = [call["id"] for call in client.get("handsets", number, "calls")["calls"]]

    def text(self, body: str = "", *, to: str, media_urls: tuple[str, ...] = ()) -> str:
        """Write a text to `to`, a number of the platform; returns the SID that it has as a message of the account."""
        answer = self._post("messages", to=to, body=body, media_urls=list(media_urls))
        return str(answer["sid"])

    def received_sync(self, contains: str = "", *, sender: str = "", timeout: float = TIMEOUT) -> ReceivedText:
        """The first unread text that has `contains` in it, from `sender` if given; waits up to `timeout` seconds.

        Raises NotReceivedError.
        """
        deadline = time.monotonic() + timeout
        while True:
            for text in self._unread:
                if contains in text.body and sender in ("", text.sender):
                    self._unread.remove(text)
                    return text
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotReceivedError(self._complaint(contains, sender, timeout))
            self._look(wait=min(int(left * 1000) + 1, _LONGEST_WAIT))

    async def received(self, contains: str = "", *, sender: str = "", timeout: float = TIMEOUT) -> ReceivedText:
        """As `received_sync`, for a test that is a coroutine."""
        return await asyncio.to_thread(self.received_sync, contains, sender=sender, timeout=timeout)

    def inbox(self) -> list[ReceivedText]:
        """The texts that have come and that no `received` has taken."""
        self._look(wait=0)
        return list(self._unread)

    def dial(self, to: str, **line: float) -> Call:
        """Call `to`, a number of the platform. The line can be a bad one: `loss=0.05`, `jitter=30`, `latency=200`
        (ms)."""
        return Call(self._client, self._post("calls", to=to, **line))

    def rings_sync(self, timeout: float = PATIENCE) -> Call:
        """Wait for the next call to this handset. Raises AssertionError."""
        try:
            shown = self._post("expect", known=self._calls, within=int(timeout * 1000), fly=True)
        except ServerError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise AssertionError(str(error)) from None
        self._calls.append(shown["id"])
        return Call(self._client, shown)

    async def rings(self, timeout: float = PATIENCE) -> Call:
        """As `rings_sync`, for a test that is a coroutine."""
        return await asyncio.to_thread(self.rings_sync, timeout)

    def answers(self, how: str = "answer", **answering: Any) -> None:
        """How it takes calls from now on: `how` is answer, voicemail, busy, no-answer, reject or manual (it rings until
        `Call.answer`); `after=` (ms of ringing), `says=`, `language=`, `keys=`, `hangs_up_after=` (ms), `status=` (of
        reject), and of the line `loss=`, `jitter=` and `latency=` (ms)."""
        self._client.put("handsets", self.number, "answering", how=how, **answering)

    def faults(self, **faults: Any) -> None:
        """How the handset misbehaves from now on: `error_code=30003`, `delay=` (ms), `no_receipts=True`,
        `duplicate_receipts=True`, `receipts_out_of_order=True`. Without any it works."""
        self._client.put("handsets", self.number, "faults", **faults)

    def rule(self, reply: str, *, contains: str = "", delay: int = 0) -> None:
        """Have it answer texts that have `contains` in them (in any case) with `reply`, after `delay` ms."""
        rules = self._client.get("handsets", self.number, "rules")["rules"]
        rules.append({"reply": reply, "contains": contains, "delay": delay})
        self._client.put("handsets", self.number, "rules", rules=rules)

    def forget_rules(self) -> None:
        """Have it answer nothing by itself."""
        self._client.put("handsets", self.number, "rules", rules=[])

    def _post(self, *path: str, **values: object) -> Any:
        return self._client.post("handsets", self.number, *path, **values)

    def _look(self, *, wait: int) -> None:
        answer = self._client.get("handsets", self.number, "messages", after=self._seen_up_to, wait=wait)
        for message in answer["messages"]:
            self._seen_up_to = message["stamp"]
            if message["direction"] == "received":
                self._unread.append(
                    ReceivedText(message["body"], message["peer"], message["media_urls"], message["message_sid"])
                )

    def _complaint(self, contains: str, sender: str, timeout: float) -> str:
        wanted = f"no text with {contains!r}" if contains else "no text"
        source = f" from {sender}" if sender else ""
        others = "".join(f"\n  from {text.sender}: {text.body!r}" for text in self._unread)
        return f"{self.number} received {wanted}{source} within {timeout:g} s" + (
            f"; unread are:{others}" if others else "; nothing came"
        )
