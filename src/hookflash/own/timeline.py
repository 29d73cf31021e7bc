"""`/hookflash/v1/timeline/{sid}`: what happened to a message or call, and why it failed where it did."""

from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from hookflash.api.auth import Role
from hookflash.store.store import Tx
from hookflash.store.timeline import Event

from .answering import PREFIX, Answering, Refusal

if TYPE_CHECKING:
    from hookflash.app import Exchange

MOST_EVENTS = 1_000


class Timeline:
    """The handler."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        async def fetch(request: Request) -> object:
            reader = None if answering.is_operator(request) else await self._account_sid(request)
            return await self._fetch(request.path_params["sid"], reader)

        return [Route(f"{PREFIX}/timeline/{{sid}}", answering.anyone(fetch), methods=["GET"])]

    async def _fetch(self, sid: str, reader: str | None) -> object:
        """The events under `sid`, for the account `reader` or, when it is None, the operator."""
        events = await self._exchange.store.read(_events, sid)
        if not events or (reader is not None and not await self._may_read(reader, events[0].account_sid)):
            raise Refusal(
                404, f"Nothing is known of {sid[:40]}. Timelines are kept under the SIDs of messages and calls."
            )
        return {"sid": sid, "account_sid": events[0].account_sid, "events": [_shown(event) for event in events]}

    async def _account_sid(self, request: Request) -> str:
        """Whose credentials came with the request. Raises ApiError or Refusal (401)."""
        header = request.headers.get("authorization", "").encode("latin-1")
        principal = await self._exchange.auth.principal(header)
        if principal.role is Role.TEST:
            raise Refusal(401, "Test credentials keep nothing, so they have no timelines.")
        return principal.account.sid

    async def _may_read(self, reader: str, owner: str) -> bool:
        if reader == owner:
            return True
        account = await self._exchange.auth.account(owner)
        return account is not None and account.owner_sid == reader


async def _events(tx: Tx, sid: str) -> list[Event]:
    return await tx.all(Event, "own.timeline", subject=sid, limit=MOST_EVENTS)


def _shown(event: Event) -> dict[str, object]:
    return {
        "at": event.at,
        "kind": event.kind,
        "sentence": event.sentence,
        "data": None if event.data is None else msgspec.Raw(event.data.encode()),
    }
