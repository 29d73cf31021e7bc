"""A leg that the switch holds: what is asked of it becomes commands, and its events end what waits for them."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import msgspec

from hookflash.switch import protocol
from hookflash.switch.ear import SwitchEar
from hookflash.switch.leg import Collected, Detected, Ear, HungUp, Leg, Recorded, Referral, Tape
from hookflash.switch.protocol import AnyCommand, AnyEvent, AnySource, Done


class SwitchLeg:
    """`Leg`, over the switch: `tell` hands it a command, `take_audio` takes what an operation of a leg has heard."""

    def __init__(
        self, number: int, tell: Callable[[AnyCommand], None], take_audio: Callable[[int, int], bytes]
    ) -> None:
        self.number = number
        self.tell = tell
        self._take_audio = take_audio
        self._early: protocol.Early | protocol.Answered | None = None
        self._answered: protocol.Answered | None = None
        self._hung_up: protocol.HungUp | None = None
        self._rings = asyncio.Event()  # or is answered, or gone
        self._settled = asyncio.Event()  # answered, or gone
        self._gone = asyncio.Event()
        self._ops = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Done]] = {}
        self._ears: dict[int, SwitchEar] = {}
        self._watchers: list[Callable[[AnyEvent], None]] = []

    @property
    def is_answered(self) -> bool:
        return self._answered is not None

    def receive(self, event: AnyEvent) -> None:
        """Take an event of this leg; the switch calls it, in order."""
        for told in [*self._watchers]:
            told(event)
        match event:
            case protocol.Heard():
                if (ear := self._ears.get(event.op)) is not None:
                    ear.wake()
            case protocol.Done():
                if (ear := self._ears.get(event.op)) is not None:
                    ear.end(event)
                future = self._waiting.pop(event.op, None)
                if future is not None and not future.done():
                    future.set_result(event)
            case protocol.Early():
                self._early = self._early or event
                self._rings.set()
            case protocol.Answered():
                self._early = self._early or event
                self._answered = event
                self._rings.set()
                self._settled.set()
            case protocol.HungUp():
                self._end(event)
            case _:
                pass  # keys, signalling, quality: for those who watch

    async def ring(self, *, media: bool = False) -> None:
        self._tell(protocol.Ring(leg=self.number, media=media))

    async def answer(self) -> None:
        if not self.is_answered:
            self._tell(protocol.Answer(leg=self.number))
        await self.answered()

    async def early(self) -> protocol.Early | protocol.Answered:
        await self._rings.wait()
        if self._early is None:
            raise HungUp(await self.gone())
        return self._early

    async def answered(self) -> protocol.Answered:
        await self._settled.wait()
        if self._answered is None:
            raise HungUp(await self.gone())
        return self._answered

    def watch(self, told: Callable[[AnyEvent], None]) -> Callable[[], None]:
        self._watchers.append(told)
        return lambda: self._watchers.remove(told)

    async def reject(self, status: int, reason: str = "") -> None:
        if self._hung_up is None:
            self.tell(protocol.Reject(leg=self.number, status=status, reason=reason))
        await self.gone()

    async def hang_up(self, cause: str = "local") -> None:
        if self._hung_up is None:
            self.tell(protocol.HangUp(leg=self.number, cause=cause))
        await self.gone()

    async def gone(self) -> protocol.HungUp:
        await self._gone.wait()
        assert self._hung_up is not None
        return self._hung_up

    async def play(self, sources: Sequence[AnySource], *, loop: int = 1) -> None:
        op = next(self._ops)
        await self._until_done(protocol.Play(leg=self.number, op=op, sources=list(sources), loop=loop))

    async def collect(self, command: protocol.Collect) -> Collected:
        done = await self._until_done(msgspec.structs.replace(command, leg=self.number, op=next(self._ops)))
        return Collected(done.digits, done.why, done.key, done.ms)

    async def record(self, command: protocol.Record, tape: Tape | None = None) -> Recorded:
        filled = msgspec.structs.replace(command, leg=self.number, op=next(self._ops))
        if tape is not None:
            tape.op = filled.op
        done = await self._done(filled)
        if done.why == "failed":
            raise OSError(done.problem)
        return Recorded(done.ms, done.why, done.key, done.silent)

    async def pause(self, tape: Tape, *, silence: bool = True) -> None:
        self._tell(protocol.PauseRecording(leg=self.number, op=tape.op, silence=silence))

    async def resume(self, tape: Tape) -> None:
        self._tell(protocol.ResumeRecording(leg=self.number, op=tape.op))

    async def stop(self, tape: Tape) -> None:
        if self._hung_up is None:
            self.tell(protocol.Stop(leg=self.number, op=tape.op))

    async def send_keys(self, keys: str) -> None:
        await self._until_done(protocol.SendKeys(leg=self.number, op=next(self._ops), keys=keys))

    async def inform(self, content: str) -> None:
        self._tell(protocol.Inform(leg=self.number, content_type="application/json", body=content))

    async def wait(self, ms: int) -> None:
        await self._until_done(protocol.Wait(leg=self.number, op=next(self._ops), ms=ms))

    async def detect(self, command: protocol.Detect) -> Detected:
        done = await self._until_done(msgspec.structs.replace(command, leg=self.number, op=next(self._ops)))
        return Detected(done.found, done.ms)

    @asynccontextmanager
    async def hear(self, track: str = "inbound") -> AsyncIterator[Ear]:
        op = next(self._ops)
        ear = self._ears[op] = SwitchEar(lambda: self._take_audio(self.number, op))
        try:
            self._tell(protocol.Hear(leg=self.number, op=op, track=track))
            yield ear
        finally:
            del self._ears[op]
            ear.close()
            self.tell(protocol.Stop(leg=self.number, op=op))  # of a leg that is gone, too: what it heard is let go

    async def refer(self, to: str, headers: Mapping[str, str] = {}) -> Referral:
        done = await self._done(protocol.Refer(leg=self.number, op=next(self._ops), to=to, headers=dict(headers)))
        if done.why == "failed":
            raise OSError(done.problem)
        # A phone may answer 200 and tell 200 (RFC 6665 §8.3.1); one that leaves without a word ends it otherwise.
        was_told = done.status != done.answer or (done.why == "end" and done.status < 300)
        return Referral(done.answer, done.status if was_told else 0)

    async def accept_refer(self) -> None:
        self._tell(protocol.AcceptRefer(leg=self.number))

    async def refuse_refer(self, status: int = 603) -> None:
        self._tell(protocol.RefuseRefer(leg=self.number, status=status))

    async def tell_refer(self, status: int, reason: str = "") -> None:
        self._tell(protocol.TellRefer(leg=self.number, status=status, reason=reason))

    async def bridge(self, other: Leg) -> None:
        self._tell(protocol.Bridge(leg=self.number, other=other.number))

    async def unbridge(self) -> None:
        if self._hung_up is None:
            self.tell(protocol.Unbridge(leg=self.number))

    async def join(
        self,
        room: str,
        *,
        muted: bool = False,
        whisper_to: Leg | None = None,
        speaking: bool = False,
        jitter: str = "large",
    ) -> None:
        to = None if whisper_to is None else whisper_to.number
        self._tell(
            protocol.Join(leg=self.number, room=room, muted=muted, whisper_to=to, speaking=speaking, jitter=jitter)
        )

    async def leave(self) -> None:
        if self._hung_up is None:
            self.tell(protocol.Leave(leg=self.number))

    async def limit(self, ms: int) -> None:
        self._tell(protocol.Limit(leg=self.number, ms=ms))

    def _tell(self, command: AnyCommand) -> None:
        if self._hung_up is not None:
            raise HungUp(self._hung_up)
        self.tell(command)

    async def _until_done(self, command: "Operation") -> Done:
        """The end of an operation; raises HungUp when the leg ended it, OSError when the switch could not do it."""
        done = await self._done(command)
        if done.why == "hung_up":
            raise HungUp(await self.gone())
        if done.why == "failed":
            raise OSError(done.problem)
        return done

    async def _done(self, command: "Operation") -> Done:
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting[command.op] = future
        try:
            self._tell(command)
            return await future
        finally:
            # Cancelled: what was begun is stopped; its Done finds nobody waiting.
            if self._waiting.pop(command.op, None) is not None and self._hung_up is None:
                self.tell(protocol.Stop(leg=self.number, op=command.op))

    def _end(self, event: protocol.HungUp) -> None:
        self._hung_up = event
        self._rings.set()
        self._settled.set()
        self._gone.set()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(HungUp(event))
        self._waiting.clear()


Operation = (
    protocol.Play
    | protocol.Collect
    | protocol.Record
    | protocol.SendKeys
    | protocol.Wait
    | protocol.Detect
    | protocol.Refer
)
