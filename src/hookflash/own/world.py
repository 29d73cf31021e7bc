"""`/hookflash/v1`, its clock and its reset: the server itself, and the powers over it that development has."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from hookflash import __version__
from hookflash.actions.advance_clock import advance_clock, is_settled
from hookflash.actions.reset import reset
from hookflash.domain.clock import DAY, SECOND

from .answering import PREFIX, Answering, read_body
from .metrics_page import outbox_depths

if TYPE_CHECKING:
    from hookflash.app import Exchange

LONGEST_JUMP = 3_660 * DAY // SECOND  #: seconds: ten years
SETTLE_WAIT = 5_000  #: ms that a jump or a reset waits for work that is due; a webhook that hangs does not stop it
SETTLE_PAUSE = 5  #: ms between two looks
SOON = 250  #: ms; what is due by then, such as the receipts of handsets, is waited for like what is due now


class Advance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    advance: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_JUMP)]  #: seconds


class World:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        return [
            Route(PREFIX, answering.operator(self.about), methods=["GET"]),
            Route(f"{PREFIX}/clock", answering.operator(self.clock), methods=["GET"]),
            Route(f"{PREFIX}/clock", answering.developer(self.advance), methods=["POST"]),
            Route(f"{PREFIX}/reset", answering.developer(self.reset), methods=["POST"]),
        ]

    async def about(self, request: Request) -> object:
        settings = self._exchange.settings
        return {
            "version": __version__,
            "mode": settings.mode,
            "roles": settings.roles,
            "data": str(self._exchange.directory.path),
            "public_url": self._exchange.public_url,
            "outbox": await self._exchange.store.read(outbox_depths),
        }

    async def clock(self, request: Request) -> object:
        clock = self._exchange.clock
        return {"now": clock.now(), "offset": clock.offset}

    async def advance(self, request: Request) -> object:
        """Move the clock forwards. What is due before goes first, so that nothing under way grows old by the jump; the
        answer comes when what fell due by it is done, too."""
        span = int((await read_body(request, Advance)).advance * SECOND)
        await self._settle()
        await self._exchange.store.write(advance_clock, self._exchange.clock, span)
        self._exchange.clock.jump(0)  # wakes those who wait
        await self._settle()
        return await self.clock(request)

    async def reset(self, request: Request) -> None:
        """Forget every message and handset, and what was played to them; accounts and numbers stay."""
        await self._settle()
        await self._exchange.store.write(reset, now=self._exchange.clock.now())
        self._exchange.directory.forget_media()
        self._exchange.telephony.repertoire.forget()

    async def _settle(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLE_WAIT / SECOND
        while loop.time() < deadline:
            if await self._exchange.store.read(is_settled, now=self._exchange.clock.now() + SOON):
                return
            await asyncio.sleep(SETTLE_PAUSE / SECOND)
