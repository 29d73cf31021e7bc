"""`<Say>`: text that the caller hears."""

from tests.scenarios.twiml.sounds import Sound
from tests.scenarios.twiml.stage import Stage


def test_say(stage: Stage) -> None:
    """The text is heard, and the next verb follows; without one the call ends."""
    call = stage.call("<Say>Good morning.</Say><Say>How are you?</Say>")
    assert call.hears_sync("Good morning.") < call.hears_sync("How are you?")
    call.over_sync()
    assert (call.cause, stage.codes()) == ("remote", [])


def test_say__nothing(stage: Stage) -> None:
    """13520: without text the verb is skipped."""
    call = stage.call("<Say> </Say><Say>On.</Say>")
    assert call.hears_sync("On.") < 0.5
    assert stage.codes() == [13520]


def test_say__too_much(stage: Stage) -> None:
    """13521: a text over the limit of its voice is not spoken."""
    call = stage.call(f"<Say>{'word ' * 900}</Say><Say>On.</Say>")
    assert call.hears_sync("On.") < 0.5
    assert stage.codes() == [13521]


def test_say_voice(stage: Stage) -> None:
    """A woman's voice is higher than a man's; who is asked for by name speaks."""
    man = stage.heard('<Say voice="man">Where are you now?</Say>')
    woman = stage.heard('<Say voice="woman">Where are you now?</Say>')
    assert 60 < man.pitch < 150 < woman.pitch < 400
    assert woman.is_like(stage.heard('<Say voice="Polly.Joanna">Where are you now?</Say>'))
    assert stage.codes() == []


def test_say_voice__that_nobody_has(stage: Stage) -> None:
    """13511: the default speaks."""
    plain = stage.heard("<Say>Where are you now?</Say>")
    assert plain.is_like(stage.heard('<Say voice="Robot.One">Where are you now?</Say>'))
    assert stage.codes() == [13511]


def test_say_language(stage: Stage) -> None:
    """The text is read by the rules of its language."""
    english = stage.heard("<Say>Wir sind da.</Say>")
    german = stage.heard('<Say language="de-DE">Wir sind da.</Say>')
    assert not english.is_like(german)
    assert german.is_like(stage.heard('<Say language="de">Wir sind da.</Say>'))


def test_say_language__that_nobody_speaks(stage: Stage) -> None:
    """13512: the voice's own is spoken."""
    plain = stage.heard("<Say>Wir sind da.</Say>")
    assert plain.is_like(stage.heard('<Say language="xx-XX">Wir sind da.</Say>'))
    assert stage.codes() == [13512]


def test_say_loop(stage: Stage) -> None:
    """It is said so often."""
    once = stage.heard("<Say>Again.</Say>")
    assert len(stage.heard('<Say loop="3">Again.</Say>').spans(silence=0.1)) == 3 * len(once.spans(silence=0.1))


def test_say_loop__without_end(stage: Stage) -> None:
    """0 goes on until the call ends."""
    call = stage.call('<Say loop="0">Again.</Say><Say>Never.</Say>')
    call.wait(30)
    assert len(Sound.of(call).spans(silence=0.1)) > 15
    assert (call.status, call.transcript()) == ("answered", ["Again."])


def test_say_loop__that_is_none(stage: Stage) -> None:
    """13510: it is said once."""
    once = stage.heard("<Say>Again.</Say>")
    assert stage.heard('<Say loop="-1">Again.</Say>').is_like(once)
    assert stage.codes() == [13510]
