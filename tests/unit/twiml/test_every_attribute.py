"""Each element and attribute of TwiML for calls is declared, once, and has a test that bears its name.

`test_dial` in tests/scenarios/twiml is that of `<Dial>`, `test_dial_time_limit` that of its `timeLimit`; either may go
on with two underscores and more words. Such a test looks at the far end: what is heard, requested or dialled. An
element that is only declared, and refused, needs no test of its attributes.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.unit.twiml.sheet import ELEMENTS

from hookflash.twiml import channels
from hookflash.twiml.channels import MESSAGING
from hookflash.twiml.declaration import Declaration
from hookflash.twiml.document import Channel

TESTS = Path(__file__).parents[2] / "scenarios" / "twiml"


def snake(name: str) -> str:
    """A name of TwiML as part of a name of Python."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.replace("WhatsApp", "Whatsapp"))
    return re.sub(r"[^a-z0-9]+", "_", words.lower())


def name_of_test(element: str, attribute: str = "") -> str:
    return f"test_{snake(element)}_{snake(attribute)}" if attribute else f"test_{snake(element)}"


def declarations() -> list[Declaration]:
    """What a document of a call may hold, wherever, each once."""
    found: dict[int, Declaration] = {}
    left = [
        verb.declaration
        for channel in vars(channels).values()
        if isinstance(channel, Channel) and channel is not MESSAGING
        for verb in channel.verbs.values()
    ]
    while left:
        declaration = left.pop()
        if id(declaration) not in found:
            found[id(declaration)] = declaration
            left += [child.declaration for child in declaration.children.values()]
    return sorted(found.values(), key=lambda declaration: declaration.name)


def names_of_tests() -> set[str]:
    """The names of the tests of documents, up to where more words follow."""
    found = set()
    for path in TESTS.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(node.name.partition("__")[0])
    return found


def wanted() -> Iterator[tuple[str, bool]]:
    """Each test that there must be, and whether what it is about is declared."""
    declared: dict[str, set[str]] = {}
    for declaration in declarations():
        declared.setdefault(declaration.name, set()).update(declaration.attributes)
    refused = {declaration.name for declaration in declarations() if declaration.refusal is not None}
    for element in sorted({*declared, *ELEMENTS}):
        yield name_of_test(element), element in declared
        for attribute in sorted({*declared.get(element, ()), *ELEMENTS.get(element, ())}):
            is_declared = attribute in declared.get(element, ())
            if not (is_declared and element in refused):
                yield name_of_test(element, attribute), is_declared


def test_every_element_and_attribute_has_a_test_that_bears_its_name() -> None:
    """Without one nobody knows whether it does what it is declared to do."""
    there = names_of_tests()
    missing = [name for name, is_declared in wanted() if not is_declared or name not in there]
    assert missing == [], "these lack a test, or what they name in the sheet a declaration"


def test_no_element_is_declared_twice() -> None:
    """Parser, linter and reference read one declaration of each."""
    names = [declaration.name for declaration in declarations()]
    assert sorted({name for name in names if names.count(name) > 1}) == []
