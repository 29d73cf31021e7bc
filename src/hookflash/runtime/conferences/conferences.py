"""All live conferences of this process: by account and name for those who come, by SID for REST."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from typing import Any

import structlog

from hookflash.actions.move_conference import open_conference
from hookflash.actions.move_participant import awaited_seat
from hookflash.domain.call import NoSuchCallError, Source
from hookflash.domain.conference import Admission, ConferenceOptions, NoSuchParticipantError, NotAdmittedError, Seat
from hookflash.domain.participation import ParticipantChange
from hookflash.domain.recording import Recording
from hookflash.runtime.calls.live_call import LiveCall
from hookflash.runtime.calls.parts import Parts
from hookflash.runtime.calls.races import meanwhile
from hookflash.runtime.calls.tapes import Running
from hookflash.switch import protocol
from hookflash.switch.protocol import Tone
from hookflash.twiml.problems import TwimlCode

from .live_conference import LiveConference
from .member import Member

log = structlog.get_logger()

RINGBACK = Tone(name="ringback.us", ms=60_000)


class Conferences:
    """Those that somebody is in. `cancel` ends a call that rings for one, by its SID; it raises NoSuchCallError."""

    def __init__(self, *, cancel: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        self._cancel = cancel
        self._open: dict[tuple[str, str], LiveConference] = {}  # by account and name
        self._live: dict[str, LiveConference] = {}  # by SID; one that is over is there until its recording is whole
        self._opening: dict[tuple[str, str], asyncio.Task[LiveConference]] = {}
        self._coming: Counter[tuple[str, str]] = Counter()  # who is about to enter
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def tasks(self) -> Collection["asyncio.Task[None]"]:
        """What is left to do of them."""
        return self._tasks

    # -- what calls do --

    async def enter(
        self, call: LiveCall, name: str, seat: Seat, options: ConferenceOptions
    ) -> tuple[LiveConference, Member]:
        """`call` takes part in the conference of that name, which begins with it if there is none.

        Raises NotAdmittedError.
        """
        key = call.row.account_sid, name
        self._coming[key] += 1
        try:
            while True:
                conference = await self._conference(call.parts, key, options)
                if not conference.is_ending:
                    return conference, conference.enter(call, seat)
                await conference.over.wait()
        finally:
            self._coming[key] -= 1
            self._forsake(key)

    async def enter_admitted(self, call: LiveCall, admission: Admission) -> tuple[LiveConference, Member]:
        """A call that REST has made for a conference comes there, if it is still there. Raises NotAdmittedError."""
        seat = await call.parts.store.read(awaited_seat, call.row, admission)
        if seat is None:
            raise NotAdmittedError(TwimlCode.CONFERENCE_GONE, "The conference that the call was made for is over.")
        return await self.enter(call, admission.name, seat, admission.options)

    async def overhear(self, call: LiveCall, conference_sid: str) -> None:
        """Those in a conference hear how the phone of `call` rings, until it is answered. Raises HungUp."""
        event = await call.leg.early()
        conference = self._live.get(conference_sid)
        if isinstance(event, protocol.Answered) or conference is None or not conference.is_open:
            return
        if event.media:
            await call.leg.join(conference.name)
            try:
                await call.leg.answered()
            finally:
                await call.leg.leave()  # it may be sent elsewhere
            return
        async with conference.voice() as leg, meanwhile(leg.play([RINGBACK], loop=0)):
            await call.leg.answered()

    # -- what REST asks for; each raises NoSuchParticipantError for what is not live here --

    async def end(self, sid: str) -> None:
        """End it for all; returns once it is over."""
        await self._find(sid).end()

    def announce(self, sid: str, source: Source) -> None:
        """Let all hear a document."""
        self._find(sid).announce(source)

    async def change(self, sid: str, call_sid: str, change: ParticipantChange) -> None:
        """Returns once it is so. Raises NotAdmittedError for who cannot be coached."""
        await self._find(sid).change(call_sid, change)

    async def kick(self, sid: str, call_sid: str) -> None:
        """Returns once it is out; its call goes on."""
        await self._find(sid).kick(call_sid)

    async def pause_recording(self, recording: Recording, *, silence: bool) -> None:
        """Write silence for what is heard now, or nothing. Raises NoSuchCallError when it does not run."""
        await self._running(recording).pause(silence=silence)

    async def resume_recording(self, recording: Recording) -> None:
        await self._running(recording).resume()

    async def stop_recording(self, recording: Recording) -> None:
        """End it; returns once its row is final."""
        await self._running(recording).stop()

    # -- which there are --

    def _find(self, sid: str) -> LiveConference:
        """One that somebody is in."""
        found = self._recorded(sid)
        if found.over.is_set():
            raise NoSuchParticipantError(f"conference {sid} is over")
        return found

    def _recorded(self, sid: str) -> LiveConference:
        """One that somebody is in, or whose recording is not whole yet."""
        found = self._live.get(sid)
        if found is None:
            raise NoSuchParticipantError(f"no live conference {sid} in this process")
        return found

    def _running(self, recording: Recording) -> Running:
        return self._recorded(recording.conference_sid or "").tapes.running(recording.sid)

    async def _conference(self, parts: Parts, key: tuple[str, str], options: ConferenceOptions) -> LiveConference:
        if key in self._open:
            return self._open[key]
        if key not in self._opening:
            self._opening[key] = asyncio.create_task(self._begin(parts, key, options))
        return await asyncio.shield(self._opening[key])

    async def _begin(self, parts: Parts, key: tuple[str, str], options: ConferenceOptions) -> LiveConference:
        try:
            row = await parts.store.write(open_conference, *key, options, now=parts.clock.now())
            conference = LiveConference(parts, row, closed=self._closed)
            self._beside(self._live_through(conference), f"conference-{row.sid}")
            await conference.begun.wait()
            self._open[key] = conference
            self._forsake(key)
            return conference
        finally:
            del self._opening[key]

    def _forsake(self, key: tuple[str, str]) -> None:
        """End a conference that was begun for somebody who was not admitted, or left before."""
        if self._coming[key]:
            return
        del self._coming[key]
        conference = self._open.get(key)
        if conference is not None and conference.is_forsaken:
            self._beside(conference.close(), f"forsake-{conference.row.sid}")

    def _closed(self, conference: LiveConference, ringing: list[str]) -> None:
        del self._open[conference.row.account_sid, conference.row.friendly_name]
        for call_sid in ringing:
            self._beside(self._give_up(call_sid), f"give-up-{call_sid}")

    async def _give_up(self, call_sid: str) -> None:
        with suppress(NoSuchCallError):
            await self._cancel(call_sid)

    def _beside(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live_through(self, conference: LiveConference) -> None:
        self._live[conference.row.sid] = conference
        try:
            await conference.live()
        except Exception:
            log.exception("a conference broke", sid=conference.row.sid)
        finally:
            if self._live.get(conference.row.sid) is conference:
                del self._live[conference.row.sid]
