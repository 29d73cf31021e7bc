"""`<Play>`: a file that the caller hears, or keys that their phone gets."""

from tests.scenarios.twiml.sounds import Sound, beep
from tests.scenarios.twiml.stage import Stage


def test_play(stage: Stage) -> None:
    """The file is heard, fetched by its URL: absolute, or relative to the document."""
    stage.file("low.wav", beep(440))
    high = stage.file("high.wav", beep(1_000))
    heard = stage.heard(f"<Play>app/low.wav</Play><Pause/><Play>{high}</Play>")
    first, second = (heard.between(*span) for span in heard.spans())
    assert (first.share(440) > 0.9, second.share(1_000) > 0.9) == (True, True)
    assert stage.codes() == []


def test_play__what_is_not_there(stage: Stage) -> None:
    """The failed fetch is told; the next verb follows."""
    call = stage.call(f"<Play>{stage.app.url}/gone.wav</Play><Say>On.</Say>")
    assert call.hears_sync("On.") < 1
    assert stage.codes() == [11200]


def test_play__what_is_no_sound(stage: Stage) -> None:
    """13420: a file of another kind is told of; the next verb follows."""
    url = stage.file("page.wav", b"this is text")
    call = stage.call(f"<Play>{url}</Play><Say>On.</Say>")
    assert call.hears_sync("On.") < 1
    assert stage.codes() == [13420]


def test_play__nothing(stage: Stage) -> None:
    """11100: without a URL, and without keys, the verb is skipped."""
    call = stage.call("<Play/><Play>http://a b/</Play><Say>On.</Say>")
    call.hears_sync("On.")
    assert stage.codes() == [11100, 11100]


def test_play_loop(stage: Stage) -> None:
    """It is played so often."""
    url = stage.file("low.wav", beep(440, seconds=0.5))
    heard = stage.heard(f'<Play loop="3">{url}</Play>')
    assert 1.4 < heard.spoken.seconds < 1.7
    assert heard.spoken.share(440) > 0.9


def test_play_loop__without_end(stage: Stage) -> None:
    """0 goes on until the call ends."""
    url = stage.file("low.wav", beep(440))
    call = stage.call(f'<Play loop="0">{url}</Play>')
    call.wait(20)
    assert Sound.of(call).between(15, 19).share(440) > 0.9


def test_play_loop__that_is_none(stage: Stage) -> None:
    """13410: it is played once."""
    url = stage.file("low.wav", beep(440))
    heard = stage.heard(f'<Play loop="often">{url}</Play>')
    assert heard.spoken.seconds < 0.6
    assert stage.codes() == [13410]


def test_play_digits(stage: Stage) -> None:
    """The phone gets the keys, with the pauses between them."""
    call = stage.call('<Play digits="1W2ww3#"/><Say>Done.</Say>')
    assert 2 < call.hears_sync("Done.") < 5
    assert call.keys == "123#"


def test_play_digits__that_are_none(stage: Stage) -> None:
    """13430: the verb is skipped."""
    call = stage.call('<Play digits="12x"/><Say>On.</Say>')
    call.hears_sync("On.")
    assert (call.keys, stage.codes()) == ("", [13430])
