"""What a document does that answers an incoming message: a pure account of the replies and of where to go next."""

from dataclasses import dataclass
from typing import Protocol, cast

from hookflash.twiml.declaration import Verb
from hookflash.twiml.document import Document
from hookflash.twiml.problems import TwimlCode, TwimlWarning

MOST_REPLIES = 10  # to one incoming message


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """The message that is being answered."""

    from_: str  #: who wrote: E.164, short code or channel address
    to: str  #: the number or address of ours that was written to
    service_sid: str | None = None  #: MG…, when it reached a messaging service


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDraft:
    """A message to be sent; whether `from_` may send it is for the sender to find out."""

    to: str
    from_: str
    body: str  #: may be empty when there are media
    media_urls: tuple[str, ...] = ()  #: absolute
    status_urls: tuple[str, ...] = ()  #: absolute, each once
    status_method: str = "POST"
    service_sid: str | None = None  #: MG…, when the reply goes out by the service that was written to


@dataclass(frozen=True, slots=True)
class GoTo:
    """The document ends here and another one, at an absolute URL, goes on."""

    url: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagingOutcome:
    replies: tuple[ReplyDraft, ...] = ()  #: in the order of the document
    redirect: GoTo | None = None
    warnings: tuple[TwimlWarning, ...] = ()  #: of parsing and of running


class MessagingVerb(Protocol):
    """A verb of this channel: one step of a document."""

    def run(self, incoming: Incoming, base_url: str) -> ReplyDraft | GoTo | TwimlWarning:
        """What it comes to; relative URLs are taken from `base_url`. A warning means that the verb is skipped."""
        ...


def run_messaging(document: Document, incoming: Incoming, base_url: str) -> MessagingOutcome:
    """Run the verbs of `document` from the top until its end or a redirect.

    `base_url` is the absolute URL that the document came from. The limit of documents per message is the caller's.
    """
    replies: list[ReplyDraft] = []
    warnings = list(document.warnings)
    redirect = None
    left_over = 0
    for verb in document.verbs:
        step = cast("MessagingVerb", verb).run(incoming, base_url)
        if isinstance(step, GoTo):
            redirect = step
            break
        if isinstance(step, TwimlWarning):
            warnings.append(step)
        elif len(replies) < MOST_REPLIES:
            replies.append(step)
        else:
            left_over += 1
            if left_over == 1:
                warnings.append(_too_many(verb))
    return MessagingOutcome(replies=tuple(replies), redirect=redirect, warnings=tuple(warnings))


def _too_many(verb: Verb) -> TwimlWarning:
    sentence = f"A document may send {MOST_REPLIES} replies; this one and those after it are not sent."
    return TwimlWarning(TwimlCode.TOO_MANY_REPLIES, sentence, verb.line, verb.column)
