"""`<Play>`, as a caller hears it."""

import pytest
from tests.unit.twiml.voice.voice_support import play

from hookflash.twiml.voice import SoundError


def test_a_file_is_played() -> None:
    """It answers, plays, and goes on when the file has ended."""
    played = play(
        "<Play>https://cdn.example/a.mp3</Play>", lambda leg: leg.lasts.update({"https://cdn.example/a.mp3": 2_500})
    )
    assert (played.heard, played.took, played.answered_at) == (["https://cdn.example/a.mp3"], 2.5, 0)


@pytest.mark.parametrize(("loop", "times"), [("3", 3), ("0", 1_000)])
def test_loop(loop: str, times: int) -> None:
    """So often; 0: until the call ends, at most 1,000 times."""
    assert len(play(f"<Play loop='{loop}'>a.wav</Play>").heard) == times


def test_keys_are_sent() -> None:
    """`digits` are pressed at the other end, with pauses of half a second (w) and a second (W)."""
    played = play("<Play digits='1wW#A'/>")
    assert played.call.leg.done == ["answered", "gets keys 1wW#A"]
    assert played.took == pytest.approx(1.8)


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("<Play loop='x'>a.wav</Play>", 13410),
        ("<Play digits='12e'/>", 13430),
        ("<Play/>", 11100),
        ("<Play>ftp://a.example/b</Play>", 11100),
    ],
)
def test_what_is_wrong_is_told(verb: str, code: int) -> None:
    """The loop has a default; a verb without anything to play is skipped, and answers nothing."""
    played = play(verb)
    assert played.codes == [code]
    assert played.heard == (["a.wav"] if code == 13410 else [])


def test_a_file_that_cannot_be_had_is_skipped() -> None:
    """The error is told, and the next verb is heard."""
    played = play(
        "<Play>gone.mp3</Play><Play>here.mp3</Play>",
        prepare=lambda call: call.broken.update({"gone.mp3": SoundError(11200, "404")}),
    )
    assert (played.heard, played.call.failures) == (["here.mp3"], [11200])
