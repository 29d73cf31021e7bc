"""A running platform as a test sees it: its credentials, handsets, clock."""

import os
from collections.abc import Mapping
from typing import Any

from hookflash.own.client import OwnClient

from .handset import Handset


class Platform:
    """What the ready file of a server says, and what can be done with it."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self.ready = dict(ready)
        self.client = OwnClient(ready["api"], ready["operator_token"])
        self.clock = PlatformClock(self.client)
        self._since = self.clock.now() << 16  # stamps are a moment in ms, and a counter of 16 bits

    @property
    def url(self) -> str:
        """Base of the REST API over plain HTTP, for clients that can be pointed somewhere."""
        return str(self.ready["api"])

    @property
    def account_sid(self) -> str:
        return str(self.ready["account_sid"])

    @property
    def auth_token(self) -> str:
        return str(self.ready["auth_token"])

    @property
    def number(self) -> str:
        """A number of the account that can send and receive."""
        return str(self.ready["numbers"][0])

    def handset(self, number: str) -> Handset:
        """The phone behind `number` (E.164); it sees the texts that come from now on, or came since the test began."""
        return Handset(self.client, number, since=self._since)

    def environment(self) -> dict[str, str]:
        """The variables with which an unmodified program reaches this server; set them for the app under test."""
        from hookflash.cli.environment import environment  # noqa: PLC0415 - few tests need it

        return environment(self.ready, os.environ)

    def configure(self, number: str | None = None, **settings: str) -> None:
        """Have `number` (of the account; its first if None) ask your app: `sms_url="http://127.0.0.1:5000/sms"` …"""
        self.client.patch("numbers", number or self.number, **settings)

    def timeline(self, sid: str) -> list[dict[str, Any]]:
        """What happened to a message, oldest first: `at` (ms since the epoch), `kind`, `sentence`, `data`."""
        events: list[dict[str, Any]] = self.client.get("timeline", sid)["events"]
        return events

    def reset(self) -> None:
        """Forget every message and handset, and what was played to them; accounts and numbers stay."""
        self.client.post("reset")


class PlatformClock:
    """The server's clock."""

    def __init__(self, client: OwnClient) -> None:
        self._client = client

    def now(self) -> int:
        """In ms since the epoch."""
        return int(self._client.get("clock")["now"])

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let the clock jump forwards; whatever falls due is done at once."""
        self._client.post("clock", advance=((days * 24 + hours) * 60 + minutes) * 60 + seconds)
