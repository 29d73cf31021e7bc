"""`<Sip>`: a SIP address that `<Dial>` rings."""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from hookflash.twiml.declaration import TEXT, Verb, attribute, verb
from hookflash.twiml.kinds import short_text
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.nouns import METHOD, BadTargetError, Noun
from hookflash.twiml.voice import Target

LONGEST_URI = 255  # characters, without headers
LONGEST_HEADERS = 1_024  # characters of all names and values
MOST_HEADERS = 32

_URI = re.compile(r"sips?:([^@\s?<>]+@)?[A-Za-z0-9.\[\]:_-]+(;[^\s?<>]*)?", re.IGNORECASE)
_HEADER = re.compile(r"X-[A-Za-z0-9_.-]+", re.IGNORECASE)
_OTHER_HEADERS = frozenset({"user-to-user", "remote-party-id", "p-preferred-identity", "p-called-party-id"})


@verb("Header")
@dataclass(frozen=True, kw_only=True, slots=True)
class Header(Verb):
    """A header of the INVITE."""

    header: str | None = attribute("name", TEXT, summary="its name, beginning with `X-`")
    value: str | None = attribute("value", TEXT, summary="its value")


@verb("Headers", children=(Header,))
@dataclass(frozen=True, kw_only=True, slots=True)
class Headers(Verb):
    """Headers of the INVITE."""


@verb("Uri", text="a SIP address")
@dataclass(frozen=True, kw_only=True, slots=True)
class Uri(Verb):
    """The address, where it is not the text of `<Sip>`. Of several, the first is rung."""

    priority: str | None = attribute("priority", TEXT, summary="without effect")
    weight: str | None = attribute("weight", TEXT, summary="without effect")
    username: str | None = attribute("username", short_text(255), summary="as in `<Sip>`")
    password: str | None = attribute("password", short_text(255), summary="as in `<Sip>`")


@verb("Sip", text="address such as sip:user@host;transport=tls?x-name=value", children=(Uri, Headers))
@dataclass(frozen=True, kw_only=True, slots=True)
class Sip(Noun):
    """Rings a SIP address."""

    method: str = attribute(
        "method", METHOD, default="POST", warn=TwimlCode.SIP_METHOD, summary="how `url` is requested"
    )
    username: str | None = attribute(
        "username", short_text(255), warn=TwimlCode.SIP_CREDENTIALS, summary="for a server that asks"
    )
    password: str | None = attribute(
        "password", short_text(255), warn=TwimlCode.SIP_CREDENTIALS, summary="for a server that asks"
    )

    def target(self) -> Target:
        """Whom it rings. Raises BadTargetError."""
        inner = next((part for part in self.content if isinstance(part, Uri)), None)
        written, _, query = (inner.text if inner else self.text).partition("?")
        target = self.rung(_checked(written), whisper_method=self.method)
        return replace(
            target,
            username=(inner.username if inner else None) or self.username or "",
            password=(inner.password if inner else None) or self.password or "",
            headers=_checked_headers([*_of_query(query), *self._headers()]),
        )

    def _headers(self) -> list[tuple[str, str]]:
        lists = [part for part in self.content if isinstance(part, Headers)]
        headers = [header for each in lists for header in each.content if isinstance(header, Header)]
        return [(header.header or "", header.value or "") for header in headers]


def _checked(uri: str) -> str:
    """A SIP URI without headers. Raises BadTargetError."""
    uri = uri.strip()
    if len(uri) > LONGEST_URI or not _URI.fullmatch(uri):
        raise BadTargetError(TwimlCode.SIP_URI, "is not a SIP address such as sip:user@host")
    return uri


def _of_query(query: str) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [(unquote(name), unquote(value)) for name, _, value in pairs]


def _checked_headers(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    for name, value in headers:
        if not _HEADER.fullmatch(name) and name.lower() not in _OTHER_HEADERS:
            raise BadTargetError(TwimlCode.SIP_HEADER_NAME, f"has a header {name[:40]!r}; one must begin with X-")
        if any(char < " " or char == "\x7f" for char in value):
            raise BadTargetError(TwimlCode.SIP_HEADER_NAME, f"has control characters in its header {name}")
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        reason = f"has headers of more than {LONGEST_HEADERS:,} characters, or more than {MOST_HEADERS} of them"
        raise BadTargetError(TwimlCode.SIP_HEADER_LENGTH, reason)
    return tuple(headers)
