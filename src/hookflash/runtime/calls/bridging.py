"""The caller of a `<Dial>` and one other, joined until something parts them; recorded as the `<Dial>` says."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from hookflash.domain.clock import DAY
from hookflash.domain.recording import RecordingSource
from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.twiml.voice import TalkPlan

from .races import first_of
from .tapes import Running, record_options

if TYPE_CHECKING:
    from .script import Script


class Bridge:
    """What the caller of `script` has with whoever a `<Dial>` finds. `over` ends it, whether or not it began."""

    def __init__(self, script: "Script", plan: TalkPlan) -> None:
        self.was_joined = False
        self._script = script
        self._caller = script.call
        self._plan = plan
        self._recording: Running | None = None

    async def rings(self) -> None:
        """The other is sought: some record from here on."""
        # Before its answer a caller has no audio that could be recorded.
        if self._plan.record.startswith("record-from-ringing") and self._caller.leg.is_answered:
            await self._record()

    async def talk(self, other: Leg, name: str, left: asyncio.Event) -> None:
        """Join the two until the other is gone or has `left`, or the verb says so. `name` is for the timeline.

        Raises HungUp when the caller is gone.
        """
        caller = self._caller
        await caller.answer()
        await caller.leg.bridge(other)
        self.was_joined = True
        caller.diary.note(f"Joined with {name}")
        try:
            await self.last(other.gone(), left.wait())
        finally:
            await caller.leg.unbridge()

    async def last(self, *ends: Coroutine[Any, Any, object]) -> None:
        """Let what the caller has been joined with last until one of `ends`, or of those of the verb.

        Raises HungUp when the caller is gone.
        """
        leg, plan = self._caller.leg, self._plan
        if plan.record != "do-not-record" and self._recording is None:
            await self._record()
        own: list[Coroutine[Any, Any, object]] = [leg.wait(plan.limit_ms)]
        if plan.hangup_on_star:
            own.append(leg.collect(protocol.Collect(leg=0, op=0, finish="*", first_ms=DAY, between_ms=DAY)))
        await first_of(*ends, *own)

    async def over(self) -> str | None:
        """End the recording; returns its link, or None when there was none."""
        if self._recording is None:
            return None
        return self._caller.link((await self._recording.stop()).path)

    async def _record(self) -> None:
        plan, caller = self._plan, self._caller
        channels = 2 if plan.record.endswith("-dual") and plan.record_track == "both" else 1
        callback = self._script.absolute(plan.recording_callback.url)
        options = record_options(
            plan.recording_callback, callback, channels=channels, track=plan.record_track, trim=plan.trim
        )
        source = RecordingSource.DIAL_VERB
        self._recording = await caller.tapes.start(caller.row, caller.leg, options, source=source)
