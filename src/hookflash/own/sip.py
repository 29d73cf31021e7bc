"""`/hookflash/v1/sip`: why SIP requests were refused, and which phones are registered."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.routing import Route

from .answering import PREFIX, Answering

if TYPE_CHECKING:
    from hookflash.app import Exchange


class Sip:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        operator = answering.operator
        return [
            Route(f"{PREFIX}/sip/refused", operator(self.refused), methods=["GET"]),
            Route(f"{PREFIX}/sip/registrations", operator(self.registrations), methods=["GET"]),
        ]

    async def refused(self, request: Request) -> object:
        return {"refused": self._exchange.telephony.sip_news.refusals}

    async def registrations(self, request: Request) -> object:
        return {"registrations": self._exchange.telephony.sip_news.registrations}
