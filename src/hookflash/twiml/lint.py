"""What is wrong with a document that is read and not run: all that the engine would tell, and what it does in silence.

The document is parsed and its verbs are checked by what runs them, too; nothing is judged here a second time but what
only a reader asks: whether a verb is ever reached, and whether anything is heard.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from hookflash.twiml.channels import MESSAGING, VOICE
from hookflash.twiml.cures import CURES
from hookflash.twiml.declaration import URL, Verb
from hookflash.twiml.document import Channel, Document, document_of
from hookflash.twiml.messaging import Incoming, run_messaging
from hookflash.twiml.problems import ERRORS, TwimlCode, TwimlError, TwimlWarning
from hookflash.twiml.verbs.play import Play
from hookflash.twiml.verbs.redirect_call import RedirectCall
from hookflash.twiml.verbs.start import Start
from hookflash.twiml.voice import VoiceVerb
from hookflash.twiml.xml import Element, read_xml

SOMEWHERE = "https://app.example/"  # stands for where a document would come from
SOMEBODY = Incoming(from_="+14155550199", to="+14155550100")
LONGEST_INLINE = 4_000  # characters of the parameter Twiml of a call
TOO_LONG_INLINE = 32018


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"  #: the document does that without a word, and may mean it


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a document."""

    level: Level
    code: int | None  #: of the public error dictionary; None for a note
    sentence: str
    cure: str
    line: int  #: from 1; 0: the whole document
    column: int


def lint(body: bytes, channel: Channel | None = None, *, is_inline: bool = False) -> tuple[Finding, ...]:
    """All that is wrong with the document `body`, in its order; without a `channel` its verbs tell which it is for.

    `is_inline` takes it for the parameter Twiml of a request: it has no URL of its own.
    """
    if is_inline and len(body.decode(errors="replace")) > LONGEST_INLINE:
        return (
            of_error(TOO_LONG_INLINE, f"A document that comes without a URL may have {LONGEST_INLINE:,} characters."),
        )
    try:
        root = read_xml(body)
        channel = channel or channel_of(root)
        document = document_of(root, channel)
    except TwimlError as error:
        return (_finding(Level.ERROR, error.code, error.sentence, error.line, error.column),)
    if channel is MESSAGING:
        warnings: Iterable[TwimlWarning] = run_messaging(document, SOMEBODY, SOMEWHERE).warnings
    else:
        warnings = [*document.warnings, *_checked(document.verbs, None if is_inline else SOMEWHERE)]
    told = [_of_warning(warning) for warning in warnings]
    return tuple(sorted([*told, *_notes(document, channel)], key=lambda each: (each.line, each.column)))


def channel_of(root: Element) -> Channel:
    """Whether a document answers a text or a call: where only verbs of texts stand, a text."""
    names = {child.name for child in root.children if isinstance(child, Element)}
    return MESSAGING if names & {"Message", "Sms"} and names <= {*MESSAGING.verbs} else VOICE


def of_error(code: int, sentence: str) -> Finding:
    """That a document could not be had at all."""
    return Finding(Level.ERROR, code, sentence, "", 0, 0)


# -- what the engine would tell --


def _checked(verbs: Iterable[Verb | str], url: str | None) -> Iterator[TwimlWarning]:
    """What verbs say of themselves, and those inside them."""
    for verb in verbs:
        if isinstance(verb, Verb):
            if isinstance(verb, VoiceVerb):
                yield from verb.check(url)
            if url is None:
                yield from _relative(verb)
            yield from _checked(verb.content, url)


def _relative(verb: Verb) -> Iterator[TwimlWarning]:
    """URLs that lead nowhere from a document that has none of its own."""
    attributes = verb.declaration.attributes.values()
    named = [(each.name, getattr(verb, each.field)) for each in attributes if each.kind is URL]
    if isinstance(verb, Play | RedirectCall):
        named.append(("The URL", verb.text))
    for name, url in named:
        if url and not url.startswith(("http://", "https://")):
            sentence = f"{name} of <{verb.declaration.name}> is relative, and this document has no URL of its own."
            yield TwimlWarning(TwimlCode.INVALID_URL, sentence, verb.line, verb.column)


def _of_warning(warning: TwimlWarning) -> Finding:
    level = Level.ERROR if warning.code in ERRORS else Level.WARNING
    return _finding(level, warning.code, warning.sentence, warning.line, warning.column)


def _finding(level: Level, code: TwimlCode, sentence: str, line: int, column: int) -> Finding:
    return Finding(level, int(code), sentence, CURES.get(code, ""), line, column)


# -- what it does in silence --


def _notes(document: Document, channel: Channel) -> Iterator[Finding]:
    verbs = document.verbs
    last = next((at for at, verb in enumerate(verbs) if verb.is_last), None)
    if last is not None and last + 1 < len(verbs):
        unreached = verbs[last + 1]
        sentence = f"<{unreached.declaration.name}> is never reached: <{verbs[last].declaration.name}> goes elsewhere."
        yield _note(sentence, "Take it out, or put it before.", unreached)
    if not verbs:
        silence = "no reply is sent" if channel is MESSAGING else "the call ends at once"
        yield Finding(Level.NOTE, None, f"No verb is left to run: {silence}.", "Put a verb into it.", 0, 0)
    elif isinstance(verbs[-1], Start):
        sentence = "Nothing follows <Start>: the call ends, and with it what was begun."
        yield _note(sentence, "Put a verb behind that takes time, such as <Say> or <Dial>.", verbs[-1])
    elif last is None and not any(verb.is_heard for verb in verbs if isinstance(verb, VoiceVerb)) and channel is VOICE:
        sentence = "Nothing of it is heard: the call ends at once."
        yield _note(sentence, "Put a verb behind that takes time, such as <Say> or <Dial>.", verbs[-1])


def _note(sentence: str, cure: str, verb: Verb) -> Finding:
    return Finding(Level.NOTE, None, sentence, cure, verb.line, verb.column)
