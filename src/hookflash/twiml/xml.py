"""XML read into a tree of elements that know their line and column.

Documents come from strangers. Expat never sees a DTD through (so no entity can grow), and size and depth are limited.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from hookflash.twiml.problems import TwimlCode, TwimlError

LARGEST_DOCUMENT = 64 * 1024  # bytes
DEEPEST_ELEMENT = 32  # levels; the deepest verb of TwiML needs five

#: What a document may be written in. The rest is left out because Python's other codecs are no match for hostile bytes.
ENCODINGS = frozenset({"utf-8", "us-ascii", "utf-16", "iso-8859-1", "iso-8859-15", "windows-1252"})


@dataclass(slots=True)
class Element:
    """An element: a `str` among the children is text as it stands between two elements."""

    name: str
    attributes: dict[str, str]
    line: int  #: from 1
    column: int  #: from 1
    children: "list[Element | str]" = field(default_factory=list)


def read_xml(body: bytes, encoding: str | None = None) -> Element:
    """The root element of `body`; `encoding`, one of `ENCODINGS`, goes before that of the XML declaration.

    Raises TwimlError for a body over 64 KB, one that is not well formed, has a DOCTYPE, or nests too deep.
    """
    if len(body) > LARGEST_DOCUMENT:
        sentence = f"The document has {len(body)} bytes; {LARGEST_DOCUMENT} are allowed."
        raise TwimlError(TwimlCode.BODY_TOO_LARGE, sentence)
    return _Reader(encoding).read(body)


class _Reader:
    def __init__(self, encoding: str | None) -> None:
        self._parser = expat.ParserCreate(encoding)
        self._open: list[Element] = []
        self._root: Element | None = None
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._started
        self._parser.EndElementHandler = self._ended
        self._parser.CharacterDataHandler = self._text

    def read(self, body: bytes) -> Element:
        try:
            self._parser.Parse(body, True)
        except expat.ExpatError as error:
            sentence = f"The document is not well-formed XML: {expat.errors.messages[error.code]}."
            raise TwimlError(TwimlCode.NOT_PARSABLE, sentence, error.lineno, error.offset + 1) from None
        assert self._root is not None, "expat reports a document without a root"
        return self._root

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if version != "1.0":
            raise self._refusal(TwimlCode.WRONG_XML_VERSION, f"XML {version} is not supported; use version 1.0.")
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise self._refusal(TwimlCode.NOT_PARSABLE, f"The encoding {encoding[:40]} is not supported; use UTF-8.")

    def _doctype(self, *_: object) -> None:
        raise self._refusal(TwimlCode.NOT_PARSABLE, "A document type declaration (DOCTYPE) is not allowed.")

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) == DEEPEST_ELEMENT:
            raise self._refusal(TwimlCode.NOT_PARSABLE, f"Elements are nested more than {DEEPEST_ELEMENT} deep.")
        element = Element(name, attributes, *self._place())
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _ended(self, name: str) -> None:
        self._open.pop()

    def _text(self, data: str) -> None:
        self._open[-1].children.append(data)

    def _refusal(self, code: TwimlCode, sentence: str) -> TwimlError:
        return TwimlError(code, sentence, *self._place())

    def _place(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
