"""Utterances as SSML (W3C Speech Synthesis Markup Language 1.1), for engines that read it."""

from xml.sax.saxutils import escape, quoteattr

from hookflash.domain.speech import Mark, Utterance, Words


def ssml_of(utterance: Utterance) -> str:
    """The whole document."""
    return f"<speak>{_markup(utterance.words)}</speak>"


def _markup(words: Words) -> str:
    return "".join(escape(part) if isinstance(part, str) else _element(part) for part in words)


def _element(mark: Mark) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in mark.attributes)
    return f"<{mark.name}{attributes}>{_markup(mark.content)}</{mark.name}>"
