"""`<Pause>`: time that passes."""

import time

import pytest
from tests.unit.twiml.voice.voice_support import play


@pytest.mark.parametrize(
    ("attributes", "seconds", "codes"),
    [("", 1, []), ("length='7'", 7, []), ("length='0'", 1, [13910]), ("length='a while'", 1, [13910])],
)
def test_length(attributes: str, seconds: int, codes: list[int]) -> None:
    """So many seconds; anything but a number of at least 1 is one second, with a warning."""
    played = play(f"<Pause {attributes}/>")
    assert (played.took, played.codes) == (seconds, codes)


def test_first_it_does_not_answer() -> None:
    """A call that begins with a pause rings so long, and is answered by the next verb."""
    assert play("<Pause length='4'/><Say>Hi</Say>").answered_at == 4


def test_a_day_takes_no_time() -> None:
    """Waits cost the clock of the loop, not that of the machine."""
    began = time.monotonic()
    assert play("<Say>Hi</Say><Pause length='86400'/>").took == 86_401
    assert time.monotonic() - began < 1
