"""A message centre in the test's own loop, on the server side of our bind, and a sink that keeps what it hears."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import msgspec

from hookflash.carriers.carrier import InboundMessage, OutboundMessage, Receipt
from hookflash.carriers.smpp import SmppCarrier
from hookflash.carriers.smpp_config import SmppConfig
from hookflash.carriers.smpp_link import SmppLink
from hookflash.domain.clock import VirtualClock
from hookflash.wire.smpp.bind import Answered, Closed, Event, Limits, Received, Role, TimedOut
from hookflash.wire.smpp.pdu import BODIES, RESPONSE, BindRequest, Body, Pdu, SubmitSm, SubmitSmResp
from hookflash.wire.smpp.status import CommandStatus

PASSWORD = "sesame"


class Smsc:
    """Lets in who knows the password, keeps each submit_sm, and answers by `on_submit`."""

    def __init__(self) -> None:
        self.links: list[SmppLink] = []
        self.bound = asyncio.Queue[SmppLink]()
        self.submits: list[SubmitSm] = []
        self.arrived = asyncio.Queue[tuple[SmppLink, Pdu]]()  #: each submit_sm, as it came
        self.on_submit: Callable[[SmppLink, Pdu], None] = self.accept
        self.port = 0
        self.connections = 0

    def accept(self, link: SmppLink, pdu: Pdu) -> None:
        """Answer with the number of the submit as its id."""
        link.answer(pdu, SubmitSmResp(f"m{len(self.submits)}"))

    def new_link(self) -> SmppLink:
        self.connections += 1
        return SmppLink(Role.SERVER, Limits(window=1_000), self._heard)

    async def deliver(self, body: Body, link: SmppLink | None = None) -> Answered:
        """Send a deliver_sm or data_sm to the client, and return its answer."""
        outcome: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        (link or self.links[-1]).request(body, outcome)
        event = await outcome
        assert isinstance(event, Answered)
        return event

    def _heard(self, link: SmppLink, event: Event) -> None:
        if isinstance(event, Received) and isinstance(event.pdu.body, BindRequest):
            self._bind(link, event.pdu, event.pdu.body)
        elif isinstance(event, Received) and isinstance(event.pdu.body, SubmitSm):
            self.submits.append(event.pdu.body)
            self.arrived.put_nowait((link, event.pdu))
            self.on_submit(link, event.pdu)
        elif isinstance(event, Received):
            link.refuse(event.pdu, CommandStatus.ESME_RQUERYFAIL)
        elif isinstance(event, (Answered, TimedOut)):
            event.token.set_result(event)
        elif isinstance(event, Closed):
            if link in self.links:
                self.links.remove(link)
            for token in event.unanswered:
                token.set_result(event)

    def _bind(self, link: SmppLink, pdu: Pdu, request: BindRequest) -> None:
        if request.password != PASSWORD:
            link.refuse(pdu, CommandStatus.ESME_RINVPASWD)
            return
        answer: Any = BODIES[request.command | RESPONSE]
        link.answer(pdu, answer("smsc"))
        self.links.append(link)
        self.bound.put_nowait(link)


class Sink:
    """Keeps what a carrier brings; `fail` makes it raise, as a full disk would."""

    def __init__(self) -> None:
        self.receipts = asyncio.Queue[Receipt]()
        self.messages = asyncio.Queue[InboundMessage]()
        self.fail = False
        self.committed = asyncio.Event()  #: clear it to hold every call back
        self.committed.set()

    async def receipt(self, receipt: Receipt) -> None:
        await self._commit()
        self.receipts.put_nowait(receipt)

    async def incoming(self, message: InboundMessage) -> None:
        await self._commit()
        self.messages.put_nowait(message)

    async def _commit(self) -> None:
        await self.committed.wait()
        if self.fail:
            raise OSError("no space left on device")


@asynccontextmanager
async def serving(smsc: Smsc, **options: Any) -> AsyncIterator[Smsc]:
    """Listen on a free port of the loopback for as long as the context lasts."""
    server = await asyncio.get_running_loop().create_server(smsc.new_link, "127.0.0.1", smsc.port, **options)
    smsc.port = server.sockets[0].getsockname()[1]
    try:
        yield smsc
    finally:
        server.close()
        links = list(smsc.links)
        for link in links:
            link.abort()
        for link in links:
            await link.ended
        await server.wait_closed()


@asynccontextmanager
async def carrying(
    smsc: Smsc, sink: Sink, clock: VirtualClock | None = None, **config: Any
) -> AsyncIterator[SmppCarrier]:
    """A started carrier that is bound to `smsc` on every bind of its configuration."""
    options = {"host": "127.0.0.1", "port": smsc.port, "system_id": "hookflash", "password": PASSWORD} | config
    parsed = msgspec.convert(options, SmppConfig)
    carrier = SmppCarrier("acme", parsed, sink, clock or VirtualClock(), Random(1))
    await carrier.start()
    for _ in range(parsed.binds * (2 if parsed.bind == "pair" else 1)):
        await smsc.bound.get()
    await until(lambda: carrier.state()["bound"] == carrier.state()["binds"])
    try:
        yield carrier
    finally:
        await carrier.close(grace=1_000)


def message(body: str = "Hello", *, sender: str = "+15550001111", recipient: str = "+15550002222") -> OutboundMessage:
    return OutboundMessage(
        sid="SM" + "1" * 32, account_sid="AC" + "2" * 32, sender=sender, recipient=recipient, body=body
    )


async def until(holds: Callable[[], object]) -> None:
    """Let the loop turn until something holds that no future tells of, such as bytes on their way through a socket."""
    while not holds():  # noqa: ASYNC110
        await asyncio.sleep(0)


def jump_loop(seconds: float) -> None:
    """Set the clock of the running loop ahead, so that what was due by then is due now."""
    loop = asyncio.get_running_loop()
    real = loop.time
    loop.time = lambda: real() + seconds  # type: ignore[method-assign]
