"""A `<Dial>` under way: the callees' calls, what the caller hears meanwhile, and the bridge with one of them.

Each callee is a call of its own, with a row, documents and an end. It outlives the `<Dial>` only when REST sends it
elsewhere.
"""

import asyncio
from typing import TYPE_CHECKING

from hookflash.actions.create_child_call import create_child_call
from hookflash.domain.call import Call, CallEvent, CallOptions, CallStatus, DetectOptions, Source
from hookflash.domain.call_address import CalleeKind
from hookflash.domain.clock import SECOND
from hookflash.errors import ApiError, Code
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Leg
from hookflash.twiml.channels import WHISPER
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.voice import Dialled, DialPlan, FallThrough, MachineDetection, Target

from .bridging import Bridge
from .documents import Step
from .placing import place
from .races import meanwhile

if TYPE_CHECKING:
    from .live_call import LiveCall
    from .script import Script

RING_BUFFER_MS = 5_000  # added to the time-out: networks take a while to ring
RING_TONE = "us"  # what the caller hears when nobody says otherwise
TONE_MS = 60_000  # of ringing, over and over


class Callee:
    """One target of a `<Dial>`."""

    def __init__(self, target: Target, call: "LiveCall") -> None:
        self.target = target
        self.call = call
        self.headers: dict[str, str] = {}  #: of the answer
        #: whether it can be joined with the caller, once that is known
        self.ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def begin(self, call: "LiveCall") -> Step | None:
        """From ringing to the bridge, and until its leg is gone."""
        try:
            await call.rung()
            if call.left.is_set():
                return None
            self.headers = (await call.leg.answered()).headers
            if self.target.send_digits:
                await call.leg.send_keys(self.target.send_digits)
            if call.row.options.detect is not None:
                call.detect_meanwhile(call.row.options.detect)
            if call.row.options.source.url is not None:
                end = await call.run(Step(source=call.row.options.source, kind="whisper"), WHISPER)
                if not isinstance(end, FallThrough):
                    return None
            self.ready.set_result(True)
            await call.leg.gone()
            return None
        finally:
            if not self.ready.done():
                self.ready.set_result(False)

    @property
    def is_out(self) -> bool:
        """Whether the `<Dial>` has nothing more to do with it."""
        return self.call.left.is_set() or self.call.hung_up is not None


class RunningDial:
    """Runs one plan for one caller."""

    def __init__(self, script: "Script", plan: DialPlan) -> None:
        self._script = script
        self._caller = script.call
        self._plan = plan
        self._callees: list[Callee] = []
        self._placing: asyncio.Task[Callee | None] | None = None
        self._winner: Callee | None = None
        self._unreached: Call | None = None  #: the last that there was no way to
        self._bridge = Bridge(script, plan.talk)

    async def run(self) -> Dialled:
        try:
            await self._bridge.rings()
            self._winner = winner = await self._ring()
            if winner is not None:
                await self._bridge.talk(winner.call.leg, winner.call.row.sid, winner.call.left)
        except HungUp:
            pass  # the caller is gone: what is known so far is told
        finally:
            if self._placing is not None:
                await asyncio.wait([self._placing])  # a call that is being made is dropped, not forgotten
            await self._drop()
            recording_url = await self._bridge.over()
        return self._result(recording_url)

    # -- ringing --

    async def _ring(self) -> Callee | None:
        """The callee that can be joined first; None when nobody can."""
        targets = self._plan.targets
        rounds = [(target,) for target in targets] if self._plan.sequential else [targets]
        for each in rounds:
            callees = [callee for target in each if (callee := await self._call(target)) is not None]
            if winner := await self._first(callees):
                return winner
        return None

    async def _first(self, callees: list[Callee]) -> Callee | None:
        if not callees:
            return None
        unknown = {callee.ready for callee in callees}
        async with meanwhile(self._let_hear(callees)), meanwhile(self._caller.leg.gone()) as gone:
            while unknown:
                done, _ = await asyncio.wait({*unknown, gone}, return_when=asyncio.FIRST_COMPLETED)
                if gone in done:
                    raise HungUp(gone.result())
                unknown -= done
                winner = next((callee for callee in callees if callee.ready in done and callee.ready.result()), None)
                if winner is not None:
                    await self._drop(but=winner)
                    return winner
        return None

    async def _let_hear(self, callees: list[Callee]) -> None:
        """What the caller hears while it rings: a tone, until the callee sends something."""
        leg = self._caller.leg
        if not leg.is_answered:
            await leg.ring(media=bool(self._plan.ring_tone))
        async with meanwhile(self._play_tone()):
            callee = await self._early_media(callees)
        if not leg.is_answered:
            await leg.ring(media=True)
        await leg.bridge(callee)

    async def _early_media(self, callees: list[Callee]) -> Leg:
        """The leg that sends something before it is answered; it may take for ever."""
        if len(callees) == 1 and not self._plan.ring_tone and callees[0].target.whisper_url is None:
            leg = callees[0].call.leg
            event = await leg.early()
            if isinstance(event, protocol.Early) and event.media:
                return leg
        await asyncio.get_running_loop().create_future()
        raise AssertionError("it never comes")

    async def _play_tone(self) -> None:
        if self._caller.leg.is_answered or self._plan.ring_tone:
            tone = protocol.Tone(name=f"ringback.{self._plan.ring_tone or RING_TONE}", ms=TONE_MS)
            await self._caller.leg.play([tone], loop=0)

    async def _call(self, target: Target) -> Callee | None:
        """Ring somebody; None, told in the timeline or the debugger, when that cannot be."""
        if self._caller.hung_up is not None:
            raise HungUp(self._caller.hung_up)
        self._placing = asyncio.create_task(self._place(target))
        return await asyncio.shield(self._placing)

    async def _place(self, target: Target) -> Callee | None:
        caller, parts = self._caller, self._caller.parts
        try:
            row = await caller.ledger.write(
                create_child_call,
                caller.row,
                target.callee,
                sender=self._plan.caller_id or caller.row.sender,
                options=self._options(target),
                rules=parts.rules,
                now=parts.clock.now(),
            )
        except ApiError as error:
            is_country = error.code is Code.VOICE_GEO_PERMISSION
            caller.diary.alert(TwimlCode.NUMBER_COUNTRY if is_country else TwimlCode.NUMBER_BLOCKED, error.message)
            return None
        ring_ms = self._plan.ring_ms + RING_BUFFER_MS
        leg = await place(parts, caller.ledger, row, ring_ms=ring_ms, beside=caller.leg)
        if leg is None:
            self._unreached = row
            return None
        callee = Callee(target, caller.child(row, leg))
        self._callees.append(callee)
        parts.adopt(callee.call, callee.begin)
        return callee

    def _options(self, target: Target) -> CallOptions:
        password = target.password
        return CallOptions(
            source=Source(url=self._script.absolute(target.whisper_url) or None, method=target.whisper_method),
            status_callback=self._script.absolute(target.callback.url) or None,
            status_callback_method=target.callback.method,
            status_callback_events=tuple(CallEvent(event) for event in target.callback.events),
            send_digits=target.send_digits or None,
            timeout=self._plan.ring_ms // SECOND,
            detect=self._detection(target.machine_detection) if target.machine_detection is not None else None,
            sip_username=target.username or None,
            sip_password=self._caller.parts.vault.seal(password) if password else None,
            sip_headers=target.callee.headers,
        )

    def _detection(self, how: MachineDetection) -> DetectOptions:
        return DetectOptions(
            until_end=how.until_end,
            timeout=how.timeout_ms,
            speech=how.speech_ms,
            speech_end=how.speech_end_ms,
            silence=how.silence_ms,
            is_async=True,
            callback=self._script.absolute(how.callback.url) or None,
            callback_method=how.callback.method,
        )

    async def _drop(self, *, but: Callee | None = None) -> None:
        """Hang up on who is left of the callees."""
        for callee in self._callees:
            if callee is not but and not callee.is_out:
                await callee.call.leg.hang_up("local" if callee.call.was_answered else "canceled")

    # -- what became of it --

    def _result(self, recording_url: str | None) -> Dialled:
        callee = self._winner or (self._callees[-1] if self._callees else None)
        if callee is None:
            sid = self._unreached.sid if self._unreached is not None else None
            return Dialled(status=CallStatus.FAILED.value, sid=sid, recording_url=recording_url)
        return Dialled(
            status=_status(callee),
            sid=callee.call.row.sid,
            seconds=None if callee.call.left.is_set() else callee.call.seconds,
            bridged=self._bridge.was_joined,
            recording_url=recording_url,
            more=_sip_params(callee),
        )


def _status(callee: Callee) -> str:
    """`DialCallStatus`, of one that was answered, or has ended."""
    call = callee.call
    return (CallStatus.COMPLETED if call.was_answered or call.hung_up is None else call.final).value


def _sip_params(callee: Callee) -> dict[str, str]:
    if callee.target.callee.kind is not CalleeKind.SIP:
        return {}
    call = callee.call
    if call.was_answered:
        status, headers = 200, callee.headers
    elif call.hung_up is not None:
        status, headers = call.hung_up.status, call.hung_up.headers
    else:
        return {}
    own = {f"DialSipHeader_{name}": value for name, value in headers.items() if name.upper().startswith("X-")}
    return {**({"DialSipResponseCode": str(status)} if status else {}), **own}
