"""`<Parameter>`: a name and a value that another element takes along."""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, Verb, attribute, verb


@verb("Parameter")
@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter(Verb):
    """A name and a value."""

    parameter: str | None = attribute("name", TEXT, summary="its name")
    value: str | None = attribute("value", TEXT, summary="its value")
