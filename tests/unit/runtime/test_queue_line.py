"""Order and bounds of a queue, whatever callers, agents and REST do, in whichever order they do it."""

from typing import cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hookflash.domain.queue import Member, NoSuchMemberError, Queue
from hookflash.runtime.calls.live_call import LiveCall
from hookflash.runtime.queues.line import Turn, Waiting
from hookflash.runtime.queues.queues import Queues

QUEUE = Queue(account_sid="AC1", sid="QU1", friendly_name="support", max_size=100, date_created=0, date_updated=0)
ANY = st.integers(0, 99)


def caller(place: int) -> Waiting:
    sid, nobody = f"CA{place}", cast("LiveCall", None)
    return Waiting(
        Member(account_sid="AC1", queue_sid="QU1", place=place, call_sid=sid, entered_at=place * 1_000), nobody
    )


class AQueue(RuleBasedStateMachine):
    """First come, first taken, by one and no other; who is offered and not joined keeps their place.

    Beside the line there is a list of who should be where: the two are compared after each step.
    """

    def __init__(self) -> None:
        super().__init__()
        self.queues = Queues()
        self.line = self.queues.line(QUEUE)
        self.places = 0
        self.waiting: list[Waiting] = []  # in the order in which they came
        self.turns: list[Turn] = []  # of agents for whom nobody has come, in the order in which they asked
        self.come: list[tuple[Turn, Waiting]] = []  # somebody has, and the agent does not know yet
        self.taken: list[Waiting] = []  # by an agent who does
        self.gone: list[Waiting] = []

    @rule()
    def a_caller_enters(self) -> None:
        self.places += 1
        self._waits(caller(self.places))

    @rule()
    def an_agent_asks(self) -> None:
        turn = self.line.turn()
        self.turns.append(turn)
        self._meet()

    @precondition(lambda self: self.turns)
    @rule(which=ANY)
    def an_agent_gives_up(self, which: int) -> None:
        turn = self.turns.pop(which % len(self.turns))
        turn.__exit__(None, None, None)

    @precondition(lambda self: self.come)
    @rule(which=ANY)
    def an_agent_takes_who_has_come(self, which: int) -> None:
        turn, waiting = self.come.pop(which % len(self.come))
        assert turn.take() is waiting
        turn.__exit__(None, None, None)
        self.taken.append(waiting)

    @precondition(lambda self: self.come)
    @rule(which=ANY)
    def an_agent_is_gone_as_somebody_comes(self, which: int) -> None:
        turn, waiting = self.come.pop(which % len(self.come))
        turn.__exit__(None, None, None)
        self._comes_back(waiting)

    @precondition(lambda self: self.taken)
    @rule(which=ANY)
    def an_agent_is_gone_before_the_two_are_joined(self, which: int) -> None:
        waiting = self.taken.pop(which % len(self.taken))
        self.line.give_back(waiting)
        self._comes_back(waiting)

    @precondition(lambda self: self.taken)
    @rule(which=ANY)
    def two_have_spoken(self, which: int) -> None:
        waiting = self.taken.pop(which % len(self.taken))
        self.line.leave(waiting)
        self.gone.append(waiting)

    @precondition(lambda self: self.waiting or self.come or self.taken)
    @rule(which=ANY)
    def a_caller_hangs_up(self, which: int) -> None:
        """Wherever they are; an agent who has them finds that out, and gives nobody back."""
        everybody = [*self.waiting, *(waiting for _, waiting in self.come), *self.taken]
        waiting = everybody[which % len(everybody)]
        self.line.leave(waiting)
        self.gone.append(waiting)
        if waiting in self.waiting:
            self.waiting.remove(waiting)

    @rule(which=ANY)
    def rest_takes_a_call(self, which: int) -> None:
        """One that waits, or one that does not: then it cannot."""
        everybody = [*self.waiting, *(waiting for _, waiting in self.come), *self.taken, *self.gone]
        if everybody:
            self._rest_takes(everybody[which % len(everybody)].member.call_sid)

    @rule()
    def rest_takes_the_front(self) -> None:
        self._rest_takes(None)

    # -- what should come of it --

    def _rest_takes(self, call_sid: str | None) -> None:
        wanted = [waiting for waiting in self.waiting if call_sid in (None, waiting.member.call_sid)]
        try:
            taken, position = self.queues.take_out(QUEUE.sid, call_sid)
        except NoSuchMemberError:
            assert not wanted
            return
        assert taken is wanted[0]
        assert position == self.waiting.index(taken) + 1
        self.waiting.remove(taken)
        self.line.leave(taken)
        self.gone.append(taken)

    def _comes_back(self, waiting: Waiting) -> None:
        if waiting not in self.gone:
            self._expects(waiting)

    def _waits(self, waiting: Waiting) -> None:
        self.line.enter(waiting)
        self._expects(waiting)

    def _expects(self, waiting: Waiting) -> None:
        self.waiting.append(waiting)
        self.waiting.sort(key=lambda each: each.place)
        self._meet()

    def _meet(self) -> None:
        while self.waiting and self.turns:
            self.come.append((self.turns.pop(0), self.waiting.pop(0)))

    # -- what always holds --

    @invariant()
    def who_waits_waits_in_order(self) -> None:
        assert [self.line.position(waiting) for waiting in self.waiting] == [*range(1, len(self.waiting) + 1)]
        assert self.line.size == len(self.waiting)
        assert self.line.find(None) is (self.waiting[0] if self.waiting else None)

    @invariant()
    def nobody_is_in_two_places_or_in_none(self) -> None:
        with_agents = [waiting for _, waiting in self.come] + self.taken
        assert all(turn.come.is_set() for turn, _ in self.come)
        assert not any(turn.come.is_set() for turn in self.turns)
        assert not {*map(id, with_agents)} & {*map(id, self.waiting)}
        everybody = {id(waiting) for waiting in [*with_agents, *self.waiting, *self.gone]}
        assert len(everybody) == self.places

    @invariant()
    def the_average_is_that_of_who_waits(self) -> None:
        entered = [waiting.member.entered_at for waiting in self.waiting]
        now = 1_000_000
        expected = round((now - sum(entered) / len(entered)) / 1_000) if entered else 0
        assert self.line.average(now) == expected


AQueue.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


TestAQueue = AQueue.TestCase


def test_a_queue_that_nobody_holds_is_forgotten() -> None:
    """Its line is made anew by who comes next; nothing of it grows for ever."""
    queues = Queues()
    queues.line(QUEUE)
    assert queues.line(QUEUE).size == 0
    queues.resize(QUEUE.sid, 5)
    assert queues.line(QUEUE).max_size == QUEUE.max_size
