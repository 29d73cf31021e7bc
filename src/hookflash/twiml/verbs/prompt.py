"""`<Prompt>`: what a caller hears who is asked to key something for a payment."""

from dataclasses import dataclass
from typing import cast

from hookflash.domain.payment import CARD_TYPES, PaymentField, PaymentProblem
from hookflash.switch.protocol import AnySource
from hookflash.twiml.declaration import Verb, attribute, verb
from hookflash.twiml.kinds import TRUTH, words_of
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.gather import Prompt as Spoken
from hookflash.twiml.verbs.pause import Pause
from hookflash.twiml.verbs.play import Play
from hookflash.twiml.verbs.say import Say
from hookflash.twiml.voice import VoiceCall

PROCESSING = "payment-processing"
PLACES = (*PaymentField, PROCESSING)
ATTEMPTS = tuple(str(attempt) for attempt in range(1, 11))


@verb("Prompt", children=(Say, Play, Pause))
@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt(Verb):
    """Takes the place of the platform's own words where it fits; of several, the one that says most precisely when."""

    places: tuple[str, ...] = attribute(
        "for",
        words_of(*PLACES),
        default=(),
        refuse=TwimlCode.PAY_PARAMETER,
        summary="which field is asked for, or that the payment is being made",
    )
    card_types: tuple[str, ...] = attribute(
        "cardType", words_of(*CARD_TYPES), default=(), warn=TwimlCode.PAY_PARAMETER, summary="only for these cards"
    )
    attempts: tuple[str, ...] = attribute(
        "attempt", words_of(*ATTEMPTS), default=(), warn=TwimlCode.PAY_PARAMETER, summary="only at these attempts"
    )
    problems: tuple[str, ...] = attribute(
        "errorType",
        words_of(*PaymentProblem),
        default=(),
        warn=TwimlCode.PAY_PARAMETER,
        summary="only after one of these was wrong",
    )
    matching: bool = attribute(
        "requireMatchingInputs",
        TRUTH,
        default=False,
        warn=TwimlCode.PAY_PARAMETER,
        summary="true: the field is asked for twice, the second time with this, and both must be the same",
    )

    def weight(self, place: str, *, attempt: int, problem: str, card: str | None, again: bool) -> int | None:
        """How precisely it fits; None when it does not."""
        if place not in self.places or self.matching != again:
            return None
        told = ((self.card_types, card), (self.attempts, str(attempt)), (self.problems, problem))
        if any(wanted and is_now not in wanted for wanted, is_now in told):
            return None
        return sum(bool(wanted) for wanted, _ in told)

    async def sources(self, call: VoiceCall) -> list[AnySource]:
        prompts = [await cast("Spoken", part).prompt(call) for part in self.content]
        return [source for sources in prompts for source in sources]
