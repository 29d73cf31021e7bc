"""One call as it lives: its leg, its documents one after the other, and what its verbs ask for.

Rule 1: whatever a verb does, the row follows the leg: `_close` ends it once the leg is gone.
Rule 2: REST interrupts what runs by cancelling it; what it started stops with it.
Rule 3: nothing outlives `live`: recordings and detections are tasks of its group, and end with the leg.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeAlias

import structlog

from hookflash.actions.load_account import load_account
from hookflash.actions.load_call import load_call
from hookflash.actions.move_call import note_answered_by
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.actions.send_message import REPLIES, SendMessage, send_message
from hookflash.domain.call import Call, CallStatus, DetectOptions, Source
from hookflash.domain.call import Direction as CallDirection
from hookflash.domain.clock import SECOND
from hookflash.domain.message import Direction, Message
from hookflash.domain.numbers import IncomingPhoneNumber
from hookflash.domain.recording import RecordingSource
from hookflash.domain.speech import Utterance
from hookflash.domain.voices import DEFAULT
from hookflash.errors import ApiError
from hookflash.speech.engine import SpeechError
from hookflash.store.store import Tx
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Leg
from hookflash.switch.protocol import AnySource
from hookflash.twiml.channels import VOICE
from hookflash.twiml.document import Channel
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.voice import (
    FALL_THROUGH,
    Dialled,
    DialPlan,
    FallThrough,
    GoTo,
    HangUp,
    Next,
    Recording,
    RecordingPlan,
    Refuse,
    SoundError,
    Text,
    VoiceVerb,
    run_voice,
)
from hookflash.webhooks.codes import WebhookCode
from hookflash.webhooks.request import resolve_url

from .dialling import RunningDial
from .diary import Diary
from .documents import Documents, Page, Step
from .ends import end_sentence, final_status, quality_sentence
from .ledger import Ledger
from .parts import Parts
from .placing import move_row
from .tapes import Tapes, record_options

log = structlog.get_logger()

MOST_SILENT_DOCUMENTS = 50  #: in a row, that only lead to each other: no caller waits for more
MOST_SIGNALS = 200  #: of SIP in a timeline: a peer that sends without end fills no disk
APOLOGY = Utterance(DEFAULT, ("We are sorry. An error occurred in this application. Goodbye.",))

#: What brings a call to its first document: returns it, or None when there is none to run.
Begin: TypeAlias = "Callable[[LiveCall], Coroutine[Any, Any, Step | None]]"
End: TypeAlias = FallThrough | HangUp | Refuse

_REFUSALS = {"busy": (486, "Busy Here", CallStatus.BUSY), "rejected": (404, "Not Found", CallStatus.NO_ANSWER)}
_UNANSWERED = (480, "Temporarily Unavailable", CallStatus.NO_ANSWER)


class LiveCall:
    """A call with a leg; for verbs it is their `VoiceCall`."""

    def __init__(self, parts: Parts, row: Call, leg: Leg) -> None:
        self.parts = parts
        self.row = row  #: as it was when it was last looked at; its status is the leg's to know
        self.leg = leg
        self.tapes: Tapes
        self.hung_up: protocol.HungUp | None = None  #: how the leg ended
        self.answered_at: int | None = None
        self._most = row.options.time_limit * SECOND  #: ms from the answer to the end
        self._ended_at: int | None = None
        self.left = asyncio.Event()  #: REST has sent it elsewhere
        self.ended = asyncio.Event()  #: its row is final
        self.ledger = Ledger(parts.store)
        self.diary = Diary(self.ledger, parts.clock, row.account_sid, row.sid)
        self._documents = Documents(parts, self.diary, row.account_sid, row.sid)
        self._source = row.options.source  #: whose fallback holds for all its documents
        self._page: Page | None = None
        self._silent = 0
        self._signals = 0
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

    def redirect(self, source: Source) -> None:
        """Leave what runs and run the document of `source`; before the answer of a call that we dialled, then."""
        self._source = source
        self._order = Step(source=source, kind="redirect")
        self.left.set()
        if self._running is not None and (self.was_answered or self.row.direction is CallDirection.INBOUND):
            self._running.cancel()

    async def _run(self, begin: Begin) -> None:
        try:
            work: Coroutine[Any, Any, Step | None] | None = begin(self)
            while work is not None:
                step = await self._interruptible(work)
                work = self._whole(step) if step is not None else None
        except HungUp:
            pass
        except Exception:
            log.exception("a call broke", sid=self.row.sid)
            self.diary.alert(TwimlCode.INTERNAL, "Something of this platform failed; its log says what")
            await self._apologise()

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
        if self.hung_up is not None or self.leg.is_answered or self.row.direction is not CallDirection.INBOUND:
            await self.leg.hang_up()
            return
        end = self._end
        status, reason, self._verdict = _REFUSALS[end.reason] if isinstance(end, Refuse) else _UNANSWERED
        with suppress(HungUp):
            await self.leg.reject(status, reason)

    async def run(self, step: Step, channel: Channel) -> End:
        """Documents one after the other, from `step` until one leads nowhere else."""
        self._silent = 0
        while True:
            with self.parts.pending:
                page = await self._documents.fetch(step, self.row, status=self._status, channel=channel)
            if page is None:
                return await self._apologise()
            self._silent += 1
            if self._silent > MOST_SILENT_DOCUMENTS:
                sentence = f"{MOST_SILENT_DOCUMENTS} documents only led to each other; the call ends"
                self.diary.alert(WebhookCode.TOO_MANY_REDIRECTS.number, sentence)
                return await self._apologise()
            end = await self._run_page(page)
            if not isinstance(end, GoTo):
                return end
            following = self._documents.follow(page, end, self._source)
            if following is None:
                return await self._apologise()
            if self.hung_up is not None:
                await self._documents.request(following, self.row, status=self._status)
                return HangUp()
            step = following

    async def _run_page(self, page: Page) -> Next:
        self._page = page
        if page.sound is None:
            return await run_voice(page.document, self)
        await self.answer()
        self.diary.note("The answer is a sound, which is played")
        try:
            await self.leg.play([page.sound])
        except OSError as error:
            self.diary.alert(TwimlCode.PLAY_CONTENT, str(error))
        return FALL_THROUGH

    async def _apologise(self) -> End:
        """The application cannot go on: the caller hears so."""
        try:
            await self.answer()
            await self.leg.play([await self.say(APOLOGY)])
        except HungUp:
            pass
        except (SoundError, OSError) as error:
            log.error("no apology could be spoken", sid=self.row.sid, reason=str(error))
        return HangUp()

    async def _close(self) -> None:
        """Once the leg is gone and its recordings are whole, the row is final."""
        event = await self.leg.gone()
        self._gone(event)
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
                self._gone(event)
            case protocol.Signal(sent=sent, line=line) if self._signals < MOST_SIGNALS:
                self._signals += 1
                self.diary.aside(f"{'Sent' if sent else 'Received'} {line}", kind="sip", data=event)
            case protocol.Quality():
                self.diary.aside(quality_sentence(event), kind="media", data=event)
            case _:
                pass

    def _gone(self, event: protocol.HungUp) -> None:
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
        self._most = seconds * SECOND
        if self.leg.is_answered:
            await self.leg.limit(self._most)

    def move(self, to: CallStatus, sentence: str, *, sip_status: int | None = None) -> None:
        """The row moves to `to`, unless another was first."""
        now = self.parts.clock.now()
        self.ledger.add(
            move_row, self.row.account_sid, self.row.sid, to, now=now, sentence=sentence, sip_status=sip_status
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
        return final_status(self.hung_up, self.row.direction, was_answered=self.was_answered)

    @property
    def _status(self) -> str:
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
            with suppress(HungUp):
                await self.detect(how)

        self._group.create_task(find_out())

    # -- what verbs ask for --

    @property
    def url(self) -> str | None:
        return self._page.url if self._page is not None else None

    @property
    def caller(self) -> str:
        return self.row.sender if self.row.direction is CallDirection.INBOUND else self.row.recipient

    @property
    def ours(self) -> str:
        return self.row.recipient if self.row.direction is CallDirection.INBOUND else self.row.sender

    def began(self, verb: VoiceVerb) -> None:
        if self.hung_up is not None:
            raise HungUp(self.hung_up)
        if verb.is_heard:
            self._silent = 0
        self.diary.note(verb.sentence)

    def note(self, sentence: str) -> None:
        self.diary.note(sentence)

    def warn(self, warning: TwimlWarning) -> None:
        self.diary.warn(warning)

    def fail(self, verb: VoiceVerb, error: SoundError) -> None:
        self.diary.alert(error.code, f"line {verb.line}, column {verb.column}: {error.sentence}")

    async def say(self, utterance: Utterance) -> AnySource:
        try:
            return await self.parts.speech.say(utterance)
        except SpeechError as error:
            raise SoundError(int(TwimlCode.INTERNAL), str(error)) from error

    async def sound(self, url: str) -> AnySource:
        absolute = self._resolved(url)
        if not absolute:
            raise SoundError(int(TwimlCode.INVALID_URL), "The URL of the sound is relative, and its document has none")
        return await self.parts.sounds.fetch(
            absolute,
            account_sid=self.row.account_sid,
            call_sid=self.row.sid,
            jar=self._documents.jar,
            told=self.diary.attempts,
        )

    def absolute(self, url: str | None) -> str:
        """A URL that the document names; empty for none and, with an alert, for one that is relative to nothing."""
        found = self._resolved(url) if url else ""
        if url and not found:
            sentence = "A relative URL is passed over: the document that names it has no URL of its own"
            self.diary.alert(TwimlCode.INVALID_URL, sentence)
        return found

    def _resolved(self, url: str) -> str:
        found = resolve_url(self.url or "", url)
        return found if found.startswith(("http://", "https://")) else ""

    async def record(self, plan: RecordingPlan) -> Recording:
        callback = self.absolute(plan.callback.url)
        options = record_options(plan.callback, callback, channels=1, track="inbound", trim=plan.trim)
        how = protocol.Record(
            leg=0,
            op=0,
            path="",
            beep=plan.beep,
            most_ms=plan.most_ms,
            silence_ms=plan.silence_ms,
            finish=plan.finish,
        )
        running = await self.tapes.start(self.row, self.leg, options, source=RecordingSource.RECORD_VERB, how=how)
        try:
            row, recorded = await asyncio.shield(running.task)
        finally:
            await self.leg.stop(running.tape)
        if recorded.why == "hung_up":
            self._gone(await self.leg.gone())
        return Recording(
            sid=row.sid, url=self.link(row.path), seconds=row.seconds or 0, why=recorded.why, key=recorded.key
        )

    def link(self, path: str) -> str:
        """Where an application finds what is at `path` of the API."""
        return self.parts.links.link(path, self.parts.clock.now())

    async def may_show(self, caller_id: str) -> bool:
        row = self.row
        is_of_sip = row.direction is CallDirection.INBOUND and not row.sender.startswith("+")
        if not is_of_sip and caller_id in (row.sender, row.recipient):
            return True
        return await self.parts.store.read(_may_show, row.account_sid, caller_id)

    async def dial(self, plan: DialPlan) -> Dialled:
        return await RunningDial(self, plan).run()

    def child(self, row: Call, leg: Leg) -> "LiveCall":
        """A call that this one dials."""
        return LiveCall(self.parts, row, leg)

    async def send_text(self, text: Text) -> tuple[str | None, str]:
        status_callback = self.absolute(text.status_callback)
        wanted = SendMessage(
            to=text.to,
            sender=text.from_,
            body=text.body,
            media_urls=tuple(self.absolute(url) for url in text.media_urls),
            direction=Direction.OUTBOUND_CALL,
            status_urls=(status_callback,) if status_callback else (),
        )
        now = self.parts.clock.now()
        try:
            message = await self.ledger.write(_send, self.row.account_sid, wanted, now=now, rates=self.parts.rates)
        except ApiError as error:
            self.diary.alert(error.code.number, error.message, level="warning")
            return None, "invalid"
        return message.sid, "sending"


async def _note_answered_by(tx: Tx, row: Call, found: str, *, ms: int, now: int) -> Call:
    call = await load_call(tx, row.account_sid, row.sid) or row
    await note_answered_by(tx, call, found, ms=ms, now=now)
    return call


async def _may_show(tx: Tx, account_sid: str, number: str) -> bool:
    if await tx.value("numbers.verified", account_sid=account_sid, number=number):
        return True
    owned = await tx.one(IncomingPhoneNumber, "numbers.incoming_by_number", number=number)
    return owned is not None and owned.account_sid == account_sid


async def _send(tx: Tx, account_sid: str, wanted: SendMessage, *, now: int, rates: SenderRates) -> Message:
    account = await load_account(tx, account_sid)
    return await send_message(tx, wanted, account=account, now=now, rules=REPLIES, rates=rates)
