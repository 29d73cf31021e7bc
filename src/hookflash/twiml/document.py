"""A document of TwiML: the verbs of one channel, read, checked and frozen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hookflash.twiml.declaration import Attribute, Declaration, NotHere, Verb, by_name
from hookflash.twiml.problems import TwimlCode, TwimlError, TwimlWarning
from hookflash.twiml.xml import Element

MOST_WARNINGS = 50  # kept per document; a generator gone wild would repeat one thousands of times


@dataclass(frozen=True, slots=True)
class Channel:
    """Which verbs a kind of document may have, and how one that it may not have is reported."""

    name: str
    verbs: Mapping[str, type[Verb]]
    unknown_verb: TwimlCode
    plain_text: type[Verb]  #: the verb that a text/plain answer is the text of
    not_here: Mapping[str, NotHere] = field(default_factory=dict)  #: verbs of which more is to be said


def channel(
    name: str,
    *verbs: type[Verb],
    unknown_verb: TwimlCode,
    plain_text: type[Verb],
    not_here: Mapping[str, NotHere] | None = None,
) -> Channel:
    """A channel of the declared `verbs`."""
    return Channel(name, by_name(verbs), unknown_verb, plain_text, not_here or {})


@dataclass(frozen=True, slots=True)
class Document:
    verbs: tuple[Verb, ...] = ()
    warnings: tuple[TwimlWarning, ...] = ()


def document_of(root: Element, channel: Channel) -> Document:
    """The document whose root element is `root`; raises TwimlError when that is not `<Response>`."""
    if root.name != "Response":
        sentence = f"The root element is <{root.name[:40]}>, not <Response>."
        raise TwimlError(TwimlCode.WRONG_ROOT, sentence, root.line, root.column)
    builder = _Builder()
    response = Declaration("Response", "", {}, channel.verbs, "", channel.unknown_verb, channel.not_here)
    builder.attributes(root, response)
    content = builder.content(root, response)
    verbs = tuple(part for part in content if isinstance(part, Verb))
    return Document(verbs, tuple(builder.warnings[:MOST_WARNINGS]))


@dataclass(slots=True)
class _Builder:
    warnings: list[TwimlWarning] = field(default_factory=list)

    def warn(self, element: Element, code: TwimlCode, sentence: str) -> None:
        self.warnings.append(TwimlWarning(code, sentence, element.line, element.column))

    def verb(self, element: Element, kind: type[Verb]) -> Verb | None:
        """The verb that `element` is; None, with a warning, when an attribute of it is refused."""
        values = self.attributes(element, kind.declaration)
        content = self.content(element, kind.declaration)
        if values is None:
            return None
        return kind(line=element.line, column=element.column, content=content, **values)

    def attributes(self, element: Element, declaration: Declaration) -> dict[str, Any] | None:
        """The values of the attributes by field; None when one is refused."""
        values: dict[str, Any] = {}
        usable = True
        for name, text in element.attributes.items():
            attribute = declaration.attributes.get(name)
            if attribute is not None:
                try:
                    values[attribute.field] = _value(attribute, text)
                except ValueError as reason:
                    outcome = "the verb is skipped" if attribute.skips else "its default is used"
                    self.warn(element, attribute.code, f"{name} of <{element.name}> {reason}; {outcome}.")
                    usable = usable and not attribute.skips
            elif name != "xmlns" and ":" not in name:  # namespaces and schema hints mean nothing here
                self.warn(element, TwimlCode.SCHEMA, f"<{element.name}> has no attribute {name[:40]}; it is ignored.")
        return values if usable else None

    def content(self, element: Element, declaration: Declaration) -> tuple[Verb | str, ...]:
        return tuple(self._parts(element, declaration))

    def _parts(self, element: Element, declaration: Declaration) -> Iterable[Verb | str]:
        for child in element.children:
            if isinstance(child, str):
                if declaration.text:
                    yield child
                elif child.strip():
                    self.warn(element, TwimlCode.SCHEMA, f"<{element.name}> has text of its own, which is ignored.")
            elif kind := declaration.children.get(child.name):
                if refusal := kind.declaration.refusal:
                    self.warn(child, refusal.code, refusal.sentence)
                elif (verb := self.verb(child, kind)) is not None:
                    yield verb
            elif not_here := declaration.not_here.get(child.name):
                self.warn(child, not_here.code, not_here.sentence)
            else:
                sentence = f"<{child.name[:40]}> is not allowed in <{element.name}> here; it is ignored."
                self.warn(child, declaration.stranger, sentence)


def _value(attribute: Attribute, text: str) -> Any:
    """What `text` says. Raises ValueError with the reason, as a phrase, to refuse it."""
    if attribute.coming:
        raise ValueError(f"is not here yet: {attribute.coming}")
    return attribute.kind.read(text)
