"""A queue as it stands: who waits in which order, and who waits for somebody to come. Nothing here waits or writes.

Rule 1: who came first is taken first; who asked first gets them.
Rule 2: a caller is in the line, or with one who takes them, or has left: never two of these, never none.
Rule 3: every step is one without an `await`, so that nobody is lost between two.
"""

import asyncio
from bisect import bisect_left, insort
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING

from hookflash.domain.queue import Member, average_seconds

from .offer import Offer

if TYPE_CHECKING:
    from hookflash.runtime.calls.live_call import LiveCall


class Waiting:
    """A caller in a queue."""

    def __init__(self, member: Member, call: "LiveCall") -> None:
        self.member = member
        self.call = call
        self.left = asyncio.Event()  #: it is in the queue no more, and comes back no more
        self.offered = asyncio.Event()  #: somebody takes it
        self._offer: Offer | None = None

    @property
    def place(self) -> int:
        return self.member.place

    def receive(self, offer: Offer) -> None:
        """Its turn has come."""
        self._offer = offer
        self.offered.set()

    def take_offer(self) -> Offer:
        """What it was offered; the next may come."""
        offer, self._offer = self._offer, None
        assert offer is not None, "it was offered"
        self.offered.clear()
        return offer


class Line:
    """Who waits in one queue."""

    def __init__(self, max_size: int) -> None:
        self.max_size = max_size  #: as the queue was last seen; who lets callers in sees to it
        self._waiting: list[Waiting] = []
        self._turns: deque[Turn] = deque()
        self._entered_sum = 0

    @property
    def size(self) -> int:
        return len(self._waiting)

    def average(self, now: int) -> int:
        """How long those who wait have waited by `now`, in seconds."""
        return average_seconds(self.size, self._entered_sum, now)

    def position(self, waiting: Waiting) -> int:
        """From 1."""
        return bisect_left(self._waiting, waiting.place, key=_place) + 1

    def find(self, call_sid: str | None) -> Waiting | None:
        """Who waits in that call, or longest; None: nobody does, or they are being taken."""
        return next((each for each in self._waiting if call_sid in (None, each.member.call_sid)), None)

    def enter(self, waiting: Waiting) -> None:
        """Wait in its place: the last, or the one that it had before."""
        insort(self._waiting, waiting, key=_place)
        self._entered_sum += waiting.member.entered_at
        self._match()

    def leave(self, waiting: Waiting) -> None:
        """Wait no more, wherever it is."""
        waiting.left.set()
        if waiting in self._waiting:
            self.take_out(waiting)

    def take_out(self, waiting: Waiting) -> None:
        """Out of the line, to one who takes them."""
        self._waiting.remove(waiting)
        self._entered_sum -= waiting.member.entered_at

    def give_back(self, waiting: Waiting) -> None:
        """Who took it does not want it after all: unless it has left, it waits on in its place."""
        if not waiting.left.is_set():
            self.enter(waiting)

    def turn(self) -> "Turn":
        """Ask for who waits longest; to be used in a `with`."""
        turn = Turn(self)
        self._turns.append(turn)
        self._match()
        return turn

    def withdraw(self, turn: "Turn") -> None:
        self._turns.remove(turn)

    def _match(self) -> None:
        while self._waiting and self._turns:
            waiting = self._waiting[0]
            self.take_out(waiting)
            self._turns.popleft().receive(waiting)


class Turn:
    """Somebody's turn to take a caller: `come` once there is one. Who is not taken by then goes back."""

    def __init__(self, line: Line) -> None:
        self.come = asyncio.Event()
        self._line = line
        self._waiting: Waiting | None = None

    def receive(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self.come.set()

    def take(self) -> Waiting:
        """The caller who has come."""
        waiting, self._waiting = self._waiting, None
        assert waiting is not None, "one has come, and was not taken"
        return waiting

    def __enter__(self) -> "Turn":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if not self.come.is_set():
            self._line.withdraw(self)
        elif self._waiting is not None:
            self._line.give_back(self._waiting)


def _place(waiting: Waiting) -> int:
    return waiting.place
