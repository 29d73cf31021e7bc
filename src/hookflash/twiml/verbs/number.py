"""`<Number>`: a phone number that `<Dial>` rings."""

from dataclasses import dataclass, replace

from hookflash.domain.call_address import Callee, CalleeKind, parse_callee
from hookflash.twiml.declaration import TEXT, attribute, verb
from hookflash.twiml.kinds import SENT_KEYS
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.nouns import METHOD, BadTargetError, Line
from hookflash.twiml.voice import Target


def number_of(text: str) -> Callee:
    """A number to ring, as people write it. Raises BadTargetError."""
    callee = parse_callee(text)
    if callee is None or callee.kind is not CalleeKind.PHONE:
        raise BadTargetError(TwimlCode.NUMBER_INVALID, "is not a phone number; write it as +, country and number")
    return callee


@verb("Number", text="a number as +14155550100, or as the United States write theirs")
@dataclass(frozen=True, kw_only=True, slots=True)
class Number(Line):
    """Rings a phone number."""

    method: str = attribute(
        "method", METHOD, default="POST", warn=TwimlCode.NUMBER_METHOD, summary="how `url` is requested"
    )
    send_digits: str = attribute(
        "sendDigits",
        SENT_KEYS,
        default="",
        warn=TwimlCode.NUMBER_SEND_DIGITS,
        summary="keys that are pressed once it is answered, such as an extension",
    )
    byoc: str | None = attribute("byoc", TEXT, summary="without effect: trunks are chosen by the platform's routes")

    def target(self) -> Target:
        target = self.rung(number_of(self.text))
        return replace(target, whisper_url=self.url, whisper_method=self.method, send_digits=self.send_digits)
