"""What scenarios of messages share: a platform, a customer's application, and handsets between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.scenarios.customer import WAIT, Customer, customer
from tests.scenarios.rest_support import Api, Reply, serving

PERSON = "+14155551212"


@dataclass
class Stage:
    """A running platform (`api`) with its customer's application (`app`)."""

    api: Api
    app: Customer

    @property
    def number(self) -> str:
        return str(self.api.server.ready["numbers"][0])  # type: ignore[index]

    @property
    def other(self) -> str:
        return str(self.api.server.ready["numbers"][1])  # type: ignore[index]

    async def configure(self, number: str, **settings: str) -> dict[str, Any]:
        """Set the webhooks of a number; returns it."""
        found = (await self.api.get("~/IncomingPhoneNumbers.json", PhoneNumber=number)).json
        row: dict[str, Any] = found["incoming_phone_numbers"][0]
        reply = await self.api.post(row["uri"], **settings)
        assert reply.status == 200, reply.text
        return row

    async def send(self, *media: str, **form: str) -> Reply:
        """POST Messages, from the first number unless it says otherwise."""
        fields = {"To": PERSON, "Body": "Hello", **form}
        if "MessagingServiceSid" not in form:
            fields.setdefault("From", self.number)
        pairs = [*fields.items(), *(("MediaUrl", url) for url in media)]
        return await self.api.ask(
            "POST",
            "~/Messages.json",
            form=urlencode(pairs).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    async def text(self, body: str, *, to: str = "", sender: str = PERSON, media: tuple[str, ...] = ()) -> None:
        """A handset writes to a number of the platform."""
        url = f"{self.api.server.ready['api']}/hookflash/v1/handsets/{sender}/messages"
        headers = {"Authorization": f"Bearer {self.api.server.ready['operator_token']}"}
        wanted = {"to": to or self.number, "body": body, "media_urls": list(media)}
        async with self.api.session.post(url, json=wanted, headers=headers) as answer:
            assert answer.status == 201, await answer.text()

    async def received(self, count: int = 1, number: str = PERSON) -> list[dict[str, Any]]:
        """The first `count` texts that a handset has got."""
        base = f"{self.api.server.ready['api']}/hookflash/v1/handsets/{number}/messages"
        headers = {"Authorization": f"Bearer {self.api.server.ready['operator_token']}"}
        got: list[dict[str, Any]] = []
        after = 0
        while len(got) < count:
            params = {"after": str(after), "wait": str(int(WAIT * 1000))}
            async with self.api.session.get(base, params=params, headers=headers) as answer:
                texts = (await answer.json())["messages"]
            assert texts, f"only {len(got)} texts of {count} came"
            after = texts[-1]["stamp"]
            got += [text for text in texts if text["direction"] == "received"]
        return got

    async def until(self, path: str, **members: Any) -> dict[str, Any]:
        """What is at `path` once it has `members`: asked again until then, for what has no event of its own."""
        async with asyncio.timeout(WAIT):
            while True:
                found: dict[str, Any] = (await self.api.get(path)).json
                if all(found.get(name) == value for name, value in members.items()):
                    return found

    async def until_alerts(self, count: int) -> None:
        """Return once the debugger has seen `count` things."""
        async with asyncio.timeout(WAIT):
            while len((await self.api.get("~/Notifications.json")).json["notifications"]) < count:
                pass


@asynccontextmanager
async def stage(data: Path, **settings: Any) -> AsyncIterator[Stage]:
    async with customer() as app, serving(data, **settings) as api:
        yield Stage(api, app)
