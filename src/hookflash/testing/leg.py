"""A leg without a switch: what the other end does is a script, on the clock of the loop.

For tests of verbs and of calls. On a loop that jumps (`loop.py`) a call of any length takes no time; on a real one,
`pace` makes its clock run faster than the loop's.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from hookflash.domain.speech import Utterance
from hookflash.switch import protocol
from hookflash.switch.leg import Collected, Detected, Ear, HungUp, Leg, Recorded, Referral, Tape
from hookflash.switch.protocol import AnyEvent, AnySource, File, Silence, Stream, Tone

SOUND_MS = 1_000  #: how long files last, unless `lasts` says otherwise
KEY_MS = 100
PAUSES = {"w": 500, "W": 1_000}  # ms, among keys that are sent
PIECE_MS = 100  # of what an ear gets
SPEECH, SILENCE = b"\x10\x10" * 8 * PIECE_MS, bytes(2 * 8 * PIECE_MS)


class _Keys:
    """Keys that were pressed and not yet taken."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._some = asyncio.Event()

    def put(self, key: str) -> None:
        self._waiting.append(key)
        self._some.set()

    async def some(self) -> None:
        """Return once there is one; it stays."""
        await self._some.wait()

    def take(self) -> str:
        key = self._waiting.popleft()
        if not self._waiting:
            self._some.clear()
        return key


class ScriptedLeg:
    """One phone. Times are seconds since it was made, on its own clock."""

    def __init__(self, number: int = 1, *, answered: bool = False, pace: float = 1) -> None:
        self.number = number
        self.pace = pace
        self.diary: list[tuple[float, str]] = []  #: what happened to it and when, such as `hears Welcome`
        self.lasts: dict[str, int] = {}  #: ms, by the path of a file
        self.talks: list[tuple[float, float]] = []  #: when the person speaks; otherwise there is silence
        self.unplayable: set[str] = set()  #: files that the leg cannot play
        self.found = Detected("human", 1_000)  #: what a detection finds
        self.referral = Referral(202, 200)  #: what becomes of a transfer
        self.bridged_with: Leg | None = None
        self.room = ""  #: that it is in
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._moments: list[tuple[str, Callable[[], object]]] = []
        self._early: asyncio.Future[protocol.Early] = self._loop.create_future()
        self._answered: asyncio.Future[protocol.Answered] = self._loop.create_future()
        self._gone: asyncio.Future[protocol.HungUp] = self._loop.create_future()
        self._listeners: list[Callable[[str], None]] = []
        self._watchers: list[Callable[[AnyEvent], None]] = []
        self._tapes: dict[int, asyncio.Future[None]] = {}
        self._ops = 0
        self._limit_ms = 0
        if answered:
            self._answered.set_result(protocol.Answered(leg=number, at=0))

    # -- the script: what the person at the other end does --

    @property
    def now(self) -> float:
        return (self._loop.time() - self._began) * self.pace

    @property
    def heard(self) -> list[str]:
        """What was played to the person, in order: paths of files, names of tones, `3000 ms of silence`."""
        return [what.removeprefix("hears ") for _, what in self.diary if what.startswith("hears ")]

    @property
    def done(self) -> list[str]:
        """All that happened, without the times."""
        return [what for _, what in self.diary]

    def at(self, seconds: float, act: Callable[[], object]) -> "ScriptedLeg":
        """Let the person act at that time."""
        self._loop.call_at(self._began + seconds / self.pace, act)
        return self

    def when(self, what: str, act: Callable[[], object]) -> "ScriptedLeg":
        """Let the person act once the diary says `what`, such as `hears Welcome`; the first time only."""
        self._moments.append((what, act))
        return self

    def press(self, keys: str) -> None:
        for key in keys:
            self._tell(protocol.Key(leg=self.number, at=self._ms, key=key))
            for listener in [*self._listeners]:
                listener(key)

    def speak(self, on: bool) -> None:
        """The switch notices that the person begins to speak, or stops."""
        self._tell(protocol.Speaking(leg=self.number, at=self._ms, on=on))

    def signal(self, line: str) -> None:
        """A SIP message comes, such as `100 Trying`."""
        self._tell(protocol.Signal(leg=self.number, at=self._ms, sent=False, line=line))

    def ring_there(self, *, media: bool = False) -> None:
        """The phone that was dialled rings."""
        if not self._early.done() and not self._gone.done():
            event = protocol.Early(leg=self.number, at=self._ms, status=183 if media else 180, media=media)
            self._early.set_result(event)
            self._tell(event)

    def pick_up(self) -> None:
        """The phone that was dialled is answered."""
        if not self._answered.done() and not self._gone.done():
            self._note("answered")
            event = protocol.Answered(leg=self.number, at=self._ms, codec="PCMU")
            self._answered.set_result(event)
            self._tell(event)

    def go(self, cause: str = "remote", *, status: int = 0, headers: dict[str, str] | None = None) -> None:
        """The leg ends: the person hangs up or refuses, or the network does."""
        if not self._gone.done():
            self._note(f"gone {cause}")
            event = protocol.HungUp(leg=self.number, at=self._ms, cause=cause, status=status, headers=headers or {})
            self._tell(event)
            self._gone.set_result(event)

    # -- what verbs and runners do with it --

    @property
    def is_answered(self) -> bool:
        return self._answered.done() and not self._gone.done()

    async def ring(self, *, media: bool = False) -> None:
        self._check()
        self._note("rings with media" if media else "rings")

    async def answer(self) -> None:
        self._check()
        self.pick_up()

    async def reject(self, status: int, reason: str = "") -> None:
        self._check()
        self.go("rejected", status=status)

    async def hang_up(self, cause: str = "local") -> None:
        self.go(cause)

    async def play(self, sources: Sequence[AnySource], *, loop: int = 1) -> None:
        turn = 0
        while not loop or turn < loop:
            for source in sources:
                self._hear(source)
                await self._pass(self._length(source))
            turn += 1

    async def collect(self, command: protocol.Collect) -> Collected:
        pressed, began = _Keys(), self.now
        with self._listening(pressed.put):
            first = await self._prompt(command, pressed) or await self._answer(command.first_ms, command, pressed)
            if first == "speech" and command.speech is not None:
                return await self._speech(command.speech, began)
            return await self._keys(command, pressed) if first else Collected("", "timeout")

    async def record(self, command: protocol.Record, tape: Tape | None = None) -> Recorded:
        self._check()
        self._ops += 1
        if tape is not None:
            tape.op = self._ops
        if command.beep:
            self._note("hears beep")
        self._note(f"records {command.track} on {command.channels}")
        stopped = self._tapes[self._ops] = self._loop.create_future()
        pressed = _Keys()
        began = self.now
        with self._listening(lambda key: pressed.put(key) if key in command.finish else None):
            why, key = await self._recorded(command, stopped, pressed)
        self._note(f"recorded until {why}")
        spoken = [(max(start, began), min(end, self.now)) for start, end in self.talks]
        spoken = [(start, end) for start, end in spoken if start < end]
        length = self.now - began
        if command.trim:
            length = spoken[-1][1] - spoken[0][0] if spoken else 0
        return Recorded(round(length * 1_000), why, key, silent=not spoken)

    async def pause(self, tape: Tape, *, silence: bool = True) -> None:
        self._note("pauses with silence" if silence else "pauses")

    async def resume(self, tape: Tape) -> None:
        self._note("resumes")

    async def stop(self, tape: Tape) -> None:
        future = self._tapes.get(tape.op)
        if future is not None and not future.done():
            future.set_result(None)

    async def send_keys(self, keys: str) -> None:
        self._note(f"gets keys {keys}")
        await self._pass(sum(PAUSES.get(key, KEY_MS) for key in keys))

    async def inform(self, content: str) -> None:
        self._note(f"is informed {content}")

    async def wait(self, ms: int) -> None:
        await self._pass(ms)

    async def bridge(self, other: Leg) -> None:
        self._check()
        self.bridged_with = other
        self._note(f"bridged with {other.number}")
        if isinstance(other, ScriptedLeg):
            other.bridged_with = self
            other._note(f"bridged with {self.number}")

    async def unbridge(self) -> None:
        other, self.bridged_with = self.bridged_with, None
        if other is None:
            return
        self._note("unbridged")
        if isinstance(other, ScriptedLeg):
            other.bridged_with = None
            other._note("unbridged")

    async def join(
        self,
        room: str,
        *,
        muted: bool = False,
        whisper_to: Leg | None = None,
        speaking: bool = False,
        jitter: str = "large",
    ) -> None:
        self._check()
        self.room = room
        how = f" whispering to {whisper_to.number}" if whisper_to is not None else ""
        self._note(f"joins {room}{' muted' if muted else ''}{how}")

    async def leave(self) -> None:
        if self.room:
            self._note(f"leaves {self.room}")
            self.room = ""

    async def limit(self, ms: int) -> None:
        self._limit_ms = ms

        def end() -> None:
            if self._limit_ms == ms:  # no later one has replaced it
                self.go("limit")

        self._answered.add_done_callback(lambda _: self._loop.call_later(ms / 1_000 / self.pace, end))

    async def detect(self, command: protocol.Detect) -> Detected:
        await self._pass(min(self.found.ms, command.timeout_ms))
        return self.found if self.found.ms <= command.timeout_ms else Detected("unknown", command.timeout_ms)

    @asynccontextmanager
    async def hear(self, track: str = "inbound") -> AsyncIterator[Ear]:
        self._check()
        closed: asyncio.Future[None] = self._loop.create_future()
        try:
            yield self._pieces(track, closed)
        finally:
            closed.set_result(None)

    async def refer(self, to: str, headers: Mapping[str, str] = {}) -> Referral:
        self._check()
        self._note(f"is referred to {to}")
        return self.referral

    async def accept_refer(self) -> None:
        self._check()
        self._note("may refer")

    async def refuse_refer(self, status: int = 603) -> None:
        self._check()
        self._note(f"may not refer {status}")

    async def tell_refer(self, status: int, reason: str = "") -> None:
        self._check()
        self._note(f"hears that its transfer is at {status}")

    async def early(self) -> protocol.Early | protocol.Answered:
        await self._first(self._early, self._answered)
        return self._early.result() if self._early.done() else self._answered.result()

    async def answered(self) -> protocol.Answered:
        await self._first(self._answered)
        return self._answered.result()

    def watch(self, told: Callable[[AnyEvent], None]) -> Callable[[], None]:
        self._watchers.append(told)
        return lambda: self._watchers.remove(told)

    async def gone(self) -> protocol.HungUp:
        return await asyncio.shield(self._gone)

    # -- how it works --

    @property
    def _ms(self) -> int:
        return round(self.now * 1_000)

    def _note(self, what: str) -> None:
        self.diary.append((self.now, what))
        for moment in [moment for moment in self._moments if moment[0] == what]:
            self._moments.remove(moment)
            self._loop.call_soon(moment[1])

    def _tell(self, event: AnyEvent) -> None:
        for watcher in [*self._watchers]:
            watcher(event)

    def _hear(self, source: AnySource) -> None:
        self._check()
        if _name(source) in self.unplayable:
            raise OSError(f"{_name(source)} cannot be played")
        self._note(f"hears {_name(source)}")

    def _length(self, source: AnySource) -> int:
        return source.ms if isinstance(source, (Silence, Tone)) else self.lasts.get(_name(source), SOUND_MS)

    def _check(self) -> None:
        if self._gone.done():
            raise HungUp(self._gone.result())

    async def _pass(self, ms: float) -> None:
        await asyncio.wait({self._gone}, timeout=ms / 1_000 / self.pace)
        self._check()

    async def _within(self, ms: float, happens: Coroutine[Any, Any, None]) -> bool:
        """Whether something happens within `ms`. Raises HungUp when the leg goes first."""
        waiting = asyncio.create_task(happens)
        futures: set[asyncio.Future[Any]] = {waiting, self._gone}
        try:
            await asyncio.wait(futures, timeout=ms / 1_000 / self.pace, return_when=asyncio.FIRST_COMPLETED)
            self._check()
            return waiting.done()
        finally:
            waiting.cancel()

    async def _first(self, *futures: "asyncio.Future[protocol.Early] | asyncio.Future[protocol.Answered]") -> None:
        if not any(future.done() for future in futures):
            await asyncio.wait({*futures, self._gone}, return_when=asyncio.FIRST_COMPLETED)
        if not any(future.done() for future in futures):
            self._check()

    @contextmanager
    def _listening(self, listener: Callable[[str], None]) -> Iterator[None]:
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def _prompt(self, command: protocol.Collect, pressed: _Keys) -> str:
        """What stops the prompts: `key`, `speech` or nothing."""
        for source in command.sources:
            self._hear(source)
            if not command.barge_in:
                await self._pass(self._length(source))
            elif first := await self._answer(self._length(source), command, pressed):
                return first
        return ""

    async def _answer(self, ms: int, command: protocol.Collect, pressed: _Keys) -> str:
        """What comes within `ms`: `key`, `speech` or nothing."""
        talks = [max(start - self.now, 0) * 1_000 for start, end in self.talks if end > self.now]
        speech = min(talks, default=ms) if command.speech is not None else ms
        if await self._within(min(ms, speech), pressed.some()):
            return "key"
        return "speech" if speech < ms else ""

    async def _speech(self, how: protocol.SpeechEnd, since: float) -> Collected:
        began = self.now
        await self._pass(min(self._silent_in(began, how.end_ms), how.most_ms))
        return Collected("", "speech", ms=round((began - since) * 1_000))

    async def _pieces(self, track: str, closed: asyncio.Future[None]) -> AsyncIterator[bytes]:
        while not self._gone.done() and not closed.done():
            began = self.now
            ends: set[asyncio.Future[Any]] = {self._gone, closed}
            await asyncio.wait(ends, timeout=PIECE_MS / 1_000 / self.pace, return_when=asyncio.FIRST_COMPLETED)
            spoke = any(start < self.now and began < end for start, end in self.talks)
            yield SPEECH if spoke and track != "outbound" else SILENCE

    async def _keys(self, command: protocol.Collect, pressed: _Keys) -> Collected:
        digits = ""
        wait = command.first_ms
        while await self._within(wait, pressed.some()):
            key = pressed.take()
            if key in command.finish:
                return Collected(digits, "finish", key)
            digits += key
            if len(digits) == command.most:
                return Collected(digits, "most")
            wait = command.between_ms
        return Collected(digits, "timeout")

    async def _recorded(
        self, command: protocol.Record, stopped: asyncio.Future[None], pressed: _Keys
    ) -> tuple[str, str]:
        began = self.now
        key = asyncio.create_task(pressed.some())
        try:
            quiet = self._silent_in(began, command.silence_ms) if command.silence_ms else command.most_ms
            wait = min(quiet, command.most_ms) / 1_000 / self.pace
            ends: set[asyncio.Future[Any]] = {key, stopped, self._gone}
            await asyncio.wait(ends, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            if self._gone.done():
                return "hung_up", ""
            if stopped.done():
                return "stopped", ""
            if key.done():
                return "finish", pressed.take()
            return ("most", "") if command.most_ms <= quiet else ("silence", "")
        finally:
            key.cancel()

    def _silent_in(self, began: float, silence_ms: int) -> float:
        """After how many ms there will have been silence for so long."""
        quiet_since = began
        for start, end in sorted(self.talks):
            if (start - quiet_since) * 1_000 >= silence_ms:
                break
            quiet_since = max(quiet_since, end)
        return (quiet_since - began) * 1_000 + silence_ms


class NamedSpeech:
    """A speech engine whose speech is a file named as the text: a scripted leg hears `Welcome`."""

    def __init__(self) -> None:
        self.spoken: list[Utterance] = []

    async def say(self, utterance: Utterance) -> AnySource:
        self.spoken.append(utterance)
        return File(path=utterance.text)


def _name(source: AnySource) -> str:
    match source:
        case File(path=path):
            return path
        case Tone(name=name):
            return name
        case Silence(ms=ms):
            return f"{ms} ms of silence"
        case Stream(stream=stream):
            return f"stream {stream}"
