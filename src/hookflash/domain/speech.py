"""What is to be spoken, and by whom: text with marks of how, which any speech engine can read."""

from collections.abc import Iterable

import msgspec


class Voice(msgspec.Struct, frozen=True):
    """A voice as an application asks for it. An engine that does not have it takes one that is like it."""

    name: str  #: man, woman, alice, Polly.Joanna-Neural, Google.en-US-Wavenet-A …
    language: str  #: BCP 47, as `en-US`: what is spoken
    gender: str = "female"  #: male or female


class Mark(msgspec.Struct, frozen=True):
    """A stretch of speech that is spoken in its own way: an element of SSML (W3C Speech Synthesis Markup 1.1).

    `break`, `emphasis`, `lang`, `p`, `phoneme`, `prosody`, `s`, `say-as`, `sub` and `w` exist, with their attributes.
    """

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    content: "tuple[Mark | str, ...]" = ()

    def get(self, name: str) -> str:
        """The value of an attribute; empty when it is not there."""
        return dict(self.attributes).get(name, "")


Words = tuple[Mark | str, ...]


class Utterance(msgspec.Struct, frozen=True):
    """Words in a voice: what a speech engine speaks, and what its cache goes by."""

    voice: Voice
    words: Words

    @property
    def text(self) -> str:
        """The words alone."""
        return plain_text(self.words)


def plain_text(words: Iterable[Mark | str]) -> str:
    """Words without their marks, each run of white space as one space."""
    return " ".join("".join(_pieces(words)).split())


def _pieces(words: Iterable[Mark | str]) -> Iterable[str]:
    for part in words:
        if isinstance(part, str):
            yield part
        elif alias := part.get("alias"):
            yield alias
        else:
            yield from _pieces(part.content)
