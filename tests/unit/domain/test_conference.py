"""Who starts and ends a conference, and which names its participants may have."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.conference import (
    CONFERENCE_MOVES,
    ConferenceStatus,
    EndReason,
    Roster,
    Seat,
    is_label,
    may_move,
)

GUEST, HOST, MODERATOR = Seat(starts=False), Seat(), Seat(ends=True)


@pytest.mark.parametrize(
    ("comers", "starts_with"),
    [
        ([HOST], None),
        ([HOST, HOST], 1),
        ([HOST, GUEST], 1),
        ([GUEST, HOST], 1),
        ([GUEST, GUEST], None),
        ([GUEST, GUEST, HOST, HOST], 2),
    ],
)
def test_it_starts_with_two_of_whom_one_may_start_it(comers: list[Seat], starts_with: int | None) -> None:
    """With the one that makes it so, and only once."""
    roster = Roster()
    started = [n for n, seat in enumerate(comers) if roster.enter(str(n), seat)]
    assert started == ([] if starts_with is None else [starts_with])
    assert roster.has_started is (starts_with is not None)


def test_one_who_has_left_starts_nothing() -> None:
    """The host came first and went: two guests wait for another."""
    roster = Roster()
    roster.enter("host", HOST)
    assert roster.leave("host") is EndReason.LAST_LEFT
    assert [roster.enter(sid, GUEST) for sid in ("first", "second")] == [False, False]
    assert roster.enter("another", HOST)


@pytest.mark.parametrize(
    ("leaver", "kicked", "others", "reason"),
    [
        (HOST, False, 0, EndReason.LAST_LEFT),
        (HOST, True, 0, EndReason.LAST_KICKED),
        (HOST, False, 1, None),
        (HOST, True, 2, None),
        (MODERATOR, False, 0, EndReason.MODERATOR_LEFT),
        (MODERATOR, False, 2, EndReason.MODERATOR_LEFT),
        (MODERATOR, True, 2, EndReason.MODERATOR_KICKED),
    ],
)
def test_it_ends_with_the_last_or_with_one_who_ends_it(
    leaver: Seat, kicked: bool, others: int, reason: EndReason | None
) -> None:
    """And says which, and whether REST put them out."""
    roster = Roster()
    for n in range(others):
        roster.enter(str(n), HOST)
    roster.enter("leaver", leaver)
    assert roster.leave("leaver", kicked=kicked) is reason


def test_whoever_ends_it_may_be_decided_anew() -> None:
    """What REST changed last holds."""
    roster = Roster()
    roster.enter("one", MODERATOR)
    roster.enter("two", HOST)
    roster.change("one", HOST)
    assert roster.leave("one") is None


@given(
    most=st.integers(1, 5),
    seats=st.lists(st.builds(Seat, starts=st.booleans(), ends=st.booleans()), max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_whatever_comes_and_goes_it_ends_once(most: int, seats: list[Seat], order: Random) -> None:
    """No more take part than may, and the first reason to end comes with one who ends it, or with the last."""
    roster = Roster(most=most)
    inside: dict[str, Seat] = {}
    for n, seat in enumerate(seats):
        assert roster.is_full is (len(inside) == most)
        if not roster.is_full:
            starts = roster.enter(str(n), seat)
            inside[str(n)] = seat
            assert not starts or len(inside) >= 2
    assert roster.has_started is (len(inside) >= 2 and any(seat.starts for seat in inside.values()))
    leavers = list(inside)
    order.shuffle(leavers)
    for sid in leavers:
        reason = roster.leave(sid)
        seat = inside.pop(sid)
        assert (reason is not None) is (seat.ends or not inside)
        if reason is not None:
            break


def test_a_conference_that_is_over_stays_so() -> None:
    """One that never started may be over, too."""
    assert not may_move(ConferenceStatus.COMPLETED, ConferenceStatus.IN_PROGRESS)
    assert may_move(ConferenceStatus.INIT, ConferenceStatus.COMPLETED)
    assert ConferenceStatus.COMPLETED not in CONFERENCE_MOVES


@pytest.mark.parametrize(
    ("label", "is_one"),
    [("agent", True), ("x" * 128, True), ("x" * 129, False), ("", False), ("a/b", False), ("CA" + "0" * 32, False)],
)
def test_labels(label: str, is_one: bool) -> None:
    """A label stands in a path where the SID of a call may."""
    assert is_label(label) is is_one
