"""The body of a webhook's answer, by its Content-Type, as a document."""

import codecs
from email.message import Message as Headers
from functools import lru_cache

from hookflash.twiml.document import Channel, Document, document_of
from hookflash.twiml.problems import TwimlCode, TwimlError
from hookflash.twiml.xml import ENCODINGS, LARGEST_DOCUMENT, read_xml

XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
PLAIN_TYPE = "text/plain"

_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # they know better (RFC 7303 §3)


def parse_answer(body: bytes, content_type: str, channel: Channel) -> Document:
    """The document of an answer to a webhook: TwiML, or plain text, which stands for one verb; nothing for no body.

    `content_type` is the header as it came. Raises TwimlError when the answer cannot be run: 12300 for another type,
    12100 and its neighbours for what is not TwiML, 11750 over 64 KB.
    """
    if not body:
        return Document()
    media_type, charset = _content_type(content_type)
    if charset is not None and charset not in ENCODINGS:
        raise TwimlError(TwimlCode.NOT_PARSABLE, f"The charset {charset[:40]} is not supported; use UTF-8.")
    if media_type in XML_TYPES:
        return parse_document(body, channel, None if body.startswith(_BYTE_ORDER_MARKS) else charset)
    if media_type == PLAIN_TYPE:
        return _plain(body, charset or "utf-8", channel)
    found = f"is {media_type[:60]}" if media_type else "is missing"
    raise TwimlError(
        TwimlCode.CONTENT_TYPE,
        f"The Content-Type of the answer {found}; use text/xml, application/xml, text/html or text/plain.",
    )


def parse_document(body: bytes, channel: Channel, encoding: str | None = None) -> Document:
    """The document that `body` is as XML; raises TwimlError."""
    return document_of(read_xml(body, encoding), channel)


def _plain(body: bytes, charset: str, channel: Channel) -> Document:
    if len(body) > LARGEST_DOCUMENT:
        raise TwimlError(TwimlCode.BODY_TOO_LARGE, f"The text has {len(body)} bytes; {LARGEST_DOCUMENT} are allowed.")
    try:
        text = body.decode(charset).removeprefix("\ufeff").strip()
    except UnicodeDecodeError:
        raise TwimlError(TwimlCode.NOT_PARSABLE, f"The text is not in {charset}, as it should be.") from None
    return Document((channel.plain_text(line=1, column=1, content=(text,)),)) if text else Document()


@lru_cache(256)  # an app answers with one or two of them, for ever
def _content_type(header: str) -> tuple[str, str | None]:
    """The media type in small letters, empty when there is none, and the charset."""
    headers = Headers()
    headers["Content-Type"] = header.replace("\r", " ").replace("\n", " ")
    return headers.get_content_type() if "/" in header else "", headers.get_content_charset()
