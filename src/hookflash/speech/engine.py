"""What an engine of speech is."""

from collections.abc import AsyncIterator
from typing import Protocol

from hookflash.domain.speech import Utterance


class SpeechError(Exception):
    """An utterance could not be made; says why in a sentence."""


class SpeechEngine(Protocol):
    """Makes audio of text."""

    name: str  #: also part of the key under which its audio is kept: change it when the voices change
    rate: int  #: Hz, of what it makes

    def speak(self, utterance: Utterance) -> AsyncIterator[bytes]:
        """16-bit mono PCM, as it is made. Raises SpeechError."""
        ...
