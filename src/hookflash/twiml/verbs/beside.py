"""What the nouns of `<Start>` and `<Stop>` have in common."""

from collections.abc import Iterator
from dataclasses import dataclass

from hookflash.twiml.declaration import Verb
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.voice import VoiceCall


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside(Verb):
    """Something that goes on beside the call."""

    def check(self) -> Iterator[TwimlWarning]:
        """What is wrong with it that no attribute shows alone."""
        return iter(())

    async def start(self, call: VoiceCall) -> None:
        """Begin it; returns at once. Raises SoundError when it cannot."""
        raise NotImplementedError

    async def stop(self, call: VoiceCall) -> None:
        """End what goes by the same name."""
        raise NotImplementedError

    def warning(self, code: TwimlCode, sentence: str) -> TwimlWarning:
        """A warning about this element."""
        return TwimlWarning(code, sentence, self.line, self.column)

    def unknown(self, name: str | None) -> TwimlWarning:
        """A warning that there is nothing to be stopped."""
        what = f"named {name[:40]} " if name else "without a name "
        kind = self.declaration.name
        sentence = f"No <{kind}> {what}goes on in this call; there is nothing to stop."
        return self.warning(TwimlCode.SCHEMA, sentence)
