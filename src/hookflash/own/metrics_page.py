"""`/metrics`, for Prometheus. In operator mode it takes the operator token."""

from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hookflash.metrics import CONTENT_TYPE
from hookflash.settings import Mode
from hookflash.store.store import Tx

from .answering import Answering

if TYPE_CHECKING:
    from hookflash.app import Exchange


class MetricsPage:
    """The handler."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        is_open = self._exchange.settings.mode is Mode.DEVELOPMENT
        guard = answering.anyone if is_open else answering.operator
        return [Route("/metrics", guard(self.metrics), methods=["GET"])]

    async def metrics(self, request: Request) -> Response:
        depths = await self._exchange.store.read(outbox_depths)
        exchange = self._exchange
        page = exchange.metrics.render(
            depths=depths,
            carriers=exchange.fleet.carriers,
            trunks=exchange.telephony.trunks.all(),
            switch=exchange.telephony.switch.stats(),
            calls=exchange.telephony.runner.busy,
        )
        return Response(page, headers={"Content-Type": CONTENT_TYPE})


class _Depth(msgspec.Struct):
    queue: str
    rows: int


async def outbox_depths(tx: Tx) -> dict[str, int]:
    """Rows of the outbox by queue; queues that set work aside for a slow host (`callback@host`) count as one."""
    depths: dict[str, int] = {}
    for row in await tx.all(_Depth, "own.queue_depths"):
        queue = row.queue.partition("@")[0]
        depths[queue] = depths.get(queue, 0) + row.rows
    return depths
