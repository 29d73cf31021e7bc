"""`<Application>`: an application of the account that `<Dial>` calls."""

import re
from dataclasses import dataclass, replace

from hookflash.domain.call_address import Callee, CalleeKind
from hookflash.twiml.declaration import URL, Verb, attribute, verb
from hookflash.twiml.kinds import TRUTH, short_text
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.nouns import METHOD, BadTargetError, Phone
from hookflash.twiml.verbs.parameter import Parameter, parameters_of
from hookflash.twiml.voice import Target

_SID = re.compile(r"AP[0-9a-fA-F]{32}")


@verb("ApplicationSid", text="the SID")
@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationSid(Verb):
    """The SID, where it is not the text of `<Application>`."""


@verb("Application", text="the SID of an application: AP and 32 digits", children=(ApplicationSid, Parameter))
@dataclass(frozen=True, kw_only=True, slots=True)
class Application(Phone):
    """Calls an application: its VoiceUrl answers a call of its own. Each `<Parameter>` comes as `Param_name`."""

    url: str | None = attribute("url", URL, summary="without effect: what answers is an application already")
    method: str = attribute("method", METHOD, default="POST", summary="without effect, as `url`")
    customer_id: str | None = attribute(
        "customerId", short_text(256), summary="comes as `CustomerId`. Default: the account's SID"
    )
    copy_parent_to: bool = attribute(
        "copyParentTo",
        TRUTH,
        default=False,
        summary="whether the application sees whom the caller called in `To`, and not its own SID",
    )

    def target(self) -> Target:
        sid = next((part.text for part in self.content if isinstance(part, ApplicationSid)), "") or self.text
        if not _SID.fullmatch(sid):
            raise BadTargetError(TwimlCode.DIAL_ELEMENT, "is not the SID of an application: AP and 32 digits")
        params = {f"Param_{name}": value for name, value in parameters_of(self.content).items()}
        if self.customer_id:
            params["CustomerId"] = self.customer_id
        target = self.rung(Callee(CalleeKind.APPLICATION, sid))
        return replace(target, params=params, copy_parent_to=self.copy_parent_to)
