"""A `<Dial>` under way: what the caller hears while phones ring, who is joined, and what is told of it."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from hookflash.domain.call import CallStatus
from hookflash.domain.call_address import CalleeKind
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Leg
from hookflash.twiml.voice import Dialled, DialPlan, GoTo

from .bridging import Bridge
from .callees import Callee, Callees
from .races import first_of, meanwhile, surely
from .transfers import Wish, send

if TYPE_CHECKING:
    from .live_call import LiveCall
    from .script import Script

RING_TONE = "us"  # what the caller hears when nobody says otherwise
TONE_MS = 60_000  # of ringing, over and over


class RunningDial:
    """Runs one plan for one caller."""

    def __init__(self, script: "Script", plan: DialPlan) -> None:
        self._script = script
        self._caller = script.call
        self._plan = plan
        self._wish = Wish()
        self._callees = Callees(script, plan, begun=self._begun)
        self._winner: Callee | None = None
        self._bridge = Bridge(script, plan.talk)
        self._transfer: GoTo | None = None  #: of the caller

    async def run(self) -> Dialled:
        self._begun(self._caller)
        try:
            await self._bridge.rings()
            self._winner = winner = await self._ring()
            if winner is not None:
                await self._talk(winner)
        except HungUp:
            pass  # the caller is gone: what is known so far is told
        finally:
            self._wish.over()
            recording_url = await surely(self._over())
        return self._result(recording_url)

    async def _over(self) -> str | None:
        await self._callees.drop()
        return await self._bridge.over()

    async def _talk(self, callee: Callee) -> None:
        """Join the two, until something parts them or one of them wants the other elsewhere."""
        talk = self._bridge.talk(callee.leg, callee.call.row.sid, callee.call.left)
        await first_of(talk, self._wish.came.wait())
        if self._plan.transfer is not None and self._wish.who in (self._caller, callee.call):
            await self._grant(self._wish.who, self._plan.transfer, callee)

    def _begun(self, call: "LiveCall") -> None:
        """One of its calls is there, and may ask for a transfer where there is a document for that."""
        if self._plan.transfer is not None:
            self._wish.listen_to(call)

    async def _grant(self, who: "LiveCall", plan: GoTo, callee: Callee) -> None:
        """Who asked leaves; for the other a document runs."""
        with suppress(HungUp):  # it has left already
            await who.leg.accept_refer()
        document = self._wish.document(plan)
        self._caller.diary.note(f"The phone of {who.row.sid} asks to have the other elsewhere")
        if who is self._caller:
            send(callee.call, document, self._script)
            await self._caller.leg.hang_up()
        else:
            self._transfer = document

    # -- ringing --

    async def _ring(self) -> Callee | None:
        """The callee that can be joined first; None when nobody can."""
        targets = self._plan.targets
        rounds = [(target,) for target in targets] if self._plan.sequential else [targets]
        for each in rounds:
            callees = [callee for target in each if (callee := await self._callees.call(target)) is not None]
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
                    await self._callees.drop(but=winner)
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
            leg = callees[0].leg
            event = await leg.early()
            if isinstance(event, protocol.Early) and event.media:
                return leg
        await asyncio.get_running_loop().create_future()
        raise AssertionError("it never comes")

    async def _play_tone(self) -> None:
        if self._caller.leg.is_answered or self._plan.ring_tone:
            tone = protocol.Tone(name=f"ringback.{self._plan.ring_tone or RING_TONE}", ms=TONE_MS)
            await self._caller.leg.play([tone], loop=0)

    # -- what became of it --

    def _result(self, recording_url: str | None) -> Dialled:
        callee = self._winner or self._callees.last
        if callee is None:
            row, status = self._callees.unreached or (None, CallStatus.FAILED)
            return Dialled(status=status.value, sid=row.sid if row else None, recording_url=recording_url)
        return Dialled(
            status=_status(callee),
            sid=callee.call.row.sid,
            seconds=None if callee.call.left.is_set() else callee.call.seconds,
            bridged=self._bridge.was_joined,
            recording_url=recording_url,
            transfer=self._transfer,
            more=_sip_params(callee),
        )


def _status(callee: Callee) -> str:
    """`DialCallStatus`, of one that was answered, or has ended."""
    call = callee.call
    return (CallStatus.COMPLETED if call.was_answered or call.hung_up is None else call.final).value


def _sip_params(callee: Callee) -> dict[str, str]:
    if callee.target.callee.kind is not CalleeKind.SIP:
        return {}
    last = callee.answer or callee.call.hung_up
    if last is None:
        return {}
    status = last.status if isinstance(last, protocol.HungUp) else 200
    own = {f"DialSipHeader_{name}": value for name, value in last.headers.items() if name.upper().startswith("X-")}
    code = {"DialSipResponseCode": str(status)} if status else {}
    name = {"DialSipCallId": last.call_id} if last.call_id else {}
    return {**name, **code, **own}
