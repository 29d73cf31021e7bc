"""The recordings of a call, or a conference, that run: each is a row, a file, and a task that ends with its leg."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog
from msgspec.structs import replace

from hookflash.actions.move_recording import finish_recording, start_recording
from hookflash.domain.call import Call, NoSuchCallError
from hookflash.domain.clock import HOUR
from hookflash.domain.conference import Conference
from hookflash.domain.recording import Recording, RecordingEvent, RecordingSource, RecordOptions
from hookflash.switch.leg import HungUp, Leg, Recorded, Tape
from hookflash.switch.protocol import Record
from hookflash.switch.recordings import repair_recording
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.voice import StatusCallback

from .diary import Diary
from .ledger import Ledger
from .parts import Parts
from .races import first_of

log = structlog.get_logger()

UNTIL_THE_END = Record(leg=0, op=0, path="", most_ms=24 * HOUR)


@dataclass
class Running:
    """A recording that has begun, or does so once it may hear."""

    row: Recording
    leg: Leg
    may_hear: asyncio.Event  #: of all recordings of the call
    tape: Tape = field(default_factory=Tape)
    is_paused: bool = False  #: by whoever asked for that
    unwanted: asyncio.Event = field(default_factory=asyncio.Event)  #: it is to end, or not to begin
    task: "asyncio.Task[tuple[Recording, Recorded]]" = field(init=False)

    @property
    def is_heard(self) -> bool:
        """Whether it runs, and is not paused."""
        return bool(self.tape.op) and not self.is_paused

    async def result(self) -> tuple[Recording, Recorded]:
        """Its row, once it is final, and how it ended; who waits no longer ends it."""
        try:
            return await asyncio.shield(self.task)
        finally:
            await self.end()

    async def stop(self) -> Recording:
        """End it; returns the row once it is final."""
        await self.end()
        row, _ = await self.result()
        return row

    async def end(self) -> None:
        """End it, now or before it begins."""
        self.unwanted.set()
        await self.leg.stop(self.tape)

    async def pause(self, *, silence: bool) -> None:
        """Write silence for what is heard from now on, or nothing."""
        self.is_paused = True
        await self.leg.pause(self.tape, silence=silence)

    async def resume(self) -> None:
        """Go on, as soon as it may hear."""
        self.is_paused = False
        if self.may_hear.is_set():
            await self.leg.resume(self.tape)


class Tapes:
    """Starts recordings of one call or conference and knows those that run; `group` is its own, which outlives them."""

    def __init__(self, parts: Parts, diary: Diary, ledger: Ledger, group: asyncio.TaskGroup) -> None:
        self._parts = parts
        self._diary = diary
        self._ledger = ledger
        self._group = group
        self._running: dict[str, Running] = {}
        self._may_hear = asyncio.Event()
        self._may_hear.set()
        self._secrets = 0  # that are being entered

    async def start(
        self,
        of: Call | Conference,
        leg: Leg,
        options: RecordOptions,
        *,
        source: RecordingSource,
        how: Record = UNTIL_THE_END,
    ) -> Running:
        """Record `leg` for `of`; `how` says what ends it, `options` the rest. Who is cancelled gets none."""
        command = replace(how, channels=options.channels, track=options.track, trim=options.trim)
        beginning = asyncio.create_task(self._begin(of, leg, options, source, command))
        try:
            return await asyncio.shield(beginning)
        except asyncio.CancelledError:
            await asyncio.wait([beginning])  # its row is there, and has to come to an end
            await beginning.result().end()
            raise

    async def _begin(
        self, of: Call | Conference, leg: Leg, options: RecordOptions, source: RecordingSource, command: Record
    ) -> Running:
        row = await self._ledger.write(start_recording, of, options, source=source, now=self._parts.clock.now())
        running = self._running[row.sid] = Running(row, leg, self._may_hear)
        running.task = self._group.create_task(self._run(running, command), name=f"record-{row.sid}")
        return running

    def running(self, sid: str) -> Running:
        """Raises NoSuchCallError when it does not run."""
        found = self._running.get(sid)
        if found is None:
            raise NoSuchCallError(f"recording {sid} does not run")
        return found

    @asynccontextmanager
    async def deaf(self) -> AsyncIterator[None]:
        """While the block runs, silence is recorded, and what is to be recorded begins after it.

        Several may run at once; what was paused otherwise stays so.
        """
        self._secrets += 1
        try:
            if self._secrets == 1:
                self._may_hear.clear()
                for running in self._heard:
                    await running.leg.pause(running.tape, silence=True)
            yield
        finally:
            self._secrets -= 1
            if not self._secrets:
                self._may_hear.set()
                with suppress(HungUp):
                    for running in self._heard:
                        await running.leg.resume(running.tape)

    @property
    def _heard(self) -> list[Running]:
        return [running for running in self._running.values() if running.is_heard]

    async def over(self) -> None:
        """Until none runs; their legs have ended."""
        while self._running:
            await asyncio.wait([running.task for running in self._running.values()])

    async def _run(self, running: Running, command: Record) -> tuple[Recording, Recorded]:
        row = running.row
        try:
            recorded = await self._record(running, command)
            now = self._parts.clock.now()
            return await self._ledger.write(finish_recording, row, length=recorded.ms, now=now), recorded
        finally:
            del self._running[row.sid]

    async def _record(self, running: Running, command: Record) -> Recorded:
        row = running.row
        try:
            if not self._may_hear.is_set():
                await first_of(self._may_hear.wait(), running.unwanted.wait())
            if running.unwanted.is_set():
                return Recorded(0, "stopped", silent=True)
            path = self._parts.recordings.place(row.account_sid, row.sid)
            return await running.leg.record(replace(command, path=str(path)), running.tape)
        except HungUp:
            return Recorded(0, "hung_up", silent=True)
        except OSError as error:
            return await self._salvage(row, error)
        except Exception:
            log.exception("a recording failed", sid=row.sid)
            return Recorded(0, "stopped", silent=True)

    async def _salvage(self, row: Recording, error: OSError) -> Recorded:
        """What there was room for is kept."""
        try:
            path = self._parts.recordings.place(row.account_sid, row.sid)
            length = await asyncio.to_thread(repair_recording, path)
        except OSError:
            length = 0
        log.error("a recording failed", sid=row.sid, reason=str(error), length=length)
        self._diary.alert(TwimlCode.INTERNAL, f"Recording {row.sid} ends after {length} ms. {error}")
        return Recorded(length, "stopped", silent=not length)


def record_options(callback: StatusCallback, url: str, *, channels: int, track: str, trim: bool) -> RecordOptions:
    """How a verb records; `url` is that of its callback, absolute or empty."""
    return RecordOptions(
        channels=channels,
        track=track,
        trim=trim,
        status_callback=url or None,
        status_callback_method=callback.method,
        status_callback_events=tuple(RecordingEvent(event) for event in callback.events),
    )
