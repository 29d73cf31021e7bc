"""Pieces of what an engine understood, put together as whoever listens wants them."""

from hookflash.speech.recogniser import Hearing, Transcript
from hookflash.speech.stability import stability

from .dialect import Part


class Collecting:
    """Makes transcripts of parts: one in all where there is one utterance, else one for each."""

    def __init__(self, how: Hearing) -> None:
        self._how = how
        self._settled: list[Part] = []
        self._last_partial = ""

    def add(self, part: Part) -> Transcript | None:
        """What can be told now."""
        if not part.is_final:
            return self._partial(part)
        if part.text:
            self._settled.append(part)
        return self.finish() if part.ends_utterance and not self._how.is_one_utterance else None

    def finish(self) -> Transcript | None:
        """What was understood of the utterance."""
        parts, self._settled = self._settled, []
        if not parts:
            return None
        known = [part.confidence for part in parts if part.confidence is not None]
        return Transcript(
            text=" ".join(part.text for part in parts),
            confidence=round(sum(known) / len(known), 3) if known else None,
            provider_data=parts[-1].raw,
        )

    def _partial(self, part: Part) -> Transcript | None:
        text = " ".join([*(settled.text for settled in self._settled), part.text]).strip()
        if not self._how.partials or not text or text == self._last_partial:
            return None
        before, self._last_partial = self._last_partial.split(), text
        return Transcript(text=text, is_final=False, stability=stability(before, text.split()), provider_data=part.raw)
