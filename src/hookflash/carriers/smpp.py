"""An SMPP 3.4 carrier: several binds to one message centre, as one `MessageCarrier`.

The answer to a deliver_sm goes out once the sink has returned, that is, once what it brought is on disk; when the sink
fails, the centre is asked to deliver again. A message is given up as `maybe_sent` when it was written and its answer
did not come: the one window in which a text can go out twice.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable
from contextlib import suppress
from random import Random

import structlog

from hookflash.carriers.carrier import (
    CarrierBusyError,
    CarrierRefusedError,
    CarrierSink,
    OutboundMessage,
    Receipt,
    Submitted,
)
from hookflash.carriers.smpp_config import BindKind, SmppConfig
from hookflash.carriers.smpp_dialler import Dialler
from hookflash.carriers.smpp_link import SmppLink
from hookflash.carriers.smpp_outcomes import RETRY_AFTER, objection
from hookflash.carriers.smpp_texts import SmppReader, SmppWriter
from hookflash.domain.clock import SECOND, Clock
from hookflash.wire.smpp.bind import Answered, Bound, Closed, Event, Received, TimedOut
from hookflash.wire.smpp.pdu import (
    BindReceiver,
    BindRequest,
    BindTransceiver,
    BindTransmitter,
    DataSm,
    DataSmResp,
    DeliverSm,
    DeliverSmResp,
    MessageResponse,
    Pdu,
    SubmitSm,
)
from hookflash.wire.smpp.receipts import IdMatcher
from hookflash.wire.smpp.status import CommandStatus

MAX_WAITING = 1_000  # submits that may wait for room in a window; more are sent elsewhere, or later
LONGEST_PACING = SECOND  # ms that a submit waits for its turn under `rate`; with more it is told to come back
LATER_TRIES = 5  # for a part after the first, when the carrier is busy

log = structlog.get_logger(__name__)


class SmppCarrier:
    """Takes messages to one carrier by SMPP and brings what it sends."""

    carries_media = False

    def __init__(self, name: str, config: SmppConfig, sink: CarrierSink, clock: Clock, random: Random) -> None:
        self.name = name
        self._config = config
        self._sink = sink
        self._clock = clock
        self._ids = IdMatcher(config.ids)
        self._writer = SmppWriter(config)
        self._reader = SmppReader(name, config, self._ids)
        self._pacer = Pacer(config.rate)
        self._diallers = [
            Dialler(number, request, carrier=name, config=config, listener=self._heard, clock=clock, random=random)
            for number, request in enumerate(_bind_requests(config), start=1)
        ]
        self._dialling: list[asyncio.Task[None]] = []
        self._taking: set[asyncio.Task[None]] = set()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._submitting = 0
        self._closing = False
        self._idle = asyncio.Event()
        self._counts: Counter[str] = Counter()
        self._log = log.bind(carrier=name)

    async def start(self) -> None:
        """Begin to connect; returns at once and reconnects by itself for ever after."""
        self._dialling = [asyncio.create_task(dialler.run()) for dialler in self._diallers]

    async def submit(self, message: OutboundMessage) -> Submitted:
        """Hand the message over, all its parts. Raises CarrierRefusedError or CarrierBusyError."""
        if self._closing:
            raise CarrierBusyError("the carrier is closing", retry_after=RETRY_AFTER)
        parts = self._writer.parts(message)
        self._submitting += 1
        try:
            # The first part asks whether the carrier takes the message at all; the others follow together.
            answers = [await self._send(parts[0])]
            if len(parts) > 1:
                answers += await self._send_others(parts[1:])
        finally:
            self._submitting -= 1
            if not self._submitting:
                self._idle.set()
        return Submitted(
            ids=tuple([message_id for message_id, _ in answers if message_id]),
            detail="; ".join([where for _, where in answers]),
        )

    def state(self) -> dict[str, object]:
        """What `hookflash doctor` and the metrics show of it."""
        links = [dialler.link for dialler in self._diallers if dialler.link and dialler.link.bind.bound]
        failed = max(self._diallers, key=lambda dialler: dialler.last_error_at)
        return {
            "kind": "smpp",
            "address": f"{self._config.host}:{self._config.port}",
            "system_id": self._config.system_id,
            "binds": len(self._diallers),
            "bound": len(links),
            "window": self._config.window * len(links),
            "window_used": sum(link.bind.window_used for link in links),
            "waiting": len(self._waiting),
            "next_try_at": min(dialler.dial_at for dialler in self._diallers),
            "last_error": failed.last_error,
            "last_error_at": failed.last_error_at,
            **{name: self._counts[name] for name in _COUNTED},
        }

    async def close(self, grace: int) -> None:
        """Stop taking messages, wait up to `grace` ms for answers that are due, unbind and disconnect."""
        self._closing = True
        deadline = asyncio.get_running_loop().time() + grace / SECOND
        if self._submitting:
            self._idle.clear()
            await _until(self._idle.wait(), deadline)
        if self._taking:
            await asyncio.wait(self._taking, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        for ended in [dialler.unbind() for dialler in self._diallers]:
            if ended is not None:
                await _until(asyncio.shield(ended), deadline)
        for task in (*self._dialling, *self._taking):
            task.cancel()
        await asyncio.gather(*self._dialling, *self._taking, return_exceptions=True)

    # -- out --

    async def _send(self, part: SubmitSm) -> tuple[str, str]:
        """Submit one part; returns the carrier's id and where it went."""
        if pause := self._pacer.reserve(self._now()):
            await asyncio.sleep(pause / SECOND)
        dialler, link = self._with_room() or await self._room()
        outcome: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        try:
            sequence = link.request(part, outcome)
        except ValueError as error:
            raise CarrierRefusedError(f"SMPP cannot carry it: {error}") from error
        self._counts["submitted"] += 1
        event = await outcome
        if isinstance(event, Answered):
            return self._accepted(event, link), f"submit_sm seq {sequence} on bind {dialler.number}"
        self._counts["unanswered"] += 1
        reason = event.reason if isinstance(event, Closed) else "no answer in time"
        raise CarrierBusyError(
            f"submit_sm seq {sequence} on bind {dialler.number}: {reason}", retry_after=RETRY_AFTER, maybe_sent=True
        )

    def _accepted(self, answer: Answered, link: SmppLink) -> str:
        if answer.status != 0 or not isinstance(answer.body, MessageResponse):
            self._counts["refused"] += 1
            raise objection(answer.status or CommandStatus.ESME_RUNKNOWNERR, link.bind.throttled_for(link.now()))
        self._counts["accepted"] += 1
        return self._ids.sent(answer.body.message_id) if answer.body.message_id else ""

    async def _send_others(self, parts: list[SubmitSm]) -> list[tuple[str, str]]:
        answers = await asyncio.gather(*(self._send_later(part) for part in parts), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return [answer for answer in answers if not isinstance(answer, BaseException)]

    async def _send_later(self, part: SubmitSm) -> tuple[str, str]:
        """Submit a part of a message whose first part is gone: a busy carrier is asked again from here."""
        for _ in range(LATER_TRIES):
            try:
                return await self._send(part)
            except CarrierBusyError as busy:
                if busy.maybe_sent:
                    raise
                retry_after = busy.retry_after
            await self._clock.wait_until(self._clock.now() + retry_after)
        raise CarrierBusyError("the carrier took only some of the parts", retry_after=RETRY_AFTER, maybe_sent=True)

    def _with_room(self) -> tuple[Dialler, SmppLink] | None:
        """The bind with the most room, if any has some."""
        now, most, found = self._now(), 0, None
        for dialler in self._diallers:
            link = dialler.link
            if link is not None and (room := link.bind.room(now)) > most:
                most, found = room, (dialler, link)
        return found

    async def _room(self) -> tuple[Dialler, SmppLink]:
        """Wait for room. Raises CarrierBusyError when none can be expected soon."""
        while True:
            self._raise_if_hopeless()
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                async with asyncio.timeout(self._config.response_timeout):
                    await self._wait_for(turn)
            except TimeoutError:
                raise CarrierBusyError("the window stayed full", retry_after=RETRY_AFTER) from None
            if (found := self._with_room()) is not None:
                return found

    async def _wait_for(self, turn: asyncio.Future[None]) -> None:
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            else:
                self._let_in(1)  # it was our turn already: the next one takes it
            raise

    def _raise_if_hopeless(self) -> None:
        links = [dialler.link for dialler in self._diallers if dialler.link and dialler.link.bind.may_send]
        if not links:
            raise CarrierBusyError(self._why_not_bound(), retry_after=self._dials_in())
        if throttled := min(link.bind.throttled_for(link.now()) for link in links):
            raise CarrierBusyError("the carrier asked to slow down", retry_after=throttled)
        if len(self._waiting) >= MAX_WAITING:
            raise CarrierBusyError("the window is full, and so is the queue for it", retry_after=RETRY_AFTER)

    def _why_not_bound(self) -> str:
        reasons = {dialler.last_error for dialler in self._diallers if dialler.last_error}
        return "not bound" + (f": {'; '.join(sorted(reasons))}" if reasons else " yet")

    def _dials_in(self) -> int:
        return max(RETRY_AFTER, min(dialler.dial_at for dialler in self._diallers) - self._clock.now())

    def _now(self) -> int:
        return int(asyncio.get_running_loop().time() * SECOND)

    def _let_in(self, count: int) -> None:
        """Wake `count` of those who wait for room; they look again."""
        while count and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                count -= 1

    # -- in --

    def _heard(self, link: SmppLink, event: Event) -> None:
        if isinstance(event, (Answered, TimedOut)):
            _settle(event.token, event)
            self._let_in(1)
        elif isinstance(event, Received):
            task = asyncio.create_task(self._take(link, event.pdu))
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)
        elif isinstance(event, Bound):
            self._let_in(self._config.window)
        elif isinstance(event, Closed):
            for token in event.unanswered:
                _settle(token, event)
            self._let_in(len(self._waiting))

    async def _take(self, link: SmppLink, pdu: Pdu) -> None:
        """Hand a PDU to the sink, and answer once the sink has it on disk."""
        body = pdu.body
        assert isinstance(body, (DeliverSm, DataSm)), "the bind lets nothing else through to a client"
        try:
            heard = self._reader.read(body)
            if isinstance(heard, Receipt):
                self._counts["receipts"] += 1
                await self._sink.receipt(heard)
            else:
                self._counts["incoming"] += 1
                await self._sink.incoming(heard)
        except Exception:  # noqa: BLE001 - whatever it was, the centre must keep the message and deliver it again
            self._counts["sink_failures"] += 1
            self._log.exception("smpp_delivery_not_taken", sequence=pdu.sequence)
            link.refuse(pdu, CommandStatus.ESME_RX_T_APPN)
        else:
            link.answer(pdu, DeliverSmResp() if isinstance(body, DeliverSm) else DataSmResp())


_COUNTED = ("submitted", "accepted", "refused", "unanswered", "receipts", "incoming", "sink_failures")


class Pacer:
    """Spreads requests evenly at `rate` per second; 0 lets all through. Times in ms on the loop's clock."""

    def __init__(self, rate: int) -> None:
        self._interval = SECOND / rate if rate else 0.0
        self._next = 0.0

    def reserve(self, now: int) -> float:
        """How many ms to wait for the turn that is now taken. Raises CarrierBusyError when that would be long."""
        if not self._interval:
            return 0.0
        pause = max(0.0, self._next - now)
        if pause > LONGEST_PACING:
            raise CarrierBusyError("more messages than the carrier's rate", retry_after=int(pause))
        self._next = now + pause + self._interval
        return pause


def _settle(outcome: asyncio.Future[Event], event: Event) -> None:
    if not outcome.done():  # its submit may have been cancelled
        outcome.set_result(event)


async def _until(happened: Awaitable[object], deadline: float) -> None:
    """Wait for it, but not past `deadline` on the loop's clock."""
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline):
            await happened


def _bind_requests(config: SmppConfig) -> list[BindRequest]:
    kinds = [BindTransceiver] if config.bind is BindKind.TRANSCEIVER else [BindTransmitter, BindReceiver]
    return [kind(config.system_id, config.password, config.system_type) for _ in range(config.binds) for kind in kinds]
