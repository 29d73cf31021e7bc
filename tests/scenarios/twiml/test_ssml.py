# ruff: noqa: RUF001 - these letters are what is meant
"""The elements inside `<Say>` that tell how its text is spoken. The basic voices do not know them."""

from tests.scenarios.twiml.sounds import Sound
from tests.scenarios.twiml.stage import Stage


def said(stage: Stage, markup: str) -> Sound:
    """How a voice that knows SSML speaks it."""
    return stage.heard(f'<Say voice="Polly.Joanna">{markup}</Say>').spoken


def test_say__without_ssml(stage: Stage) -> None:
    """man, woman and alice speak the text, and no more."""
    plain = stage.heard('<Say voice="woman">one two</Say>')
    assert plain.is_like(stage.heard('<Say voice="woman">one <prosody rate="x-slow">two</prosody></Say>'))


def test_break(stage: Stage) -> None:
    """There is silence between the words."""
    assert len(said(stage, "one<break/>two").spans(silence=0.15)) == 2


def test_break_strength(stage: Stage) -> None:
    """A stronger one is longer."""
    none, strong = (said(stage, f'one<break strength="{how}"/>two') for how in ("none", "x-strong"))
    assert strong.seconds > none.seconds + 0.4


def test_break_time(stage: Stage) -> None:
    """So long, in seconds or milliseconds."""
    (_, end), (start, _) = said(stage, 'one<break time="2s"/>two').spans()
    assert 1.8 < start - end < 2.2
    (_, end), (start, _) = said(stage, 'one<break time="900ms"/>two').spans()
    assert 0.7 < start - end < 1.1


def test_break_time__that_is_none(stage: Stage) -> None:
    """12200: it is a break like any other."""
    assert said(stage, 'one<break time="soon"/>two').is_like(said(stage, "one<break/>two"))
    stage.heard('<Say voice="Polly.Joanna">one<break time="soon"/>two</Say>')
    assert stage.codes() == [12200]


def test_emphasis(stage: Stage) -> None:
    """The word is spoken otherwise."""
    plain = said(stage, "I really like it")
    assert not plain.is_like(said(stage, "I <emphasis>really</emphasis> like it"))


def test_emphasis_level(stage: Stage) -> None:
    """Stressed words are louder than reduced ones."""
    strong, reduced = (
        said(stage, f'I <emphasis level="{how}">really</emphasis> like it') for how in ("strong", "reduced")
    )
    assert strong.loudness > 1.2 * reduced.loudness


def test_lang(stage: Stage) -> None:
    """The text inside is spoken; the voice goes on in its own language."""
    assert said(stage, "<lang>hello</lang>").is_like(said(stage, "hello"))


def test_lang_xml_lang(stage: Stage) -> None:
    """Words of another language are read by its rules."""
    french = said(stage, '<lang xml:lang="fr-FR">Je parle</lang>')
    assert not french.is_like(said(stage, "Je parle"))
    assert 0.5 * french.pitch < said(stage, "Je parle").pitch < 2 * french.pitch


def test_p(stage: Stage) -> None:
    """Paragraphs are apart."""
    assert len(said(stage, "<p>one</p><p>two</p>").spans()) == 2


def test_s(stage: Stage) -> None:
    """Sentences are apart."""
    assert len(said(stage, "<s>one</s><s>two</s>").spans()) == 2


def test_phoneme(stage: Stage) -> None:
    """Without a pronunciation the word is spoken as it is written."""
    assert said(stage, "<phoneme>pecan</phoneme>").is_like(said(stage, "pecan"))


def test_phoneme_ph(stage: Stage) -> None:
    """The pronunciation is heard instead of the word."""
    hello = said(stage, '<phoneme alphabet="ipa" ph="həˈloʊ">pecan</phoneme>')
    assert hello.is_like(said(stage, '<phoneme alphabet="ipa" ph="həˈloʊ">walnut</phoneme>'))
    assert not hello.is_like(said(stage, "pecan"))


def test_phoneme_alphabet(stage: Stage) -> None:
    """The same pronunciation can be written in more than one."""
    ipa = said(stage, '<phoneme alphabet="ipa" ph="pɪˈkɑːn">pecan</phoneme>')
    assert ipa.is_like(said(stage, '<phoneme alphabet="x-sampa" ph="pI&quot;kA:n">pecan</phoneme>'))


def test_prosody(stage: Stage) -> None:
    """Without attributes it changes nothing."""
    assert said(stage, "<prosody>twelve</prosody>").is_like(said(stage, "twelve"))


def test_prosody_volume(stage: Stage) -> None:
    """Words are softer, or cannot be heard."""
    plain = said(stage, "twelve")
    assert said(stage, '<prosody volume="x-soft">twelve</prosody>').loudness < plain.loudness / 2
    assert said(stage, '<prosody volume="-12dB">twelve</prosody>').loudness < plain.loudness / 2
    assert said(stage, '<prosody volume="silent">twelve</prosody>').samples == ()


def test_prosody_rate(stage: Stage) -> None:
    """Words are slower, or faster."""
    plain = said(stage, "one hundred and twelve")
    assert said(stage, '<prosody rate="50%">one hundred and twelve</prosody>').seconds > 1.4 * plain.seconds
    assert said(stage, '<prosody rate="x-fast">one hundred and twelve</prosody>').seconds < 0.8 * plain.seconds


def test_prosody_rate__that_is_none(stage: Stage) -> None:
    """13513: they are as fast as before."""
    plain = said(stage, "twelve")
    assert plain.is_like(said(stage, '<prosody rate="rather slow">twelve</prosody>'))
    assert stage.codes() == [13513]


def test_prosody_pitch(stage: Stage) -> None:
    """Words are higher, or lower."""
    low, plain, high = (said(stage, f'<prosody pitch="{how}">aha oho</prosody>') for how in ("x-low", "medium", "+50%"))
    assert low.pitch < plain.pitch < high.pitch


def test_say_as(stage: Stage) -> None:
    """Without a meaning the text is spoken as it would be."""
    assert said(stage, "<say-as>12</say-as>").is_like(said(stage, "12"))


def test_say_as_interpret_as(stage: Stage) -> None:
    """What stands there is read as what it is."""
    digits = said(stage, '<say-as interpret-as="digits">1234</say-as>')
    assert not digits.is_like(said(stage, "1234"))
    alike = {
        '<say-as interpret-as="characters">1234</say-as>': '<say-as interpret-as="digits">1234</say-as>',
        '<say-as interpret-as="telephone">1234</say-as>': '<say-as interpret-as="digits">1234</say-as>',
        '<say-as interpret-as="spell-out">BBC</say-as>': '<say-as interpret-as="characters">BBC</say-as>',
        '<say-as interpret-as="cardinal">12</say-as>': "twelve",
        '<say-as interpret-as="number">12</say-as>': "twelve",
        '<say-as interpret-as="ordinal">12</say-as>': "twelfth",
        '<say-as interpret-as="fraction">3/20</say-as>': "3 over 20",
        '<say-as interpret-as="unit">10kg</say-as>': "10 kilograms",
        '<say-as interpret-as="time">1\'21"</say-as>': "1 minute 21 seconds",
        '<say-as interpret-as="address">12 Main St</say-as>': "12 Main street",
        '<say-as interpret-as="expletive">damn</say-as>': "beep",
    }
    for markup, plain in alike.items():
        assert said(stage, markup).is_like(said(stage, plain)), markup


def test_say_as_format(stage: Stage) -> None:
    """The same digits are another date when their order is another."""
    first, second = (
        said(stage, f'<say-as interpret-as="date" format="{order}">1/2/2024</say-as>') for order in ("mdy", "dmy")
    )
    assert first.is_like(said(stage, "January 2nd, 2024"))
    assert second.is_like(said(stage, "February 1st, 2024"))
    assert said(stage, '<say-as interpret-as="date" format="yyyymmdd">????0201</say-as>').is_like(
        said(stage, "February 1st")
    )


def test_say_as_role(stage: Stage) -> None:
    """The older name of `format`."""
    older = said(stage, '<say-as interpret-as="date" role="dmy">1/2/2024</say-as>')
    assert older.is_like(said(stage, '<say-as interpret-as="date" format="dmy">1/2/2024</say-as>'))


def test_sub(stage: Stage) -> None:
    """Without an alias the text is spoken."""
    assert said(stage, "<sub>hello</sub>").is_like(said(stage, "hello"))


def test_sub_alias(stage: Stage) -> None:
    """The alias is heard instead of the text."""
    assert said(stage, '<sub alias="World Wide Web">WWW</sub>').is_like(said(stage, "World Wide Web"))


def test_w(stage: Stage) -> None:
    """The word is spoken."""
    assert said(stage, "<w>read</w>").is_like(said(stage, "read"))


def test_w_role(stage: Stage) -> None:
    """A verb of the past sounds otherwise than that of today, where the two are written alike."""
    past = said(stage, '<w role="amazon:VBD">read</w>')
    assert past.is_like(said(stage, "red"))
    assert said(stage, '<w role="amazon:VB">read</w>').is_like(said(stage, "reed"))
