"""`<Parameter>`: a name and a value that an element hands on."""

from collections.abc import Iterable
from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, Verb, attribute, verb


@verb("Parameter")
@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter(Verb):
    """A name and a value of the application's own, handed on."""

    parameter_name: str = attribute("name", TEXT, default="", summary="of the parameter")
    value: str = attribute("value", TEXT, default="", summary="what it is")


def parameters_of(content: Iterable[object]) -> dict[str, str]:
    """The parameters among the children of an element; of two with one name the last counts."""
    return {part.parameter_name: part.value for part in content if isinstance(part, Parameter) and part.parameter_name}
