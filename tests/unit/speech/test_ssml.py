"""Utterances as SSML."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.speech import Mark, Utterance, Voice, Words
from hookflash.speech.ssml import ssml_of

VOICE = Voice("man", "en-US", "male")


def test_marks_are_elements() -> None:
    """Their attributes and what is inside come along, in order."""
    words: Words = ("It is ", Mark("say-as", (("interpret-as", "time"),), ("10:30",)), Mark("break"), ".")
    assert ssml_of(Utterance(VOICE, words)) == (
        '<speak>It is <say-as interpret-as="time">10:30</say-as><break></break>.</speak>'
    )


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc"))), st.text(alphabet="<>&\"' a"))
def test_no_text_breaks_out(text: str, value: str) -> None:
    """Whatever stands in a text or in a value, it is read back as that."""
    words: Words = (text, Mark("sub", (("alias", value),), (text,)))
    read = ElementTree.fromstring(ssml_of(Utterance(VOICE, words)))
    assert (read.text or "") == text
    assert read[0].get("alias") == value
    assert (read[0].text or "") == text
