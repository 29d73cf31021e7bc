"""A conference as it lives: who is in it, what they hear of each other, what is recorded and announced.

Rule 1: `Roster` decides who starts and ends it; everything here follows.
Rule 2: what happens is entered in the ledger in the order in which it happens, so that callbacks are numbered in it.
Rule 3: it lives as long as somebody is in it. One that nobody is in, but somebody on the way to, is a row and no more.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from msgspec.structs import replace

from hookflash.actions.close_conference import close_conference
from hookflash.actions.move_conference import start_conference
from hookflash.actions.move_participant import (
    change_participant,
    end_when_empty,
    enter_conference,
    leave_conference,
    seated,
    tell_announced,
    tell_modified,
    tell_speaking,
)
from hookflash.actions.tell_conference import tell_record_end
from hookflash.domain.call import Source
from hookflash.domain.conference import (
    LEAVE_REASONS,
    Conference,
    ConferenceEvent,
    ConferenceStatus,
    EndReason,
    LeaveReason,
    NoSuchParticipantError,
    NotAdmittedError,
    Participant,
    Roster,
    Seat,
)
from hookflash.domain.participation import ParticipantChange
from hookflash.domain.recording import RecordingSource
from hookflash.runtime.calls.diary import Diary
from hookflash.runtime.calls.ledger import Ledger
from hookflash.runtime.calls.live_call import LiveCall
from hookflash.runtime.calls.parts import Parts
from hookflash.runtime.calls.tapes import Tapes
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Leg
from hookflash.switch.protocol import AnySource, Tone
from hookflash.switch.switch import SIMULATED
from hookflash.twiml.problems import TwimlCode

from .interlude import Interlude
from .member import MUSIC, Member

log = structlog.get_logger()

BEEP = Tone(name="beep", ms=300)


class LiveConference:
    """One that somebody is in. `closed` is told once nobody is, and of the calls that still ring for it."""

    def __init__(self, parts: Parts, row: Conference, *, closed: "Closed") -> None:
        self.row = row
        self.is_ending = False
        self.over = asyncio.Event()  #: nobody is in it, and its row says so
        self.begun = asyncio.Event()
        self.tapes: Tapes
        self._parts = parts
        self._closed = closed
        self._roster = Roster(most=row.options.most, has_started=row.status is ConferenceStatus.IN_PROGRESS)
        self._members: dict[str, Member] = {}
        self._end: tuple[EndReason, Participant | None] = (EndReason.LAST_LEFT, None)
        self._is_closing = False
        self._ledger = Ledger(parts.store)
        self._diary = Diary(self._ledger, parts.clock, row.account_sid, row.sid)
        self._recorder: Leg | None = None
        self._sounding: set[asyncio.Task[None]] = set()
        self._group: asyncio.TaskGroup

    # -- its life --

    async def live(self) -> None:
        """Until nobody is in it, and what was recorded of it is whole."""
        try:
            async with asyncio.TaskGroup() as self._group:
                self.tapes = Tapes(self._parts, self._diary, self._ledger, self._group)
                self.begun.set()
                await self.over.wait()
                for task in [*self._sounding]:
                    task.cancel()
                if self._recorder is not None:
                    await self._recorder.hang_up()
        finally:
            await self._ledger.settled()

    def enter(self, call: LiveCall, seat: Seat) -> Member:
        """`call` takes part from now on, until `leave`. Raises NotAdmittedError."""
        self._admit(seat)
        now = self._parts.clock.now()
        member = Member(self, call, seat, seated(self.row, call.row.sid, seat, now=now))
        self._members[member.sid] = member
        starts = self._roster.enter(member.sid, seat)
        member.unwatch = call.leg.watch(partial(self._hear, member))
        self._ledger.add(enter_conference, self.row, member.row, now=now)
        if starts:
            self._ledger.add(start_conference, self.row.account_sid, self.row.sid, now=now)
        if starts and self.row.options.record:
            self._group.create_task(self._quietly(self._record()))
        self._beside(self._settle(*(self._members.values() if starts else [member])))
        if self.is_open and seat.beeps_on_enter:
            self._beep()
        return member

    async def leave(self, member: Member, reason: LeaveReason) -> None:
        """It takes part no more."""
        del self._members[member.sid]
        member.unwatch()
        now = self._parts.clock.now()
        end = self._roster.leave(member.sid, kicked=member.is_kicked)
        self._ledger.add(leave_conference, self.row, member.row, reason, call_status=member.call.status, now=now)
        if end is not None and not self.is_ending:
            self._dismiss_all(end, by=member.row)
        await member.part()
        if self.is_forsaken:  # several may leave at once
            await self.close()
        elif not self.is_ending:
            if self.is_open and member.seat.beeps_on_exit:
                self._beep()
            await self._settle(*(each for each in self._members.values() if each.seat.coaches == member.sid))

    async def end(self) -> None:
        """REST ends it for all; returns once it is over."""
        if not self.is_ending:
            self._dismiss_all(EndReason.API)
        await self.over.wait()

    def _dismiss_all(self, reason: EndReason, *, by: Participant | None = None) -> None:
        self.is_ending = True
        self._end = (reason, by)
        for member in self._members.values():
            member.dismiss(LEAVE_REASONS[reason])

    @property
    def is_forsaken(self) -> bool:
        """Whether nobody is in it, and nobody ends it."""
        return not self._members and not self._is_closing

    async def close(self) -> None:
        """It is over, or waits as a row for those who are on the way to it; nobody is in it."""
        self.is_ending = self._is_closing = True
        reason, by = self._end
        close = end_when_empty if reason in (EndReason.LAST_LEFT, EndReason.LAST_KICKED) else close_conference
        now = self._parts.clock.now()
        ringing = await self._ledger.write(close, self.row.account_sid, self.row.sid, reason, by=by, now=now)
        self._closed(self, ringing)
        self.over.set()

    # -- what REST asks for --

    def member(self, call_sid: str) -> Member:
        """Raises NoSuchParticipantError."""
        found = self._members.get(call_sid)
        if found is None:
            raise NoSuchParticipantError(f"{call_sid} is not in {self.row.sid}")
        return found

    async def kick(self, call_sid: str) -> None:
        """Returns once it is out; its call goes on."""
        member = self.member(call_sid)
        member.is_kicked = True
        member.dismiss(LeaveReason.UPDATED)
        await member.gone.wait()
        await self._ledger.settled()

    async def change(self, call_sid: str, change: ParticipantChange) -> None:
        """Returns once its row and what it hears are as they shall be. Raises NotAdmittedError for who cannot be
        coached."""
        member = self.member(call_sid)
        seat = self._changed(member, change)
        is_modified = seat != replace(member.seat, muted=seat.muted) or change.wait_source is not None
        member.seat = seat
        member.wait_source = change.wait_source or member.wait_source
        if change.hold is not None or change.hold_source is not None:
            member.hold_source = change.hold_source or MUSIC
        self._roster.change(member.sid, seat)
        was = member.change(
            muted=seat.muted,
            hold=member.row.hold if change.hold is None else change.hold,
            coaching=seat.coaches is not None,
            call_sid_to_coach=seat.coaches,
            end_conference_on_exit=seat.ends,
            date_updated=self._parts.clock.now(),
        )
        now = member.row.date_updated
        self._ledger.add(change_participant, self.row, was, member.row, now=now)
        if is_modified:
            self._ledger.add(tell_modified, self.row, member.row, now=now)
        await member.settle()
        if change.announcement is not None:
            self.announce(change.announcement, to=call_sid)
        await self._ledger.settled()

    def announce(self, source: Source, *, to: str | None = None) -> None:
        """Let one of them, or all, hear a document."""
        self._beside(self._announce(source, self.member(to) if to is not None else None))

    # -- what members ask for --

    @property
    def name(self) -> str:
        return self.row.sid

    @property
    def is_open(self) -> bool:
        return self._roster.has_started

    @property
    def tells_speakers(self) -> bool:
        return ConferenceEvent.SPEAKER in self.row.options.status_callback_events

    def leg_of(self, call_sid: str) -> Leg | None:
        member = self._members.get(call_sid)
        return member.leg if member is not None else None

    # -- what is heard --

    @asynccontextmanager
    async def voice(self) -> AsyncIterator[Leg]:
        """A leg whose sounds all hear."""
        leg = self._parts.open_leg(simulated=self._is_simulated)
        try:
            await leg.join(self.name)
            yield leg
        finally:
            await leg.hang_up()

    @property
    def _is_simulated(self) -> bool:
        return all(member.leg.number & SIMULATED for member in self._members.values())

    def _beep(self) -> None:
        self._beside(self._sound(BEEP))

    async def _sound(self, source: AnySource) -> None:
        async with self.voice() as leg:
            await leg.play([source])

    async def _announce(self, source: Source, to: Member | None) -> None:
        failure = await self._failure(source, to)
        row = to.row if to is not None else None
        now = self._parts.clock.now()
        self._ledger.add(tell_announced, self.row, row, url=source.url or "", failure=failure, now=now)

    async def _failure(self, source: Source, to: Member | None) -> str:
        """Make an announcement; returns why that could not be, or nothing."""
        try:
            if to is not None:
                return await to.announce(source)
            if not self.is_open or not self._members:
                return "Nobody is in the room"
            async with self.voice() as leg:
                first = next(iter(self._members.values()))
                return await Interlude(first.call, leg=leg).announce(source)
        except HungUp:
            return "Nobody is there any more who could hear it"

    async def _record(self) -> None:
        leg = self._recorder = self._parts.open_leg(simulated=self._is_simulated)
        await leg.join(self.name, muted=True)
        options = self.row.options
        running = await self.tapes.start(self.row, leg, options.recording, source=RecordingSource.CONFERENCE)
        recording, _ = await running.result()
        if options.event_callback_url:
            path = self._parts.recordings.place(recording.account_sid, recording.sid)
            size = path.stat().st_size if path.exists() else 0
            now = self._parts.clock.now()
            self._ledger.add(tell_record_end, self.row, recording, size=size, now=now)

    def _hear(self, member: Member, event: protocol.AnyEvent) -> None:
        if isinstance(event, protocol.Speaking):
            self._ledger.add(tell_speaking, self.row, member.row, on=event.on, now=event.at)

    # -- small things --

    def _admit(self, seat: Seat) -> None:
        if self._roster.is_full:
            sentence = f"{self.row.options.most} take part in the conference already, which is as many as may."
            raise NotAdmittedError(TwimlCode.CONFERENCE_FULL, sentence)
        if seat.label is not None and any(each.seat.label == seat.label for each in self._members.values()):
            sentence = "Another in the conference has this participantLabel."
            raise NotAdmittedError(TwimlCode.CONFERENCE_LABEL_USED, sentence)
        self._check_coached(seat.coaches)

    def _check_coached(self, call_sid: str | None) -> None:
        if call_sid is None:
            return
        coached = self._members.get(call_sid)
        if coached is None:
            sentence = "The call that is to be coached is not in the conference."
            raise NotAdmittedError(TwimlCode.COACHED_ABSENT, sentence)
        if coached.row.hold:
            raise NotAdmittedError(TwimlCode.COACHED_ON_HOLD, "The call that is to be coached is on hold.")

    def _changed(self, member: Member, change: ParticipantChange) -> Seat:
        seat = member.seat
        if change.muted is not None:
            seat = replace(seat, muted=change.muted)
        if change.ends is not None:
            seat = replace(seat, ends=change.ends)
        if change.beeps_on_exit is not None:
            seat = replace(seat, beep=_BEEPS[seat.beeps_on_enter, change.beeps_on_exit])
        if change.coaching is False:
            seat = replace(seat, coaches=None)
        elif change.coaches is not None:
            self._check_coached(change.coaches)
            seat = replace(seat, coaches=change.coaches)
        return seat

    async def _settle(self, *members: Member) -> None:
        await asyncio.gather(*(member.settle() for member in members))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it while the conference goes on."""
        task = self._group.create_task(self._quietly(work))
        self._sounding.add(task)
        task.add_done_callback(self._sounding.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except HungUp:
            pass
        except Exception:
            log.exception("something of a conference failed", sid=self.row.sid)


Closed = Callable[[LiveConference, list[str]], None]

_BEEPS = {(True, True): "true", (True, False): "onEnter", (False, True): "onExit", (False, False): "false"}
