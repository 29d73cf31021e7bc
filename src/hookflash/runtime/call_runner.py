"""All live calls of this process: those that come in, those that the `dial` queue places; what REST asks of them."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from hookflash.actions.begin_dials import Dialling, begin_dials
from hookflash.actions.check_callee import CallRules
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.actions.receive_call import Unwanted, receive_call
from hookflash.api.auth import Authenticator
from hookflash.domain.call import CallStatus, NoSuchCallError, Source
from hookflash.domain.clock import SECOND, Clock
from hookflash.domain.conference import Admission, NotAdmittedError
from hookflash.domain.media_links import MediaLinks
from hookflash.domain.recording import Recording, RecordingSource, RecordOptions
from hookflash.domain.transcription import LiveOptions, LiveTranscription
from hookflash.errors import ApiError, Code
from hookflash.pending import Pending
from hookflash.speech.recogniser import Recognition
from hookflash.store.outbox import Job
from hookflash.store.recording_files import RecordingFiles
from hookflash.store.store import Store, StoreError, Tx
from hookflash.store.vault import Vault
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Leg
from hookflash.twiml.channels import VOICE
from hookflash.twiml.listening import NotBegunError
from hookflash.webhooks.client import WebhookClient

from .calls.arrivals import Arrivals
from .calls.documents import Step
from .calls.ledger import Ledger
from .calls.live_call import Begin, LiveCall
from .calls.parts import OpenLeg, Parts, Places, Sounds, Speech
from .calls.placing import place
from .calls.script import Script
from .calls.tapes import Running
from .calls.validation import validate
from .conferences.attending import attend_admitted
from .conferences.conferences import Conferences
from .paying.connectors import Connectors
from .queues.queues import Queues

log = structlog.get_logger()

LAST_WORDS = 20_000  #: ms for the requests and rows of calls that were hung up; longer than a webhook may take


class CallRunner:
    """Has each call live as a task of its own; one that breaks ends by itself, and no other.

    `invited` takes what the switch brings, `begin` and `perform` are those of the worker of the `dial` queue, and for
    REST it is the `LiveCalls` of this process.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        webhooks: WebhookClient,
        auth: Authenticator,
        vault: Vault,
        links: MediaLinks,
        recordings: RecordingFiles,
        speech: Speech,
        recognition: Recognition,
        sounds: Sounds,
        places: Places,
        connectors: Connectors,
        rules: CallRules,
        rates: SenderRates,
        validate_certificates: bool,
        pending: Pending,
        open_leg: OpenLeg,
        counted: Callable[[int], None] = lambda live: None,
        refused: Callable[[protocol.Invited, int, str], None] = lambda event, status, why: None,
    ) -> None:
        """`counted` hears how many calls are live, whenever that changes; `refused` of each invitation that is."""
        self.conferences = Conferences(cancel=self.cancel)
        self.queues = Queues()
        self._parts = Parts(
            store=store,
            clock=clock,
            webhooks=webhooks,
            auth=auth,
            vault=vault,
            links=links,
            recordings=recordings,
            speech=speech,
            recognition=recognition,
            sounds=sounds,
            places=places,
            connectors=connectors,
            rules=rules,
            rates=rates,
            validate_certificates=validate_certificates,
            pending=pending,
            conferences=self.conferences,
            open_leg=open_leg,
            queues=self.queues,
            adopt=self._adopt,
        )
        self._live: dict[str, LiveCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._counted = counted
        self._refused = refused
        self._arrivals = Arrivals()
        self._stopping = False

    @property
    def busy(self) -> int:
        """How many calls are live."""
        return len(self._live)

    # -- where calls come from --

    async def invited(self, leg: Leg, event: protocol.Invited) -> None:
        """A call comes in; returns once it lives, or is refused."""
        try:
            refusal = await self._receive(leg, event)
        except Exception:
            log.exception("a call could not be taken")
            refusal = Unwanted(500, "Something of this platform failed")
        try:
            if refusal is not None:
                self._refused(event, refusal.status, refusal.why)
                await leg.reject(refusal.status, refusal.why)
        except HungUp:
            pass  # the caller did not wait for it

    async def _receive(self, leg: Leg, event: protocol.Invited) -> Unwanted | None:
        if self._stopping:
            return Unwanted(503, "The server stops")
        if self._arrivals.is_late():
            return Unwanted(503, "The server cannot keep up")
        with self._arrivals.taking():
            return await self._take_in(leg, event)

    async def _take_in(self, leg: Leg, event: protocol.Invited) -> Unwanted | None:
        parts = self._parts
        incoming, answerer = await parts.places.arrived(event)
        try:
            call = await parts.store.write(receive_call, incoming, now=parts.clock.now(), answerer=answerer)
        except StoreError as error:
            log.error("a call could not be kept", reason=str(error))
            return Unwanted(503, "The store cannot keep it now")
        if isinstance(call, Unwanted):
            return call
        self._adopt(LiveCall(parts, call, leg), _come_in)
        return None

    async def begin(self, tx: Tx, jobs: list[Job]) -> list[Dialling]:
        """The calls whose turn has come."""
        return await begin_dials(tx, jobs, now=self._parts.clock.now())

    async def perform(self, dialling: Dialling) -> None:
        """Place a call; returns once it rings, or nobody can be called."""
        row = dialling.call
        ledger = Ledger(self._parts.store)
        leg = await place(self._parts, ledger, row, ring_ms=row.options.timeout * SECOND)
        if not isinstance(leg, CallStatus):
            begin = _go_out if row.options.validation is None else validate
            self._adopt(LiveCall(self._parts, row, leg), begin)
        await ledger.settled()

    def _adopt(self, call: LiveCall, begin: Begin) -> None:
        sid = call.row.sid
        self._live[sid] = call
        self._counted(len(self._live))
        task = asyncio.create_task(self._live_through(call, begin), name=f"call-{sid}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live_through(self, call: LiveCall, begin: Begin) -> None:
        try:
            await call.live(begin)
        except Exception:
            log.exception("a call broke at its end", sid=call.row.sid)
            await call.leg.hang_up()
        finally:
            del self._live[call.row.sid]
            self._counted(len(self._live))

    async def stop(self, grace: int, last_words: int = LAST_WORDS) -> None:
        """Take no call any more, and give those that live `grace` ms.

        The rest are hung up, and have `last_words` ms for their requests and rows. What is left then is for the next
        start to close.
        """
        self._stopping = True
        await self._none_live(grace)
        partings = [asyncio.create_task(call.leg.hang_up("shutdown")) for call in self._live.values()]
        await self._none_live(last_words)
        late = [*self._tasks, *self.conferences.tasks, *partings]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _none_live(self, within: int) -> None:
        """Until no call lives, those that are made meanwhile included, for at most `within` ms."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within / SECOND):
                while left := [*self._tasks, *self.conferences.tasks]:
                    await asyncio.wait(left)

    # -- what REST asks for: LiveCalls --

    async def redirect(self, call_sid: str, source: Source) -> None:
        self.call(call_sid).redirect(source)

    async def hang_up(self, call_sid: str) -> None:
        call = self.call(call_sid)
        await call.leg.hang_up()
        await call.ended.wait()

    async def cancel(self, call_sid: str) -> None:
        call = self.call(call_sid)
        if not call.leg.is_answered:
            await call.leg.hang_up("canceled")
            await call.ended.wait()

    async def limit(self, call_sid: str, seconds: int) -> None:
        await self.call(call_sid).limit(seconds)

    async def inform(self, call_sid: str, content: str) -> None:
        await self.call(call_sid).leg.inform(content)

    async def start_recording(self, call_sid: str, options: RecordOptions) -> Recording:
        call = self.call(call_sid)
        source = RecordingSource.START_CALL_RECORDING_API
        running = await call.tapes.start(call.row, call.leg, options, source=source)
        return running.row

    async def pause_recording(self, recording: Recording, *, silence: bool) -> None:
        await self._running(recording).pause(silence=silence)

    async def resume_recording(self, recording: Recording) -> None:
        await self._running(recording).resume()

    async def stop_recording(self, recording: Recording) -> None:
        await self._running(recording).stop()

    def _running(self, recording: Recording) -> Running:
        return self.call(recording.call_sid or "").tapes.running(recording.sid)

    async def start_transcription(self, call_sid: str, options: LiveOptions, *, name: str) -> LiveTranscription:
        call = self.call(call_sid)
        try:
            return await call.transcriptions.start(call.leg, options, name=name)
        except NotBegunError as error:
            raise ApiError(Code.CONFLICT, why=error.sentence) from error
        except HungUp as error:
            raise NoSuchCallError(f"{call_sid} has just ended") from error

    async def stop_transcription(self, transcription: LiveTranscription) -> None:
        await self.call(transcription.call_sid).transcriptions.stop(transcription.sid)

    def call(self, sid: str) -> LiveCall:
        """The live call of that SID. Raises NoSuchCallError."""
        call = self._live.get(sid)
        if call is None or call.hung_up is not None:
            raise NoSuchCallError(f"no live call {sid} in this process")
        return call


async def _come_in(call: LiveCall) -> Step | None:
    """A call that came in rings until its first verb answers it."""
    await call.leg.ring()
    source = call.row.options.source
    if source.url is None and source.twiml is None:
        call.diary.note("The number has no URL for calls: they end unanswered")
        return None
    return Step(source=source, kind="incoming-call")


async def _go_out(call: LiveCall) -> Step | None:
    """A call that REST asked for runs its document once somebody answers."""
    options = call.row.options
    admission = options.conference
    if admission is not None and admission.seat.early_media:
        call.spawn(call.parts.conferences.overhear(call, admission.conference_sid))
    await call.rung()
    if options.record is not None:
        await call.tapes.start(call.row, call.leg, options.record, source=RecordingSource.OUTBOUND_API)
    if options.send_digits:
        await call.leg.send_keys(options.send_digits)
    elif options.detect is not None and options.detect.is_async:
        call.detect_meanwhile(options.detect)
    elif options.detect is not None:
        found = await call.detect(options.detect)
        if options.detect.if_machine == "Hangup" and found != "human":
            return None
    if admission is not None and not call.left.is_set():
        await _take_part(call, admission)
        return None
    return Step(source=options.source, kind="outgoing-call")


async def _take_part(call: LiveCall, admission: Admission) -> None:
    try:
        await attend_admitted(Script(call, VOICE), admission)
    except NotAdmittedError as refusal:
        call.diary.alert(refusal.code, refusal.sentence)
