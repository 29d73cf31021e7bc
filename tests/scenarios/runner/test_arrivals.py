"""New calls are refused while others have been waiting to be taken in."""

from hookflash.runtime.calls.arrivals import LAG, Arrivals


def test_the_call_that_has_waited_longest_decides() -> None:
    """One call that waits too long makes the exchange late, until it has been taken in; later ones do not hide it."""
    seconds = 0.0
    arrivals = Arrivals(lambda: seconds)
    assert not arrivals.is_late()
    with arrivals.taking():
        assert not arrivals.is_late()
        seconds = LAG + 0.01
        with arrivals.taking():
            assert arrivals.is_late()
    assert not arrivals.is_late()


def test_calls_that_came_later_may_be_taken_in_first() -> None:
    """The order in which calls are done with does not matter."""
    seconds = 0.0
    arrivals = Arrivals(lambda: seconds)
    first, second = arrivals.taking(), arrivals.taking()
    first.__enter__()
    seconds = LAG
    second.__enter__()
    second.__exit__(None, None, None)
    seconds = LAG * 1.5
    assert arrivals.is_late()
    first.__exit__(None, None, None)
    assert not arrivals.is_late()
