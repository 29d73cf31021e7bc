"""How a verb is declared: once, as data, from which the parser and the reference tables come.

@verb("Redirect", text=URL_TEXT)
@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect(Verb):
    method: str = attribute("method", one_of("GET", "POST"), default="POST", refuse=TwimlCode.MESSAGE_METHOD)
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from hookflash.twiml.problems import TwimlCode, TwimlWarning

V = TypeVar("V", bound="type[Verb]")


@dataclass(frozen=True, slots=True)
class ValueKind:
    """What an attribute may hold: in words for the reference, and as the function that reads it.

    `read` takes the text of the attribute and raises ValueError, with what is wrong as a phrase, to refuse it.
    """

    words: str
    read: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str  #: as documents write it
    field: str  #: of the verb's class
    kind: ValueKind
    default: Any
    code: TwimlCode  #: of the warning about a value that is not of its kind
    skips: bool  #: whether such a value lets the whole verb be passed over, or the default be used
    summary: str  #: for the reference
    coming: str = ""  #: what a later version brings, when the attribute has no use before that


@dataclass(frozen=True, slots=True)
class NotHere:
    """An element of TwiML that cannot stand in a place, or nowhere yet: the code of the warning, and its sentence."""

    code: TwimlCode
    sentence: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that reading a verb needs to know of it."""

    name: str
    summary: str  #: for the reference: the first line of the class's docstring
    attributes: Mapping[str, Attribute]
    children: "Mapping[str, type[Verb]]"
    text: str  #: what the text between the tags is, in words; empty where it has no meaning
    stranger: TwimlCode = TwimlCode.SCHEMA  #: of the warning about an element that is none of the children
    not_here: Mapping[str, NotHere] = field(default_factory=dict)  #: elements of which more is to be said than that
    refusal: NotHere | None = None  #: of an element that is declared, and wherever it stands passed over


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """An element of a document, read and checked; its fields are its attributes."""

    declaration: ClassVar[Declaration]

    line: int = 0  #: where it stands in the document, from 1; 0 when it was not written there
    column: int = 0
    content: "tuple[Verb | str, ...]" = ()  #: text and children, in the order of the document

    @property
    def is_last(self) -> bool:
        """Whether no verb behind it is ever reached."""
        return False

    @property
    def text(self) -> str:
        """The text directly inside, without the white space around it."""
        return "".join(part for part in self.content if isinstance(part, str)).strip()

    def warning(self, code: TwimlCode, sentence: str) -> TwimlWarning:
        """A warning about this element."""
        return TwimlWarning(code, sentence, self.line, self.column)


def verb(
    name: str,
    *,
    text: str = "",
    children: "tuple[type[Verb], ...] | Mapping[str, type[Verb]]" = (),
    stranger: TwimlCode = TwimlCode.SCHEMA,
    not_here: Mapping[str, NotHere] = MappingProxyType({}),
    coming: str = "",
    code: TwimlCode = TwimlCode.VERB_NOT_HERE,
) -> Callable[[V], V]:
    """Declare the dataclass below as the element `name`, with the meaning of its `text` and its `children`.

    Elements that contain each other are declared over a mapping of `children` that grows with them. One that is only
    declared says what is `coming`, as in "streams come with a later version": until then it is passed over, with a
    warning of `code`.
    """
    refusal = NotHere(code, f"<{name}> is not here yet: {coming}; it is passed over.") if coming else None

    def declare(cls: V) -> V:
        fields = [each for each in dataclasses.fields(cls) if "kind" in each.metadata]
        attributes = [Attribute(field=each.name, default=each.default, **each.metadata) for each in fields]
        cls.declaration = Declaration(
            name=name,
            summary=(cls.__doc__ or "").partition("\n")[0],
            attributes={attribute.name: attribute for attribute in attributes},
            children=children if isinstance(children, Mapping) else by_name(children),
            text=text,
            stranger=stranger,
            not_here=not_here,
            refusal=refusal,
        )
        return cls

    return declare


def by_name(verbs: "Iterable[type[Verb]]") -> "dict[str, type[Verb]]":
    """Verbs under the names of their elements."""
    return {kind.declaration.name: kind for kind in verbs}


def attribute(
    name: str,
    kind: ValueKind,
    *,
    default: Any = None,
    refuse: TwimlCode | None = None,
    warn: TwimlCode = TwimlCode.SCHEMA,
    coming: str = "",
    summary: str,
) -> Any:
    """A field of a verb that is an attribute called `name` in documents.

    A value that is not of its kind leads to a warning: with the code `refuse` the verb is passed over; with the code
    `warn` it runs with the default. So does any value of one that is still `coming`.
    """
    code, skips = (refuse, True) if refuse is not None else (warn, False)
    metadata = {"name": name, "kind": kind, "code": code, "skips": skips, "summary": summary, "coming": coming}
    return dataclasses.field(default=default, metadata=metadata)


def one_of(*words: str) -> ValueKind:
    """One of a few words, in any case; read as it is spelled here."""

    def read(text: str) -> str:
        for word in words:
            if text.strip().casefold() == word.casefold():
                return word
        raise ValueError(f"must be {' or '.join(words)}")

    return ValueKind(" or ".join(words), read)


def check_url(text: str) -> str:
    """`text` as an absolute http(s) or a relative URL. Raises ValueError when it can be neither."""
    url = text.strip()
    if any(char <= " " or char in '<>"\\^`{|}' or char == "\x7f" for char in url):
        raise ValueError("has a character that a URL cannot have")
    try:
        parts = urlsplit(url)
        _ = parts.port  # read, because only then a bad one shows
    except ValueError:
        raise ValueError("is not a valid URL") from None
    if parts.scheme and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("must be an http or https URL, or a relative one")
    return url


TEXT = ValueKind("text", str.strip)
URL = ValueKind("absolute or relative URL", check_url)
