"""`<Sip>`: a SIP address that `<Dial>` rings."""

from dataclasses import dataclass, replace
from urllib.parse import quote

from hookflash.domain.call_address import Callee, CalleeKind, HeaderProblem, parse_callee
from hookflash.twiml.declaration import TEXT, Verb, attribute, verb
from hookflash.twiml.kinds import short_text
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.nouns import METHOD, BadTargetError, Line
from hookflash.twiml.voice import Target

_PROBLEMS = {
    HeaderProblem.TOO_LONG: (TwimlCode.SIP_HEADER_LENGTH, "has headers of more than 1,024 characters"),
    HeaderProblem.NAME: (TwimlCode.SIP_HEADER_NAME, "has a header whose name does not begin with X-"),
    HeaderProblem.VALUE: (TwimlCode.SIP_HEADER_NAME, "has control characters in a header"),
}


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
class Sip(Line):
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
        inner = self._uri
        return replace(
            self.rung(self.callee),
            whisper_url=self.url,
            whisper_method=self.method,
            username=(inner.username if inner else None) or self.username or "",
            password=(inner.password if inner else None) or self.password or "",
        )

    @property
    def _uri(self) -> Uri | None:
        return next((part for part in self.content if isinstance(part, Uri)), None)

    @property
    def callee(self) -> Callee:
        """Its address and its headers. Raises BadTargetError."""
        uri = self._uri.text if self._uri else self.text
        lists = [part for part in self.content if isinstance(part, Headers)]
        headers = [header for each in lists for header in each.content if isinstance(header, Header)]
        if query := "&".join(f"{quote(header.header or '')}={quote(header.value or '')}" for header in headers):
            uri = f"{uri}{'&' if '?' in uri else '?'}{query}"
        callee = parse_callee(uri)
        if callee is None or callee.kind is not CalleeKind.SIP:
            raise BadTargetError(TwimlCode.SIP_URI, "is not a SIP address such as sip:user@host")
        if callee.problem is not None:
            raise BadTargetError(*_PROBLEMS[callee.problem])
        return callee
