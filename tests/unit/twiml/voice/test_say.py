"""`<Say>`, as a caller hears it."""

import pytest
from tests.unit.twiml.voice.voice_support import Played, play

from hookflash.domain.speech import Mark, Utterance, Voice
from hookflash.switch.leg import HungUp
from hookflash.switch.protocol import AnySource, File, Stream
from hookflash.testing.leg import ScriptedLeg
from hookflash.twiml.voice import FALL_THROUGH, GoTo, SoundError


def voice_of(played: Played) -> Voice:
    (utterance,) = played.call.speech.spoken
    return utterance.voice


def test_it_answers_and_speaks() -> None:
    """As the first verb it takes the call; the next verb follows when all is said."""
    played = play("<Say>Welcome</Say>")
    assert (played.heard, played.answered_at, played.next) == (["Welcome"], 0, FALL_THROUGH)
    assert voice_of(played) == Voice("man", "en-US", "male")


@pytest.mark.parametrize(("loop", "times"), [("2", 2), ("0", 1_000), ("1500", 1_000)])
def test_loop(loop: str, times: int) -> None:
    """It is said so often; 0 means until the call ends, which is capped at 1,000."""
    assert play(f"<Say loop='{loop}'>Hi</Say>").heard == ["Hi"] * times


def test_a_loop_without_end_ends_with_the_call() -> None:
    """The caller's hang-up interrupts it."""
    with pytest.raises(HungUp):
        play("<Say loop='0'>Hi</Say>", lambda leg: leg.at(2.5, leg.go))


@pytest.mark.parametrize(
    ("attributes", "voice"),
    [
        ("voice='woman'", Voice("woman", "en-US", "female")),
        ("voice='alice' language='fr-FR'", Voice("alice", "fr-FR", "female")),
        ("voice='Polly.Joanna'", Voice("Polly.Joanna", "en-US", "female")),
        ("voice='Polly.Vicki-Neural'", Voice("Polly.Vicki-Neural", "de-DE", "female")),
        ("voice='Polly.Léa'", Voice("Polly.Léa", "fr-FR", "female")),
        ("voice='Polly.Geraint'", Voice("Polly.Geraint", "en-GB-WLS", "male")),
        ("voice='Polly.Aditi' language='hi-IN'", Voice("Polly.Aditi", "hi-IN", "female")),
        ("voice='Google.es-US-Wavenet-B'", Voice("Google.es-US-Wavenet-B", "es-US", "male")),
        ("voice='Google.en-AU-Chirp3-HD-Kore'", Voice("Google.en-AU-Chirp3-HD-Kore", "en-AU", "female")),
        ("language='en-gb'", Voice("man", "en-GB", "male")),
        ("language='en-UK'", Voice("man", "en-GB", "male")),
        ("language='de'", Voice("man", "de-DE", "male")),
    ],
)
def test_voices_and_languages(attributes: str, voice: Voice) -> None:
    """A voice brings its language; the names of older applications are understood."""
    played = play(f"<Say {attributes}>Hi</Say>")
    assert (voice_of(played), played.codes) == (voice, [])


@pytest.mark.parametrize(
    ("attributes", "code", "language"),
    [
        ("voice='Polly.Nobody'", 13511, "en-US"),
        ("voice='robot' language='it-IT'", 13511, "it-IT"),
        ("voice='Polly.Joanna' language='ja-JP'", 13511, "ja-JP"),
        ("language='tlh'", 13512, "en-US"),
        ("loop='often'", 13510, "en-US"),
    ],
)
def test_a_wrong_value_is_told_and_the_default_is_used(attributes: str, code: int, language: str) -> None:
    """The text is said all the same; where voice and language do not fit, the language goes first."""
    played = play(f"<Say {attributes}>Hi</Say>")
    assert (played.heard, played.codes, voice_of(played).language) == (["Hi"], [code], language)


def test_ssml_is_kept_for_voices_that_know_it() -> None:
    """The marks come to the engine as a tree, with their attributes."""
    played = play(
        "<Say voice='Polly.Joanna'>One <prosody rate='slow'>two <break time='500ms'/><emphasis level='strong'>"
        "three</emphasis></prosody> <say-as interpret-as='telephone'>4155550100</say-as></Say>"
    )
    (utterance,) = played.call.speech.spoken
    slow = Mark(
        "prosody",
        (("rate", "slow"),),
        ("two ", Mark("break", (("time", "500ms"),)), Mark("emphasis", (("level", "strong"),), ("three",))),
    )
    number = Mark("say-as", (("interpret-as", "telephone"),), ("4155550100",))
    assert utterance.words == ("One ", slow, " ", number)
    assert played.codes == []


def test_ssml_nests_without_end() -> None:
    """`lang` and `prosody` hold everything, themselves too."""
    text = "<lang xml:lang='fr-FR'><p><s><w role='amazon:VB'>un</w> <sub alias='deux'>2</sub></s></p></lang>"
    played = play(f"<Say voice='Polly.Joanna'><prosody volume='loud'>{text}</prosody></Say>")
    assert (played.heard, played.codes) == (["un deux"], [])


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<p><p>x</p></p> y", 12200),
        ("<break><s>x</s></break> y", 12200),
        ("<prosody rate='warp'>y</prosody>", 13513),
        ("<break time='soon'/> y", 12200),
        ("<audio src='x'/> y", 12200),
    ],
)
def test_wrong_ssml_is_passed_over(inside: str, code: int) -> None:
    """What may not stand there, or has a wrong value, is told; the rest is said."""
    played = play(f"<Say voice='Polly.Joanna'>{inside}</Say>")
    assert (played.heard, set(played.codes)) == (["y"], {code})


def test_the_basic_voices_know_no_ssml() -> None:
    """man, woman and alice speak the text without the tags."""
    played = play("<Say voice='alice'>Hello <emphasis>dear</emphasis><break/> caller</Say>")
    (utterance,) = played.call.speech.spoken
    assert utterance.words == ("Hello dear caller",)


@pytest.mark.parametrize("inside", ["", "   ", "<break/>"])
def test_no_text_is_no_verb(inside: str) -> None:
    """It is skipped with 13520, and does not even answer."""
    played = play(f"<Say>{inside}</Say>")
    assert (played.heard, played.answered_at, played.codes) == ([], None, [13520])


@pytest.mark.parametrize(
    ("voice", "text", "said"),
    [
        ("man", "a" * 4_096, True),
        ("man", "a" * 4_097, False),
        ("Polly.Amy", f"<emphasis>{'a' * 3_000}</emphasis>", True),
        ("Polly.Amy", "a" * 3_001, False),
        ("Google.en-US-Standard-A", "a" * 4_500, True),
        ("Google.en-US-Standard-A", "<emphasis level='strong'>a</emphasis>" * 150, False),
        ("man", "ä" * 751, False),
    ],
)
def test_how_long_a_text_may_be(voice: str, text: str, *, said: bool) -> None:
    """Each family has its limit, Google's with tags; none may have more than 4,500 characters as in a URL: 13521."""
    played = play(f"<Say voice='{voice}'>{text}</Say>")
    assert (bool(played.heard), played.codes) == (said, [] if said else [13521])


def test_a_stream_is_heard_once() -> None:
    """Speech that is still being made cannot be played twice: the next time the engine is asked again."""

    class Streaming:
        asked = 0

        async def say(self, utterance: Utterance) -> AnySource:
            self.asked += 1
            return Stream(stream=7) if self.asked == 1 else File(path="kept")

    for verbs in ("<Say loop='3'>Hi</Say>", "<Gather><Say loop='3'>Hi</Say></Gather>"):
        played = play(verbs, prepare=lambda call: setattr(call, "speech", Streaming()))
        assert played.heard == ["stream 7", "kept", "kept"]


def test_what_cannot_be_played_is_told_and_the_call_goes_on() -> None:
    """A leg that cannot play a source says so; the next verb, or the keys of a Gather, come all the same."""

    def script(leg: ScriptedLeg) -> None:
        leg.unplayable.add("bad")
        leg.at(1, lambda: leg.press("1"))

    played = play("<Say>bad</Say><Gather numDigits='1'><Say>bad</Say></Gather>", script)
    assert (played.call.failures, played.next) == ([13420, 13420], GoTo("", "POST", {"Digits": "1"}))


def test_speech_that_fails_is_told_and_the_call_goes_on() -> None:
    """The caller waits for nothing, and hears the next verb."""
    played = play(
        "<Say>broken</Say><Say>next</Say>",
        prepare=lambda call: call.broken.update(broken=SoundError(12400, "no engine")),
    )
    assert (played.heard, played.call.failures) == (["next"], [12400])
