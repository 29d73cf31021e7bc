"""A TwiML Bin: a document that is kept here, with blanks for the parameters of the request that it answers."""

import re
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

import msgspec

LARGEST = 64 * 1024  # bytes, of the document as it is kept: the limit of any document
LONGEST_NAME = 64  # characters

#: `{{From}}`; three braces, which elsewhere mean text as it is, mean the same here: callers could else write TwiML.
_BLANK = re.compile(r"\{\{\{\s*(\w{1,64})\s*\}\}\}|\{\{\s*(\w{1,64})\s*\}\}")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2


class TwimlBin(msgspec.Struct, kw_only=True):
    """A row of `twiml_bins`."""

    sid: str  #: EH…
    account_sid: str
    friendly_name: str
    twiml: str
    date_created: int
    date_updated: int


def filled(twiml: str, value_of: Callable[[str], str]) -> str:
    """The document with each blank filled by what `value_of` gives for its name, as text of XML."""
    return _BLANK.sub(lambda blank: _as_text(value_of(blank[1] or blank[2])), twiml)


def filled_by(twiml: str, params: Mapping[str, str]) -> str:
    """The document for a request with `params`; one that it lacks is empty."""
    return filled(twiml, lambda name: params.get(name, ""))


def _as_text(value: str) -> str:
    return escape(_NOT_XML.sub("", value), {'"': "&quot;", "'": "&apos;"})
