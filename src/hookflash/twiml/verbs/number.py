"""`<Number>`: a phone number that `<Dial>` rings."""

from dataclasses import dataclass, replace

from hookflash.domain.phone_numbers import AddressKind, parse_recipient
from hookflash.twiml.declaration import TEXT, attribute, verb
from hookflash.twiml.kinds import SENT_KEYS
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.nouns import METHOD, BadTargetError, Noun
from hookflash.twiml.voice import Target


def e164(text: str) -> str:
    """A number to ring, as people write it. Raises BadTargetError."""
    address = parse_recipient(text)
    if address is None or address.kind is not AddressKind.PHONE:
        raise BadTargetError(TwimlCode.NUMBER_INVALID, "is not a phone number; write it as +, country and number")
    return address.text


@verb("Number", text="a number as +14155550100, or as the United States write theirs")
@dataclass(frozen=True, kw_only=True, slots=True)
class Number(Noun):
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
        """Whom it rings. Raises BadTargetError."""
        target = self.rung(e164(self.text), whisper_method=self.method)
        return replace(target, send_digits=self.send_digits)
