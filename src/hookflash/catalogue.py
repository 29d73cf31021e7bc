"""One view of every code this program can answer with or record, wherever it is declared.

The pages at `/docs/errors/{code}` and the reference tables are made from it.
"""

from enum import StrEnum
from functools import cache

import msgspec

from hookflash.errors import Code
from hookflash.twiml.problems import TwimlCode
from hookflash.webhooks.codes import WebhookCode


class Where(StrEnum):
    """Where a code is met."""

    REFUSAL = "the answer to a REST request"
    OUTCOME = "a message's ErrorCode"
    WEBHOOK = "the debugger, about a request to your application"
    TWIML = "the debugger, about the document of your application"


class Meaning(msgspec.Struct, frozen=True):
    """One thing that a code can say."""

    name: str  #: in words, such as "body too long"
    where: Where
    sentence: str  #: with {blanks}
    status: int | None = None  #: of HTTP, for a refusal


class Entry(msgspec.Struct, frozen=True):
    """A code with all that it can say."""

    number: int
    meanings: tuple[Meaning, ...]

    @property
    def title(self) -> str:
        """The name of its first meaning, as a heading."""
        name = self.meanings[0].name
        return name[0].upper() + name[1:]


@cache
def catalogue() -> dict[int, Entry]:
    """Every code, by number, in order."""
    found: dict[int, list[Meaning]] = {}
    for code in Code:
        where = Where.OUTCOME if code.status is None else Where.REFUSAL
        found.setdefault(code.number, []).append(Meaning(_words(code.name), where, code.sentence, code.status))
    for webhook in WebhookCode:
        found.setdefault(webhook.number, []).append(Meaning(_words(webhook.name), Where.WEBHOOK, webhook.sentence))
    for twiml in TwimlCode:
        found.setdefault(twiml.value, []).append(Meaning(_words(twiml.name), Where.TWIML, TWIML_SENTENCES[twiml]))
    return {number: Entry(number, tuple(found[number])) for number in sorted(found)}


def _words(name: str) -> str:
    return name.lower().replace("_", " ").replace("twiml", "TwiML").replace("url", "URL").replace("xml", "XML")


#: What each code about a document means; where one is recorded, a sentence about that very document goes with it.
TWIML_SENTENCES = {
    TwimlCode.INVALID_URL: "A URL in the document cannot be used.",
    TwimlCode.BODY_TOO_LARGE: "The document is larger than 64 KB.",
    TwimlCode.NOT_PARSABLE: "The document is not well-formed XML, or has a DOCTYPE.",
    TwimlCode.WRONG_XML_VERSION: "The document names an XML version other than 1.0.",
    TwimlCode.WRONG_ROOT: "The document's root is not <Response>; names are case-sensitive.",
    TwimlCode.SCHEMA: "An element or attribute is not one of TwiML; it was passed over.",
    TwimlCode.CONTENT_TYPE: "The answer is of none of the types text/xml, application/xml, text/html and text/plain.",
    TwimlCode.MESSAGE_TO: "The `to` of a <Message> is not a number or address.",
    TwimlCode.MESSAGE_FROM: "The `from` of a <Message> is not one that the account can send from.",
    TwimlCode.MESSAGE_BODY: "A <Message> has neither text nor media, or more than 1,600 characters.",
    TwimlCode.MESSAGE_METHOD: "The `method` of a <Message> is neither GET nor POST.",
    TwimlCode.MESSAGE_STATUS_CALLBACK: "The `statusCallback` of a <Message> is not a URL.",
    TwimlCode.TOO_MANY_DOCUMENTS: "An incoming message may lead to 50 documents; a <Redirect> asked for one more.",
    TwimlCode.TOO_MANY_REPLIES: "A document may have 10 replies; those after the tenth were not sent.",
    TwimlCode.VERB_NOT_ALLOWED: "Documents that answer texts may have <Message>, <Redirect> and <Sms>, nothing else.",
    TwimlCode.INVALID_MEDIA_URL: "The URL of a <Media> cannot be used.",
    TwimlCode.TOO_MANY_MEDIA: "A <Message> may have 10 <Media> at most.",
}
