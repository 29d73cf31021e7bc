"""Documents one after the other, run on a leg: for verbs it is their `VoiceCall`.

A call has one for its own documents. Whatever runs documents beside them - who answers a `<Dial>`, who waits - has
another, with the verbs that may stand there; the cookies, the diary and the row are those of the call.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

import structlog
from msgspec.structs import replace

from hookflash.actions.load_account import load_account
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.actions.send_message import REPLIES, SendMessage, send_message
from hookflash.domain.call import Direction as CallDirection
from hookflash.domain.call import Source
from hookflash.domain.message import Direction, Message
from hookflash.domain.numbers import IncomingPhoneNumber
from hookflash.domain.recording import RecordingSource
from hookflash.domain.speech import Utterance
from hookflash.domain.voices import DEFAULT
from hookflash.errors import ApiError
from hookflash.runtime.conferences.attending import attend_named
from hookflash.runtime.listening.desk import Desk
from hookflash.runtime.paying.till import CallTill
from hookflash.runtime.queues.call_queues import CallQueues
from hookflash.speech.engine import SpeechError
from hookflash.store.store import Tx
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Leg
from hookflash.switch.protocol import AnySource
from hookflash.twiml.conferring import ConferencePlan
from hookflash.twiml.document import Channel, Document
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.queueing import Queueing
from hookflash.twiml.voice import (
    FALL_THROUGH,
    Dialled,
    DialPlan,
    FallThrough,
    GoTo,
    HangUp,
    LeaveQueue,
    Next,
    Recording,
    RecordingPlan,
    Refuse,
    SoundError,
    StatusCallback,
    TalkPlan,
    Text,
    VoiceVerb,
    run_voice,
)
from hookflash.webhooks.codes import WebhookCode
from hookflash.webhooks.request import resolve_url

from .dialling import RunningDial
from .documents import Page, Step
from .tapes import record_options

if TYPE_CHECKING:
    from .live_call import LiveCall

log = structlog.get_logger()

MOST_SILENT_DOCUMENTS = 50  #: in a row, that only lead to each other: no caller waits for more
MOST_TOLD_DOCUMENTS = 100  #: of one run, in the timeline: those that go on all day would fill the disk
APOLOGY = Utterance(DEFAULT, ("We are sorry. An error occurred in this application. Goodbye.",))

End: TypeAlias = FallThrough | HangUp | Refuse | LeaveQueue


class Script:
    """Runs documents of `channel` for `call`; `leg` is who hears them, by default the call's.

    `params` says, for each request anew, what it carries beside what every request does.
    """

    def __init__(
        self,
        call: "LiveCall",
        channel: Channel,
        *,
        leg: Leg | None = None,
        params: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.call = call
        self.leg = leg or call.leg
        self._channel = channel
        self._params = params
        self._page: Page | None = None
        self._fallback = Source()
        self._silent = 0

    async def run(self, step: Step) -> End:
        """From `step` until a document leads nowhere else; the caller hears of it when the application cannot go on."""
        end = await self.follow(step)
        return end if end is not None else await self.apologise()

    async def follow(self, step: Step) -> End | None:
        """From `step` until a document leads nowhere else; None when the application cannot go on.

        The fallback of its source holds for all of them.
        """
        self._fallback = step.source
        for number in count(1):
            with self.call.diary.hushed() if number > MOST_TOLD_DOCUMENTS else nullcontext():
                end = await self._turn(step)
            if not isinstance(end, Step):
                return end
            step = end
        raise AssertionError("documents have no last number")

    async def _turn(self, step: Step) -> Step | End | None:
        """One document, and where it leads."""
        call, step = self.call, self._filled(step)
        with call.parts.pending:
            page = await call.documents.fetch(step, call.row, status=call.status, channel=self._channel)
        if page is None:
            return None
        self._silent += 1
        if self._silent > MOST_SILENT_DOCUMENTS:
            sentence = f"{MOST_SILENT_DOCUMENTS} documents only led to each other; the call ends"
            call.diary.alert(WebhookCode.TOO_MANY_REDIRECTS.number, sentence)
            return None
        end = await self._run_page(page)
        if not isinstance(end, GoTo):
            return end
        if self._gone is not None:
            await self.ask(end)
            return HangUp()
        return call.documents.follow(page, end, self._fallback)

    async def ask(self, go_to: GoTo) -> None:
        """Request a document that nobody runs."""
        assert self._page is not None, "a document asks for it"
        call, step = self.call, self.call.documents.follow(self._page, go_to, self._fallback)
        if step is not None:
            with call.parts.pending:
                await call.documents.request(self._filled(step), call.row, status=call.status)

    async def _run_page(self, page: Page) -> Next:
        self._page = page
        if page.sound is None:
            return await run_voice(page.document, self)
        await self.answer()
        self.note("The answer is a sound, which is played")
        try:
            await self.leg.play([page.sound])
        except OSError as error:
            self.call.diary.alert(TwimlCode.PLAY_CONTENT, str(error))
        return FALL_THROUGH

    @property
    def _gone(self) -> protocol.HungUp | None:
        """How the phone ended that hears it; a leg of another kind tells by itself."""
        return self.call.hung_up if self.leg is self.call.leg else None

    async def run_own(self, document: Document) -> Next:
        """Run a document of the platform's own; where it leads is for the caller of this to say."""
        return await self._run_page(Page(document=document, url=None, step=Step(source=Source())))

    async def apologise(self) -> End:
        """The application cannot go on: the caller hears so."""
        try:
            await self.answer()
            await self.leg.play([await self.say(APOLOGY)])
        except HungUp:
            pass
        except (SoundError, OSError) as error:
            log.error("no apology could be spoken", sid=self.call.row.sid, reason=str(error))
        return HangUp()

    def _filled(self, step: Step) -> Step:
        return Step(
            source=step.source,
            params={**self._params(), **step.params},
            kind=step.kind,
            is_fallback=step.is_fallback,
            is_update=step.is_update,
        )

    # -- what verbs ask for --

    @property
    def url(self) -> str | None:
        return self._page.url if self._page is not None else None

    @property
    def caller(self) -> str:
        row = self.call.row
        return row.sender if row.direction is CallDirection.INBOUND else row.recipient

    @property
    def ours(self) -> str:
        row = self.call.row
        return row.recipient if row.direction is CallDirection.INBOUND else row.sender

    def began(self, verb: VoiceVerb) -> None:
        if self._gone is not None:
            raise HungUp(self._gone)
        if verb.is_heard:
            self._silent = 0
        self.call.diary.note(verb.sentence)

    def note(self, sentence: str) -> None:
        self.call.diary.note(sentence)

    def warn(self, warning: TwimlWarning) -> None:
        self.call.diary.warn(warning)

    def fail(self, verb: VoiceVerb, error: SoundError) -> None:
        self.call.diary.alert(error.code, f"line {verb.line}, column {verb.column}: {error.sentence}")

    async def answer(self) -> None:
        if self.leg is self.call.leg:
            await self.call.answer()

    async def say(self, utterance: Utterance) -> AnySource:
        try:
            return await self.call.parts.speech.say(utterance)
        except SpeechError as error:
            raise SoundError(int(TwimlCode.INTERNAL), str(error)) from error

    async def sound(self, url: str) -> AnySource:
        absolute = self._resolved(url)
        if not absolute:
            raise SoundError(int(TwimlCode.INVALID_URL), "The URL of the sound is relative, and its document has none")
        with self.call.parts.pending:
            return await self.call.parts.sounds.fetch(
                absolute,
                account_sid=self.call.row.account_sid,
                call_sid=self.call.row.sid,
                jar=self.call.documents.jar,
                told=self.call.diary.attempts,
            )

    def absolute(self, url: str | None) -> str:
        """A URL that the document names; empty for none and, with an alert, for one that is relative to nothing."""
        found = self._resolved(url) if url else ""
        if url and not found:
            sentence = "A relative URL is passed over: the document that names it has no URL of its own"
            self.call.diary.alert(TwimlCode.INVALID_URL, sentence)
        return found

    def _resolved(self, url: str) -> str:
        found = resolve_url(self.url or "", url)
        return found if found.startswith(("http://", "https://")) else ""

    @property
    def listening(self) -> Desk:
        return Desk(self)

    async def record(self, plan: RecordingPlan) -> Recording:
        call, callback = self.call, self.absolute(plan.callback.url)
        options = replace(
            record_options(plan.callback, callback, channels=1, track="inbound", trim=plan.trim),
            transcribe=plan.transcribe,
            transcribe_callback=self.absolute(plan.transcribe_callback) or None,
        )
        how = protocol.Record(
            leg=0,
            op=0,
            path="",
            beep=plan.beep,
            most_ms=plan.most_ms,
            silence_ms=plan.silence_ms,
            finish=plan.finish,
        )
        running = await call.tapes.start(call.row, self.leg, options, source=RecordingSource.RECORD_VERB, how=how)
        row, recorded = await running.result()
        if recorded.why == "hung_up":
            call.gone(await self.leg.gone())
        return Recording(
            sid=row.sid, url=call.link(row.path), seconds=row.seconds or 0, why=recorded.why, key=recorded.key
        )

    async def may_show(self, caller_id: str) -> bool:
        row = self.call.row
        is_of_sip = row.direction is CallDirection.INBOUND and not row.sender.startswith("+")
        if not is_of_sip and caller_id in (row.sender, row.recipient):
            return True
        return await self.call.parts.store.read(_may_show, row.account_sid, caller_id)

    async def confer(self, plan: ConferencePlan, talk: TalkPlan) -> Dialled:
        return await attend_named(self, plan, talk)

    async def dial(self, plan: DialPlan) -> Dialled:
        return await RunningDial(self, plan).run()

    def till(self, callback: StatusCallback) -> CallTill:
        url = self.absolute(callback.url)
        return CallTill(self.call, StatusCallback(url=url, method=callback.method))

    @property
    def queues(self) -> Queueing:
        return CallQueues(self, self.call.parts.queues)

    async def send_text(self, text: Text) -> tuple[str | None, str]:
        call, status_callback = self.call, self.absolute(text.status_callback)
        wanted = SendMessage(
            to=text.to,
            sender=text.from_,
            body=text.body,
            media_urls=tuple(self.absolute(url) for url in text.media_urls),
            direction=Direction.OUTBOUND_CALL,
            status_urls=(status_callback,) if status_callback else (),
        )
        now = call.parts.clock.now()
        try:
            message = await call.ledger.write(_send, call.row.account_sid, wanted, now=now, rates=call.parts.rates)
        except ApiError as error:
            call.diary.alert(error.code.number, error.message, level="warning")
            return None, "invalid"
        return message.sid, "sending"


async def _may_show(tx: Tx, account_sid: str, number: str) -> bool:
    if await tx.value("numbers.verified", account_sid=account_sid, number=number):
        return True
    owned = await tx.one(IncomingPhoneNumber, "numbers.incoming_by_number", number=number)
    return owned is not None and owned.account_sid == account_sid


async def _send(tx: Tx, account_sid: str, wanted: SendMessage, *, now: int, rates: SenderRates) -> Message:
    account = await load_account(tx, account_sid)
    return await send_message(tx, wanted, account=account, now=now, rules=REPLIES, rates=rates)
