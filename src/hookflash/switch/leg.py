"""What a verb sees of a phone: a `Leg`. Verbs know neither SIP nor packets.

Every method that waits raises `HungUp` when the leg is gone, and stops what it started when it is cancelled.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

import msgspec

from hookflash.switch import protocol
from hookflash.switch.protocol import AnyEvent, AnySource


class HungUp(Exception):  # noqa: N818 - it is news, not an error
    """The leg is gone; what was asked of it did not happen, or not to its end."""

    def __init__(self, event: protocol.HungUp) -> None:
        super().__init__(event.cause)
        self.event = event


#: Pieces of 16-bit mono PCM at 8 kHz, of 100 ms and more, as they are heard.
Ear: TypeAlias = AsyncIterator[bytes]


class Collected(msgspec.Struct, frozen=True):
    digits: str
    why: str  #: most, finish, timeout, speech
    key: str = ""  #: the key that finished it
    ms: int = 0  #: how long after the start speech began, when it did

    @property
    def spoke(self) -> bool:
        """Whether speech was the answer."""
        return self.why == "speech"


class Recorded(msgspec.Struct, frozen=True):
    ms: int  #: length, after trimming
    why: str  #: silence, finish, most, stopped, hung_up
    key: str = ""
    silent: bool = False  #: nothing but silence was heard


class Detected(msgspec.Struct, frozen=True):
    found: str  #: human, machine_start, machine_end_beep, machine_end_silence, machine_end_other, fax, unknown
    ms: int  #: how long it took


class Referral(msgspec.Struct, frozen=True):
    """What became of a transfer."""

    answer: int  #: the status of the answer to REFER, such as 202; 0: none came
    status: int  #: of the last NOTIFY; 0: none came


class Tape:
    """Holds on to a recording that runs: `Leg.record` fills it in, and others pause and stop it by it."""

    op = 0  #: of the recording; 0 before it has begun


class Leg(Protocol):
    """One phone in a call, as the verbs see it."""

    @property
    def number(self) -> int:
        """The switch's."""
        ...

    @property
    def is_answered(self) -> bool: ...

    async def ring(self, *, media: bool = False) -> None:
        """Tell the caller that it rings; at once."""
        ...

    async def answer(self) -> None:
        """Take the call; returns once audio flows. Nothing happens on one that is answered."""
        ...

    async def reject(self, status: int, reason: str = "") -> None:
        """Refuse a call that was not answered."""
        ...

    async def hang_up(self, cause: str = "local") -> None:
        """End it; returns once it is gone. Nothing happens on one that is."""
        ...

    async def play(self, sources: Sequence[AnySource], *, loop: int = 1) -> None:
        """Play to the end; `loop` times, 0 for ever."""
        ...

    async def collect(self, command: protocol.Collect) -> Collected:
        """Play prompts and take keys, or speech; leg and op of `command` are filled in."""
        ...

    async def record(self, command: protocol.Record, tape: Tape | None = None) -> Recorded:
        """Record until something ends it; leg and op of `command` are filled in. A hang-up is a result here."""
        ...

    async def pause(self, tape: Tape, *, silence: bool = True) -> None:
        """Record nothing until `resume`; with `silence`, the gap is kept as silence."""
        ...

    async def resume(self, tape: Tape) -> None: ...

    async def stop(self, tape: Tape) -> None:
        """End the recording: its `record` returns, with `stopped`. Nothing happens to one that has ended."""
        ...

    async def send_keys(self, keys: str) -> None: ...

    async def inform(self, content: str) -> None:
        """Send JSON of the application's own to the far end; at once. What it sends comes as `Informed`."""
        ...

    async def wait(self, ms: int) -> None:
        """Let time pass on the leg's clock."""
        ...

    async def bridge(self, other: "Leg") -> None:
        """Let both hear each other; returns at once. `unbridge`, or the end of one of them, ends it.

        A leg that is bridged with itself hears what it says.
        """
        ...

    async def unbridge(self) -> None: ...

    async def join(
        self,
        room: str,
        *,
        muted: bool = False,
        whisper_to: "Leg | None" = None,
        speaking: bool = False,
        jitter: str = "large",
    ) -> None:
        """Put it into a room, or change how it is in it; `leave`, or its end, takes it out. Returns at once.

        A muted one listens only, one that whispers is heard by that leg alone; with `speaking`, those who watch it
        are told by `protocol.Speaking` when it begins to speak and when it stops. `jitter` is how far its buffer may
        grow: off, small, medium or large.
        """
        ...

    async def leave(self) -> None:
        """Take it out of its room. Nothing happens to one that is in none."""
        ...

    async def limit(self, ms: int) -> None:
        """Hang up by itself once it has been answered for `ms`."""
        ...

    async def detect(self, command: protocol.Detect) -> Detected:
        """Tell a person from an answering machine; leg and op of `command` are filled in."""
        ...

    def hear(self, track: str = "inbound") -> AbstractAsyncContextManager[Ear]:
        """Listen to one side until the block or the leg ends: `inbound` is what the leg says, `outbound` what it hears.

        Time of simulated legs goes on while a piece waits: who takes long over one does it inside `Pending`.
        """
        ...

    async def refer(self, to: str, headers: Mapping[str, str] = {}) -> Referral:
        """Ask the far end to call the SIP URI `to` instead; returns once it has told how that went.

        A hang-up is a result here. Raises OSError for a leg that cannot be asked, as simulated ones.
        """
        ...

    async def accept_refer(self) -> None:
        """Say yes to a `Referred` of this leg; `tell_refer` then tells how it goes."""
        ...

    async def refuse_refer(self, status: int = 603) -> None: ...

    async def tell_refer(self, status: int, reason: str = "") -> None:
        """Tell whoever asked for a transfer how it goes; a status from 200 on is the last. Hanging up tells 200."""
        ...

    async def early(self) -> protocol.Early | protocol.Answered:
        """Wait until a leg that we dial rings, or is answered without."""
        ...

    async def answered(self) -> protocol.Answered:
        """Wait until it is answered."""
        ...

    def watch(self, told: Callable[[AnyEvent], None]) -> Callable[[], None]:
        """Have `told` hear of every event of this leg as it comes, before anybody who waits for it.

        Returns what ends that.
        """
        ...

    async def gone(self) -> protocol.HungUp:
        """Wait until it is gone, and say how that came."""
        ...
