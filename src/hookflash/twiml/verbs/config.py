"""`<Config>`: a setting of whoever listens or speaks on behalf of an application."""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, Verb, attribute, verb


@verb("Config")
@dataclass(frozen=True, kw_only=True, slots=True)
class Config(Verb):
    """A setting of a speech engine or of a virtual agent."""

    setting: str | None = attribute("name", TEXT, summary="of the setting")
    value: str | None = attribute("value", TEXT, summary="what it is")
