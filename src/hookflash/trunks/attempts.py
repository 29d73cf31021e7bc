"""A call that is tried on one way after the other until one of them reaches the callee.

Rule 1: to whoever holds it, it is one leg: its watchers hear the signalling of all attempts, and of one end only.
Rule 2: once an attempt rings or is answered it is the leg, and what happens to it is final.
Rule 3: a refusal about the callee (busy, no such number) is final too; only one of the gateway leads on.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from msgspec.structs import replace

from hookflash.domain.clock import SECOND
from hookflash.switch import protocol
from hookflash.switch.leg import Collected, Detected, Ear, HungUp, Leg, Recorded, Referral, Tape
from hookflash.switch.protocol import AnyEvent, AnySource

log = structlog.get_logger()

LONGEST_WAIT = 5.0  #: s for a turn on a way; when it takes longer, the next way is tried first
KEPT = 100  #: events for a watcher who comes later


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to the callee."""

    name: str  #: for people
    dial: Callable[[int], Leg]  #: begins to call, for as many ms of ringing at the most
    wait: Callable[[], float]  #: seconds until it may
    failover: frozenset[int]  #: SIP statuses that say nothing about the callee
    silence: float  #: seconds without any answer that say as much


class Attempts:
    """`Leg`, over the attempts. Made on a running loop, where it begins at once."""

    def __init__(self, ways: Sequence[Way], *, ring_ms: int) -> None:
        """`ring_ms`: for all attempts together."""
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + ring_ms / SECOND
        self._left = [*ways]
        self._leg: Leg | None = None  # the attempt of now
        self._patience: asyncio.TimerHandle | None = None  # until it counts as silent
        self._is_silent = False
        self._stands = False  # the attempt of now is the leg
        self._given_up = ""  # the cause that `hang_up` was given
        self._failed = asyncio.Event()  # the attempt of now
        self._settled = asyncio.Event()  # it stands, or all is over
        self._over: asyncio.Future[protocol.HungUp] = self._loop.create_future()
        self._watchers: list[Callable[[AnyEvent], None]] = []
        self._unheard: list[AnyEvent] = []
        self._hanging_up: asyncio.Task[None] | None = None
        self._trying = asyncio.create_task(self._try_all(), name="attempts")

    @property
    def number(self) -> int:
        return self._leg.number if self._leg is not None else 0

    @property
    def is_answered(self) -> bool:
        return self._leg is not None and self._leg.is_answered

    # -- trying --

    async def _try_all(self) -> None:
        try:
            while not self._settled.is_set():
                way = await self._turn()
                left = round((self._deadline - self._loop.time()) * SECOND)
                if left <= 0:
                    self._end(self._event("no_answer", 0, "Nobody was reached in time"))
                else:
                    await self._try(way, left)
        except Exception:
            log.exception("a call could not be tried on")
            self._end(self._event("failed", 500, "Something of this platform failed; its log says what"))

    async def _turn(self) -> Way:
        """The next way, once its turn has come."""
        self._left.sort(key=lambda way: way.wait() > LONGEST_WAIT)
        way = self._left.pop(0)
        await asyncio.sleep(min(way.wait(), max(0.0, self._deadline - self._loop.time())))
        return way

    async def _try(self, way: Way, ring_ms: int) -> None:
        """Begin to call; returns once that has failed, or is final."""
        self._failed.clear()
        self._is_silent = False
        self._leg = way.dial(ring_ms)
        self._patience = self._loop.call_later(way.silence, self._stop_waiting)
        self._leg.watch(lambda event: self._hear(event, way))
        failed, settled = asyncio.create_task(self._failed.wait()), asyncio.create_task(self._settled.wait())
        await asyncio.wait({failed, settled}, return_when=asyncio.FIRST_COMPLETED)
        failed.cancel()
        settled.cancel()

    def _stop_waiting(self) -> None:
        if self._leg is not None:
            self._is_silent = True
            self._hanging_up = asyncio.create_task(self._leg.hang_up("failed"))

    def _hear(self, event: AnyEvent, way: Way) -> None:
        is_ours = isinstance(event, protocol.Signal) and event.sent
        if self._patience is not None and not is_ours:
            self._patience.cancel()
        match event:
            case protocol.HungUp() if not self._stands and not self._given_up:
                self._refused(event, way)
            case protocol.HungUp():
                self._end(replace(event, cause=self._given_up) if self._is_silent else event)
            case protocol.Quality() if not self._stands:
                pass  # of audio that nobody has heard
            case protocol.Early() | protocol.Answered():
                self._stands = True
                self._tell(event)
                self._settled.set()
            case _:
                self._tell(event)

    def _refused(self, event: protocol.HungUp, way: Way) -> None:
        if self._left and (self._is_silent or event.status in way.failover):
            self._leg = None
            self._failed.set()
        elif self._is_silent:
            self._end(self._event("failed", 504, f"No answer within {way.silence:g} s from {way.name}"))
        else:
            self._end(event)

    def _end(self, event: protocol.HungUp) -> None:
        self._tell(event)
        self._over.set_result(event)
        self._settled.set()

    def _event(self, cause: str, status: int, reason: str) -> protocol.HungUp:
        return protocol.HungUp(
            leg=self.number, at=round(time.time() * SECOND), cause=cause, status=status, reason=reason
        )

    def _tell(self, event: AnyEvent) -> None:
        if not self._watchers:
            self._unheard = [*self._unheard[-KEPT:], event]
        for told in [*self._watchers]:
            told(event)

    async def _standing(self) -> Leg:
        """The leg, once it rings or is answered. Raises HungUp."""
        await self._settled.wait()
        if not self._stands or self._leg is None:
            raise HungUp(await self.gone())
        return self._leg

    # -- the leg --

    def watch(self, told: Callable[[AnyEvent], None]) -> Callable[[], None]:
        self._watchers.append(told)
        unheard, self._unheard = self._unheard, []
        for event in unheard:
            told(event)
        return lambda: self._watchers.remove(told)

    async def gone(self) -> protocol.HungUp:
        return await asyncio.shield(self._over)

    async def hang_up(self, cause: str = "local") -> None:
        if not self._over.done():
            self._given_up = self._given_up or cause
            if self._leg is not None:
                await self._leg.hang_up(cause)
            else:
                self._trying.cancel()
                self._end(self._event(cause, 0, ""))
        await self.gone()

    async def early(self) -> protocol.Early | protocol.Answered:
        return await (await self._standing()).early()

    async def answered(self) -> protocol.Answered:
        return await (await self._standing()).answered()

    async def ring(self, *, media: bool = False) -> None:
        await (await self._standing()).ring(media=media)

    async def answer(self) -> None:
        await (await self._standing()).answer()

    async def reject(self, status: int, reason: str = "") -> None:
        await (await self._standing()).reject(status, reason)

    async def play(self, sources: Sequence[AnySource], *, loop: int = 1) -> None:
        await (await self._standing()).play(sources, loop=loop)

    async def collect(self, command: protocol.Collect) -> Collected:
        return await (await self._standing()).collect(command)

    async def record(self, command: protocol.Record, tape: Tape | None = None) -> Recorded:
        return await (await self._standing()).record(command, tape)

    async def pause(self, tape: Tape, *, silence: bool = True) -> None:
        await (await self._standing()).pause(tape, silence=silence)

    async def resume(self, tape: Tape) -> None:
        await (await self._standing()).resume(tape)

    async def stop(self, tape: Tape) -> None:
        if self._leg is not None:
            await self._leg.stop(tape)

    async def send_keys(self, keys: str) -> None:
        await (await self._standing()).send_keys(keys)

    async def inform(self, content: str) -> None:
        await (await self._standing()).inform(content)

    async def wait(self, ms: int) -> None:
        await (await self._standing()).wait(ms)

    async def bridge(self, other: Leg) -> None:
        await (await self._standing()).bridge(other)

    async def unbridge(self) -> None:
        if self._leg is not None:
            await self._leg.unbridge()

    async def join(
        self,
        room: str,
        *,
        muted: bool = False,
        whisper_to: Leg | None = None,
        speaking: bool = False,
        jitter: str = "large",
    ) -> None:
        leg = await self._standing()
        await leg.join(room, muted=muted, whisper_to=whisper_to, speaking=speaking, jitter=jitter)

    async def leave(self) -> None:
        await (await self._standing()).leave()

    async def limit(self, ms: int) -> None:
        await (await self._standing()).limit(ms)

    async def detect(self, command: protocol.Detect) -> Detected:
        return await (await self._standing()).detect(command)

    @asynccontextmanager
    async def hear(self, track: str = "inbound") -> AsyncIterator[Ear]:
        async with (await self._standing()).hear(track) as ear:
            yield ear

    async def refer(self, to: str, headers: Mapping[str, str] = {}) -> Referral:
        return await (await self._standing()).refer(to, headers)

    async def accept_refer(self) -> None:
        await (await self._standing()).accept_refer()

    async def refuse_refer(self, status: int = 603) -> None:
        await (await self._standing()).refuse_refer(status)

    async def tell_refer(self, status: int, reason: str = "") -> None:
        await (await self._standing()).tell_refer(status, reason)
