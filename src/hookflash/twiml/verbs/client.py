"""`<Client>`: a phone that `<Dial>` rings by the name that it registered with."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from hookflash.domain.call_address import CalleeKind, HeaderProblem, parse_callee
from hookflash.twiml.declaration import TEXT, Verb, attribute, verb
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.nouns import METHOD, BadTargetError, Phone
from hookflash.twiml.verbs.parameter import Parameter, parameters_of
from hookflash.twiml.voice import Target


@verb("Identity", text="the name")
@dataclass(frozen=True, kw_only=True, slots=True)
class Identity(Verb):
    """The name, where it is not the text of `<Client>`."""


@verb("Client", text="a name of at most 256 characters", children=(Identity, Parameter))
@dataclass(frozen=True, kw_only=True, slots=True)
class Client(Phone):
    """Rings all phones that are registered under a name. Each `<Parameter>` reaches them as a header `X-name`."""

    method: str = attribute("method", METHOD, default="POST", warn=TwimlCode.SCHEMA, summary="how `url` is requested")
    client_notification_url: str | None = attribute(
        "clientNotificationUrl", TEXT, summary="without effect: phones are rung, and not woken by a push"
    )

    def target(self) -> Target:
        inner = next((part.text for part in self.content if isinstance(part, Identity)), "")
        callee = parse_callee(f"client:{inner or self.text}?{urlencode(parameters_of(self.content))}")
        if callee is None or callee.kind is not CalleeKind.CLIENT:
            raise BadTargetError(TwimlCode.DIAL_ELEMENT, "needs a name of at most 256 letters, digits and - _ . +")
        if callee.problem is HeaderProblem.TOO_LONG:
            raise BadTargetError(TwimlCode.SIP_HEADER_LENGTH, "has parameters of more than 1,024 characters")
        if callee.problem is not None:
            sentence = "has a parameter that no header can carry: its name or value has other characters"
            raise BadTargetError(TwimlCode.SIP_HEADER_NAME, sentence)
        return replace(self.rung(callee), whisper_url=self.url, whisper_method=self.method)
