"""One call as it lives: its leg, its row, and what it runs, which `script.py` does.

Rule 1: whatever a verb does, the row follows the leg: `_close` ends it once the leg is gone.
Rule 2: REST interrupts what runs by cancelling it; what it started stops with it.
Rule 3: nothing outlives `live`: recordings and detections are tasks of its group, and end with the leg.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from hookflash.actions.load_call import load_call
from hookflash.actions.move_call import note_answered_by
from hookflash.actions.user_messages import tell_subscribers
from hookflash.domain.call import Call, CallStatus, DetectOptions, Source
from hookflash.domain.call import Direction as CallDirection
from hookflash.domain.clock import SECOND
from hookflash.runtime.listening.transcribing import LiveTranscriptions
from hookflash.store.store import Tx
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Leg
from hookflash.switch.switch import SIMULATED
from hookflash.twiml.channels import VOICE
from hookflash.twiml.document import Channel
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.voice import HangUp, Refuse

from .diary import Diary
from .documents import Documents, Step
from .ends import end_sentence, final_status, quality_sentence
from .ledger import Ledger
from .parts import Parts
from .placing import move_row
from .script import End, Script
from .tapes import Running, Tapes
from .transfers import Wish, refuse

MOST_SIGNALS = 200  #: of SIP in a timeline: a peer that sends without end fills no disk

#: What brings a call to its first document: returns it, or None when there is none to run.
Begin: TypeAlias = "Callable[[LiveCall], Coroutine[Any, Any, Step | None]]"

_REFUSALS = {"busy": (486, "Busy Here", CallStatus.BUSY), "rejected": (404, "Not Found", CallStatus.NO_ANSWER)}
_UNANSWERED = (480, "Temporarily Unavailable", CallStatus.NO_ANSWER)


class LiveCall:
    """A call with a leg."""

    def __init__(self, parts: Parts, row: Call, leg: Leg, *, is_invited: bool | None = None, level: int = 0) -> None:
        """`is_invited`: the leg was called, and is ours to answer; by default that of an inbound call. `level`: how
        many calls it is below the one that nobody's document dialled."""
        self.parts = parts
        self.level = level
        self.row = row  #: as it was when it was last looked at; its status is the leg's to know
        self.leg = leg
        self._is_invited = row.direction is CallDirection.INBOUND if is_invited is None else is_invited
        self.tapes: Tapes
        self.side_recordings: dict[str, Running] = {}  #: that documents have begun, by name
        self.transcriptions = LiveTranscriptions(self)
        self.hung_up: protocol.HungUp | None = None  #: how the leg ended
        self.answered_at: int | None = None
        self._most = self._within(row.options.time_limit)  #: ms from the answer to the end
        self._ended_at: int | None = None
        self.left = asyncio.Event()  #: REST has sent it elsewhere
        self.ended = asyncio.Event()  #: its row is final, or nothing lives that could make it so
        self.wish: Wish | None = None  #: who hears when its phone wants another elsewhere; None: nobody
        self.ledger = Ledger(parts.store)
        self.diary = Diary(self.ledger, parts.clock, row.account_sid, row.sid)
        self.documents = Documents(parts, self.diary, row.account_sid, row.sid)
        self._signals = 0
        self._informs = 0
        self._end: End = HangUp()  #: how its last document wants it to end
        self._verdict: CallStatus | None = None  #: of a call that we refused
        self._running: asyncio.Task[Step | None] | None = None
        self._order: Step | None = None  #: what REST wants to run instead
        self._group: asyncio.TaskGroup

    # -- its life --

    async def live(self, begin: Begin) -> None:
        """Everything from `begin` until nothing is left of the call."""
        self.leg.watch(self._hear)
        try:
            async with asyncio.TaskGroup() as self._group:
                self.tapes = Tapes(self.parts, self.diary, self.ledger, self._group)
                self._group.create_task(self._close())
                await self._run(begin)
                await self._finish()
        finally:
            await self.ledger.settled()
            self.ended.set()

    def redirect(self, source: Source) -> None:
        """REST wants it to run the document of `source`."""
        self.send(Step(source=source, kind="redirect", is_update=True))

    def send(self, step: Step) -> None:
        """Leave what runs and run `step`; before the answer of a call that we dialled, then."""
        self._order = step
        self.left.set()
        running = self._running
        # What is being left tidies up behind itself: a second order does not disturb that, it replaces the first.
        if running is not None and not running.cancelling() and (self.was_answered or self._is_invited):
            running.cancel()

    async def _run(self, begin: Begin) -> None:
        try:
            work: Coroutine[Any, Any, Step | None] | None = begin(self)
            while work is not None:
                step = await self._interruptible(work)
                work = self._whole(step) if step is not None else None
        except HungUp:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the call comes to its end
            self.diary.broke("a call broke", error)
            await Script(self, VOICE).apologise()

    async def _interruptible(self, work: Coroutine[Any, Any, Step | None]) -> Step | None:
        """What `work` returns, or what REST wants instead."""
        self._running = asyncio.create_task(work)
        try:
            step = await self._running
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._order is None or (task is not None and task.cancelling()):
                raise
            step = None
        finally:
            self._running = None
        step, self._order = self._order or step, None
        return step

    async def _whole(self, step: Step) -> None:
        self._end = await self.run(step, VOICE)

    async def _finish(self) -> None:
        """Nothing more is to run: what is answered is hung up, what is not is refused."""
        if self.hung_up is not None or self.leg.is_answered or not self._is_invited:
            await self.leg.hang_up()
            return
        end = self._end
        status, reason, self._verdict = _REFUSALS[end.reason] if isinstance(end, Refuse) else _UNANSWERED
        with suppress(HungUp):
            await self.leg.reject(status, reason)

    async def run(self, step: Step, channel: Channel) -> End:
        """Documents one after the other, from `step` until one leads nowhere else."""
        return await self.script(channel).run(step)

    def script(self, channel: Channel, *, params: Callable[[], Mapping[str, str]] = dict) -> Script:
        """What runs documents for this call, beside what it runs already; see `Script`."""
        return Script(self, channel, params=params)

    @property
    def is_sent_elsewhere(self) -> bool:
        """Whether REST has said what to run instead, and what runs is being left for it."""
        return self._order is not None

    async def _close(self) -> None:
        """Once the leg is gone and its recordings are whole, the row is final."""
        event = await self.leg.gone()
        self.gone(event)
        await self.tapes.over()
        if event.cause == "limit":
            self.diary.alert(TwimlCode.CALL_TOO_LONG, "The call was as long as it may be", level="warning")
        elif event.cause == "media_timeout":
            self.diary.alert(TwimlCode.NO_AUDIO, "No audio came from the other side any more", level="warning")
        self.move(self.final, end_sentence(event), sip_status=event.status or None)
        await self.ledger.settled()
        self.ended.set()

    # -- what the leg tells --

    def _hear(self, event: protocol.AnyEvent) -> None:
        match event:
            case protocol.HungUp():
                self.gone(event)
            case protocol.Signal(sent=sent, line=line) if self._signals < MOST_SIGNALS:
                self._signals += 1
                self.diary.aside(f"{'Sent' if sent else 'Received'} {line}", kind="sip", data=event)
            case protocol.Referred():
                if self.wish is None or not self.wish.take(self, event):
                    self.spawn(refuse(self))
            case protocol.Informed(body=content) if self._informs < MOST_SIGNALS:
                self._informs += 1
                row, now = self.row, self.parts.clock.now()
                self.ledger.add(tell_subscribers, row.account_sid, row.sid, content, now=now)
            case protocol.Quality():
                self.diary.aside(quality_sentence(event), kind="media", data=event)
            case _:
                pass

    def gone(self, event: protocol.HungUp) -> None:
        """Its leg is gone, so."""
        if self.hung_up is None:
            self.hung_up = event
            self._ended_at = self.parts.clock.now()

    async def rung(self) -> None:
        """Wait until a call that we dialled is answered; its row follows."""
        if isinstance(await self.leg.early(), protocol.Early):
            self.move(CallStatus.RINGING, "It rings")
        await self.leg.answered()
        await self._begun()

    async def answer(self) -> None:
        if not self.leg.is_answered:
            await self.leg.answer()
            await self._begun()

    async def _begun(self) -> None:
        self.answered_at = self.parts.clock.now()
        self.move(CallStatus.IN_PROGRESS, "Answered")
        await self.leg.limit(self._most)

    async def limit(self, seconds: int) -> None:
        """It may last so long from its answer, whatever was asked for before."""
        self._most = self._within(seconds)
        if self.leg.is_answered:
            await self.leg.limit(self._most)

    def _within(self, seconds: int) -> int:
        """So many, in ms, or as many as the platform lets a call last."""
        return min(seconds, self.parts.rules.longest_call) * SECOND

    def move(self, to: CallStatus, sentence: str, *, sip_status: int | None = None) -> None:
        """The row moves to `to`, unless another was first."""
        now = self.parts.clock.now()
        self.ledger.add(
            move_row,
            self.row.account_sid,
            self.row.sid,
            to,
            now=now,
            sentence=sentence,
            sip_status=sip_status,
            is_simulated=bool(self.leg.number & SIMULATED),
        )

    @property
    def was_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def seconds(self) -> int | None:
        """How long it has been answered; None when it never was."""
        if self.answered_at is None:
            return None
        return round(((self._ended_at or self.parts.clock.now()) - self.answered_at) / SECOND)

    @property
    def final(self) -> CallStatus:
        """How the call ended; its leg is gone."""
        assert self.hung_up is not None, "the leg is gone"
        if self._verdict is not None:
            return self._verdict
        return final_status(self.hung_up, was_invited=self._is_invited, was_answered=self.was_answered)

    @property
    def status(self) -> str:
        """As requests to the application say it."""
        if self.hung_up is not None:
            return self.final.value
        return (CallStatus.IN_PROGRESS if self.leg.is_answered else CallStatus.RINGING).value

    async def detect(self, how: DetectOptions) -> str:
        """Who answered: human, machine_start, …"""
        command = protocol.Detect(
            leg=0,
            op=0,
            until_end=how.until_end,
            timeout_ms=how.timeout,
            speech_ms=how.speech,
            speech_end_ms=how.speech_end,
            silence_ms=how.silence,
        )
        detected = await self.leg.detect(command)
        now = self.parts.clock.now()
        self.row = await self.ledger.write(_note_answered_by, self.row, detected.found, ms=detected.ms, now=now)
        return detected.found

    def detect_meanwhile(self, how: DetectOptions) -> None:
        """Find out who answered while the call goes on."""

        async def find_out() -> None:
            await self.detect(how)

        self.spawn(find_out())

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Do it beside the call, and be over with it before the call is; that the leg is gone ends it.

        The call goes on when it fails: what listens to a call, or pays in one, does not end it.
        """

        async def quietly() -> None:
            try:
                await work
            except HungUp:
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is, the call goes on
                self.diary.broke("something beside a call failed", error)

        return self._group.create_task(quietly())

    def link(self, path: str) -> str:
        """Where an application finds what is at `path` of the API."""
        return self.parts.links.link(path, self.parts.clock.now())

    def child(self, row: Call, leg: Leg, *, is_invited: bool = False) -> "LiveCall":
        """A call that this one dials; `is_invited` where our end of it is the one that is called."""
        return LiveCall(self.parts, row, leg, is_invited=is_invited, level=self.level + 1)


async def _note_answered_by(tx: Tx, row: Call, found: str, *, ms: int, now: int) -> Call:
    call = await load_call(tx, row.account_sid, row.sid) or row
    await note_answered_by(tx, call, found, ms=ms, now=now)
    return call
