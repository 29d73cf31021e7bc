"""Whom a `<Dial>` calls: each callee is a call of its own, with a row, documents and an end.

It outlives the `<Dial>` only when REST, or a transfer, sends it elsewhere.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from hookflash.actions.create_call import voice_source
from hookflash.actions.create_child_call import create_child_call
from hookflash.domain.call import Call, CallEvent, CallOptions, CallStatus, DetectOptions, Source
from hookflash.domain.call_address import Callee as Address
from hookflash.domain.call_address import CalleeKind
from hookflash.domain.clock import SECOND
from hookflash.domain.numbers import Application
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Leg
from hookflash.twiml.channels import WHISPER
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.voice import DialPlan, FallThrough, MachineDetection, Target

from .documents import Step
from .ends import end_sentence
from .placing import move_row, place

if TYPE_CHECKING:
    from .live_call import LiveCall
    from .script import Script

RING_BUFFER_MS = 5_000  # added to the time-out: networks take a while to ring
MOST_LEVELS = 10  # of applications that call each other: one that calls itself does not go on for ever


class Callee:
    """One target of a `<Dial>`, and the leg that the caller is joined with."""

    def __init__(self, target: Target, call: "LiveCall", leg: Leg) -> None:
        self.target = target
        self.call = call
        self.leg = leg
        self.answer: protocol.Answered | None = None
        #: whether it can be joined with the caller, once that is known
        self.ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    @property
    def is_out(self) -> bool:
        """Whether the `<Dial>` has nothing more to do with it."""
        return self.call.left.is_set() or self.call.hung_up is not None

    async def begin(self, call: "LiveCall") -> Step | None:
        """What its call begins with; settles `ready`."""
        raise NotImplementedError


class PhoneCallee(Callee):
    """Somebody's phone: it rings, and whoever answers may hear a document of their own before the bridge."""

    async def begin(self, call: "LiveCall") -> Step | None:
        try:
            await call.rung()
            if call.left.is_set():
                return None
            self.answer = await call.leg.answered()
            if self.target.send_digits:
                await call.leg.send_keys(self.target.send_digits)
            if call.row.options.detect is not None:
                call.detect_meanwhile(call.row.options.detect)
            if call.row.options.source.url is not None:
                step = Step(source=call.row.options.source, params=self._sip_params, kind="whisper")
                end = await call.run(step, WHISPER)
                if not isinstance(end, FallThrough):
                    return None
            self.ready.set_result(True)
            await call.leg.gone()
            return None
        finally:
            if not self.ready.done():
                self.ready.set_result(False)

    @property
    def _sip_params(self) -> dict[str, str]:
        """What a document for who answers at a SIP address learns of the answer."""
        answer = self.answer
        if self.target.callee.kind is not CalleeKind.SIP or answer is None:
            return {}
        own = {f"SipHeader_{name}": value for name, value in answer.headers.items() if name.upper().startswith("X-")}
        return {"SipCallId": answer.call_id, "SipDomain": self.target.callee.sip_host, **own}


class ApplicationCallee(Callee):
    """An application of the account: its documents run on the other end of a line within the platform."""

    async def begin(self, call: "LiveCall") -> Step | None:
        call.move(CallStatus.RINGING, "The application is asked")
        call.spawn(self._settle())
        return Step(source=call.row.options.source, kind="application")

    async def _settle(self) -> None:
        try:
            await self.leg.answered()
            self.ready.set_result(True)
        finally:
            if not self.ready.done():
                self.ready.set_result(False)


class Callees:
    """Those of one `<Dial>`; `begun` hears of the call of each."""

    def __init__(self, script: "Script", plan: DialPlan, *, begun: Callable[["LiveCall"], None]) -> None:
        self._script = script
        self._caller = script.call
        self._plan = plan
        self._begun = begun
        self._all: list[Callee] = []
        self._placing: asyncio.Task[Callee | None] | None = None
        self.unreached: tuple[Call, CallStatus] | None = None  #: the last that there was no way to

    @property
    def last(self) -> Callee | None:
        """The last that was rung."""
        return self._all[-1] if self._all else None

    async def call(self, target: Target) -> Callee | None:
        """Ring somebody; None, told in the timeline or the debugger, when that cannot be. Raises HungUp."""
        if self._caller.hung_up is not None:
            raise HungUp(self._caller.hung_up)
        is_inside = target.callee.kind is CalleeKind.APPLICATION
        self._placing = asyncio.create_task(self._call_application(target) if is_inside else self._call_phone(target))
        return await asyncio.shield(self._placing)

    async def drop(self, *, but: Callee | None = None) -> None:
        """Hang up on who is left of them, those that are being called included."""
        if self._placing is not None:
            await asyncio.wait([self._placing])  # a call that is being made is dropped, not forgotten
        left = [callee.call for callee in self._all if callee is not but and not callee.is_out]
        await asyncio.gather(*(call.leg.hang_up("local" if call.was_answered else "canceled") for call in left))

    # -- calling --

    async def _call_phone(self, target: Target) -> Callee | None:
        row = await self._row(target.callee, self._options(target))
        if row is None:
            return None
        caller = self._caller
        leg = await place(caller.parts, caller.ledger, row, ring_ms=self._ring_ms, beside=caller.leg)
        if isinstance(leg, CallStatus):
            self.unreached = (row, leg)
            return None
        return self._adopt(PhoneCallee(target, caller.child(row, leg), leg))

    async def _call_application(self, target: Target) -> Callee | None:
        caller, sid = self._caller, target.callee.text
        application = await caller.parts.store.read(_application, caller.row.account_sid, sid)
        if application is None or not application.voice_url:
            sentence = f"<Application>: {sid} is no application of the account that has a VoiceUrl"
            caller.diary.alert(TwimlCode.DIAL_ELEMENT, sentence, level="warning")
            return None
        if caller.level >= MOST_LEVELS:
            sentence = f"<Application>: {MOST_LEVELS} applications have called each other; no further one is called"
            caller.diary.alert(TwimlCode.DIAL_ELEMENT, sentence, level="warning")
            return None
        options = msgspec.structs.replace(
            self._options(target),
            source=voice_source(application),
            application_sid=application.sid,
            params={"CustomerId": caller.row.account_sid, **target.params},
        )
        shown = caller.row.recipient if target.copy_parent_to else sid
        row = await self._row(Address(CalleeKind.APPLICATION, shown), options)
        if row is None:
            return None
        try:
            leg, inner = await caller.parts.places.open_line(row, ring_ms=self._ring_ms)
        except HungUp as gone:
            end, now = gone.event, caller.parts.clock.now()
            caller.ledger.add(
                move_row, row.account_sid, row.sid, CallStatus.FAILED, now=now, sentence=end_sentence(end)
            )
            self.unreached = (row, CallStatus.FAILED)
            return None
        return self._adopt(ApplicationCallee(target, caller.child(row, inner, is_invited=True), leg))

    def _adopt(self, callee: Callee) -> Callee:
        self._all.append(callee)
        self._begun(callee.call)
        self._caller.parts.adopt(callee.call, callee.begin)
        return callee

    @property
    def _ring_ms(self) -> int:
        return self._plan.ring_ms + RING_BUFFER_MS

    async def _row(self, address: Address, options: CallOptions) -> Call | None:
        """The row of a call to `address`; None, with an alert, when the account may not make it."""
        caller, parts = self._caller, self._caller.parts
        sender = self._plan.caller_id or caller.row.sender
        if address.kind is CalleeKind.PHONE and sender.startswith("client:"):
            sentence = f"{address.text} is not rung: no network shows the name of a client; say a number as callerId"
            caller.diary.alert(TwimlCode.DIAL_CALLER_ID, sentence, level="warning")
            return None
        try:
            return await caller.ledger.write(
                create_child_call,
                caller.row,
                address,
                sender=sender,
                options=options,
                rules=parts.rules,
                now=parts.clock.now(),
            )
        except ApiError as error:
            is_country = error.code is Code.VOICE_GEO_PERMISSION
            caller.diary.alert(TwimlCode.NUMBER_COUNTRY if is_country else TwimlCode.NUMBER_BLOCKED, error.message)
            return None

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


async def _application(tx: Tx, account_sid: str, sid: str) -> Application | None:
    return await tx.one(Application, "numbers.application", account_sid=account_sid, sid=sid)
