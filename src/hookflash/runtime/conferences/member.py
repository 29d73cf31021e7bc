"""A call that takes part in a conference: what it hears, and whether it is heard."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from msgspec.structs import replace

from hookflash.domain.call import Source
from hookflash.domain.conference import LeaveReason, Participant, Seat
from hookflash.domain.waiting import HOLD_MUSIC
from hookflash.runtime.calls.live_call import LiveCall
from hookflash.switch.leg import HungUp, Leg

from .interlude import Interlude

MUSIC = Source(url=HOLD_MUSIC, method="GET")


class Room(Protocol):
    """What a member knows of its conference."""

    @property
    def name(self) -> str:
        """Of the room in the switch."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether those who take part hear each other."""
        ...

    @property
    def tells_speakers(self) -> bool: ...

    def leg_of(self, call_sid: str) -> Leg | None:
        """Of one that takes part."""
        ...


class Member:
    """One of them. `out` is set, with the reason, when it has to leave."""

    def __init__(self, room: Room, call: LiveCall, seat: Seat, row: Participant) -> None:
        self.call = call
        self.leg = call.leg
        self.seat = seat
        self.row = row  #: as it is now; changes replace it
        self.out: asyncio.Future[LeaveReason] = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()  #: it has left
        self.is_kicked = False
        self.unwatch: Callable[[], None]  #: ends that its conference hears of its leg
        self.is_inside = True  #: until it has left
        self.hold_source = MUSIC
        self.wait_source = Source(url=seat.wait_url or None, method=seat.wait_method)
        self._room = room
        self._heard: Source | None = None  # instead of the others
        self._interlude: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    @property
    def sid(self) -> str:
        """Of its call."""
        return self.call.row.sid

    def dismiss(self, reason: LeaveReason) -> None:
        """It has to leave; its call goes on with what follows in its document."""
        if not self.out.done():
            self.out.set_result(reason)

    async def dismissed(self) -> None:
        """Wait until it has to leave."""
        await asyncio.shield(self.out)

    async def settle(self) -> None:
        """Let it hear, and be heard, as it has to be by now. Nothing happens to one whose phone is gone."""
        async with self._turn:
            with suppress(HungUp):
                if not self.is_inside:
                    return
                if self.row.hold:
                    await self.leg.leave()
                    await self._let_hear(self.hold_source)
                elif self._room.is_open:
                    await self._let_hear(None)
                    await self._join()
                else:
                    await self._let_hear(self.wait_source)

    async def announce(self, source: Source) -> str:
        """Let it alone hear an announcement; returns why that could not be, or nothing.

        Who waits or is on hold hears it at once, and what they heard anew afterwards: music would never make way.
        """
        async with self._turn:
            is_busy = self._interlude is not None and not self._interlude.done()
            if is_busy:
                await self._let_hear(None)
        try:
            return await Interlude(self.call).announce(source)
        finally:
            if is_busy:
                await self.settle()

    async def part(self) -> None:
        """It hears nothing of the conference any more."""
        self.is_inside = False
        async with self._turn:
            await self._let_hear(None)
            with suppress(HungUp):
                await self.leg.leave()
        self.gone.set()

    def change(self, **columns: object) -> Participant:
        """Change its row; returns the one before."""
        was, self.row = self.row, replace(self.row, **columns)
        return was

    async def _join(self) -> None:
        coached = self._room.leg_of(self.seat.coaches) if self.seat.coaches is not None else None
        # Who coaches somebody that is not there is heard by nobody.
        is_alone = self.seat.coaches is not None and coached is None
        await self.leg.join(
            self._room.name,
            muted=self.seat.muted or is_alone,
            whisper_to=coached,
            speaking=self._room.tells_speakers,
            jitter=self.seat.jitter,
        )

    async def _let_hear(self, source: Source | None) -> None:
        if source is self._heard:
            return
        self._heard = source
        if self._interlude is not None:
            self._interlude.cancel()
            await asyncio.wait([self._interlude])
            self._interlude = None
        if source is not None:
            kind = "hold" if source is self.hold_source else "wait"
            self._interlude = self.call.spawn(Interlude(self.call).of(source, kind))
