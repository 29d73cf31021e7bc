"""Calls as the handsets of the simulated network have them: how they answer, what they hear, which keys they press."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec
import structlog

from hookflash import _switch
from hookflash.domain.clock import SECOND, Clock
from hookflash.domain.speech import Utterance, Voice
from hookflash.network.handset import Answering, How
from hookflash.network.world import World
from hookflash.speech.engine import SpeechError
from hookflash.speech.repertoire import Piece, Repertoire
from hookflash.speech.speaker import Speaker
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp
from hookflash.switch.switch import Switch
from hookflash.switch.switch_leg import SwitchLeg

log = structlog.get_logger()

KEPT = 1_000  # calls that are over
LISTENING_STEP = SECOND  #: ms of audio between two looks for what is awaited
LATEST = 3 * SECOND  #: ms by which what is heard may lag behind what is played: the delay of the line, and its jitter

LEAST = 200  #: ms of a piece, after which it has been heard
SILENT_END = 400  #: ms of silence that speech may end with, in which something else may begin

BYTES_PER_MS = 16  # of audio

HandsetOf = Callable[[str], Awaitable[Answering]]


class Heard(msgspec.Struct, frozen=True):
    """A piece of audio that was recognised."""

    text: str
    start: int  #: ms since the call was answered
    end: int
    score: float  #: 0 to 1


class HandsetCall:
    """One call of a handset."""

    def __init__(
        self,
        number: str,
        peer: str,
        leg: SwitchLeg,
        *,
        incoming: bool,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.number = number
        self.peer = peer
        self.leg = leg
        self.incoming = incoming
        self.headers = headers  #: of the application, that came with the call
        self.keys = ""  #: that the other side pressed
        self.messages: list[str] = []  #: JSON that the application sent along with the call
        self.ended: protocol.HungUp | None = None
        self.answered_at = 0  #: ms since the epoch
        self.heard_up_to = 0  #: ms; what came before has been recognised already
        self.events = 0  #: grows with everything that happens
        leg.watch(self._note)

    @property
    def id(self) -> str:
        return str(self.leg.number)

    @property
    def status(self) -> str:
        """ringing, answered or over."""
        if self.ended is not None:
            return "over"
        return "answered" if self.leg.is_answered else "ringing"

    def _note(self, event: protocol.AnyEvent) -> None:
        self.events += 1
        if isinstance(event, protocol.Key):
            self.keys += event.key
        elif isinstance(event, protocol.Informed):
            self.messages.append(event.body)
        elif isinstance(event, protocol.Answered):
            self.answered_at = event.at
            self.leg.tell(protocol.Listen(leg=self.leg.number))
        elif isinstance(event, protocol.HungUp):
            self.ended = event


class HandsetCalls:
    """All of them. `answering_of` tells how a number answers."""

    def __init__(
        self,
        *,
        switch: Switch,
        world: World,
        clock: Clock,
        speaker: Speaker,
        repertoire: Repertoire,
        answering_of: HandsetOf,
    ) -> None:
        self._switch = switch
        self._world = world
        self._clock = clock
        self._speaker = speaker
        self._repertoire = repertoire
        self._answering_of = answering_of
        self._calls: dict[str, HandsetCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._expected: dict[int, str] = {}  # legs of handsets that are being called

    def call(self, call_id: str) -> HandsetCall | None:
        """The call with an id, of now or of lately."""
        return self._calls.get(call_id)

    def of(self, number: str) -> list[HandsetCall]:
        """The calls of a handset, oldest first."""
        return [call for call in self._calls.values() if call.number == number]

    def dial(self, number: str, to: str, link: protocol.Link | None = None) -> HandsetCall:
        """The handset `number` calls `to`."""
        self._world.wake()
        base = link or protocol.Link(leg=0, callee=0, from_="", to="")
        command = msgspec.structs.replace(
            base,
            leg=self._switch.next_number(simulated=True),
            callee=self._switch.next_number(simulated=True),
            from_=number,
            to=to,
        )
        return self._keep(HandsetCall(number, to, self._switch.link(command), incoming=False))

    async def ring(
        self, number: str, *, from_: str, ring_ms: int, headers: Mapping[str, str] = MappingProxyType({})
    ) -> SwitchLeg:
        """The platform calls the handset `number`; returns the platform's leg."""
        answering = await self._answering_of(number)
        self._world.wake()
        callee = self._switch.next_number(simulated=True)
        self._expected[callee] = number
        command = msgspec.structs.replace(
            answering.link(),
            leg=self._switch.next_number(simulated=True),
            callee=callee,
            from_=from_,
            to=number,
            ring_ms=ring_ms,
            headers=dict(headers),
        )
        return self._switch.link(command)

    def takes(self, leg: SwitchLeg, event: protocol.Invited) -> bool:
        """Whether an invitation is for a handset; if so, the handset answers it as it was told."""
        number = self._expected.pop(leg.number, None)
        if number is None:
            return False
        call = self._keep(HandsetCall(number, event.from_, leg, incoming=True, headers=event.headers))
        task = asyncio.create_task(self._behave(call), name="handset")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def hears(self, call: HandsetCall, text: str, *, within: int, fly: bool) -> Heard | None:
        """Wait until the handset has heard `text`, or the file at a URL with it, for at most `within` ms.

        `fly` lets the clock jump meanwhile. What counts is the audio that came over the line: it is compared with the
        rendering of what the platform has played with that text, or would play.
        """
        looked_at = 0
        step = LISTENING_STEP if fly else LISTENING_STEP // 4
        own = await self._rendering(text)

        def verdict() -> tuple[Heard | None] | None:
            nonlocal looked_at
            now = self._clock.now()
            if now - looked_at < step and call.ended is None:
                return None
            heard = self._recognise(call, self._repertoire.with_text(text) or own, looked_at)
            looked_at = now
            return (heard,) if heard or call.ended is not None else None

        wait = self._world.until if fly else self._world.watch
        (heard,) = await wait(verdict, within) or (None,)
        return heard

    def transcript(self, call: HandsetCall) -> list[Heard]:
        """Everything recognised in what the handset heard, in order."""
        heard = [self._find(call, piece.text, _audio(piece.path), 0) for piece in self._repertoire.all()]
        return sorted((found for found in heard if found), key=lambda found: found.start)

    async def say(self, call: HandsetCall, text: str, *, language: str = "en-US") -> None:
        """Speak into the phone. Raises SpeechError, HungUp."""
        await call.leg.play([await self._speaker.say(Utterance(Voice("man", language, "male"), (text,)))])

    async def close(self) -> None:
        """Stop behaving."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _keep(self, call: HandsetCall) -> HandsetCall:
        self._calls[call.id] = call
        over = [key for key, kept in self._calls.items() if kept.ended is not None]
        for key in over[: len(over) - KEPT]:
            del self._calls[key]
        return call

    async def _behave(self, call: HandsetCall) -> None:
        """Answer as the handset was told; a hang-up ends it at any point."""
        answering = await self._answering_of(call.number)
        with contextlib.suppress(HungUp):
            match answering.how:
                case How.BUSY:
                    await call.leg.reject(486, "Busy Here")
                case How.REJECT:
                    await call.leg.reject(answering.status)
                case How.NO_ANSWER | How.MANUAL:
                    await call.leg.ring()
                case How.ANSWER | How.VOICEMAIL:
                    await self._answer(call, answering)

    async def _answer(self, call: HandsetCall, answering: Answering) -> None:
        await call.leg.ring()
        await call.leg.wait(answering.after)
        await call.leg.answer()
        if answering.says:
            try:
                await self.say(call, answering.says, language=answering.language)
            except SpeechError as error:
                log.warning("a handset could not speak", reason=str(error))
        if answering.how is How.VOICEMAIL:
            await call.leg.play([protocol.Tone(name="beep", ms=1_000)])
        if answering.keys:
            await call.leg.send_keys(answering.keys)
        if answering.hangs_up_after is not None:
            await call.leg.wait(answering.hangs_up_after)
            await call.leg.hang_up()

    async def _rendering(self, text: str) -> list[Piece]:
        """How the platform would say `text` by itself: a man or a woman, in English."""
        pieces = []
        for name, gender in (("man", "male"), ("woman", "female")):
            utterance = Utterance(Voice(name, "en-US", gender), (text,))
            with contextlib.suppress(SpeechError):
                await self._speaker.render(utterance)
                pieces.append(Piece(text, self._speaker.path_of(utterance)))
        return pieces

    def _recognise(self, call: HandsetCall, pieces: list[Piece], looked_at: int) -> Heard | None:
        """The first of `pieces` in what came since the moment `looked_at`, or has been coming then."""
        for piece in pieces:
            audio = _audio(piece.path)
            begun = looked_at - call.answered_at - LATEST - len(audio) // BYTES_PER_MS
            heard = self._find(call, piece.text, audio, max(call.heard_up_to, begun))
            if heard is not None:
                call.heard_up_to = max(heard.start + LEAST, heard.end - SILENT_END)
                return heard
        return None

    def _find(self, call: HandsetCall, text: str, audio: bytes, after: int) -> Heard | None:
        found = self._switch.native.hears(call.leg.number, audio, after) if audio else None
        return Heard(text, *found) if found else None


def _audio(path: Path) -> bytes:
    """The sound in a file; nothing where an application has named one that is none: nobody has heard that."""
    try:
        return _switch.read_sound(str(path))
    except ValueError:
        return b""
