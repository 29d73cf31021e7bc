"""`<Sim>`: a SIM card, which no network of ours reaches."""

from dataclasses import dataclass

from hookflash.twiml.declaration import verb
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.nouns import BadTargetError, Noun
from hookflash.twiml.voice import Target


@verb("Sim", text="the SID of a SIM card")
@dataclass(frozen=True, kw_only=True, slots=True)
class Sim(Noun):
    """A SIM card. It is not rung: no mobile network is connected here."""

    def target(self) -> Target:
        reason = "is a card of a mobile network, and none is connected to this platform; dial its number instead"
        raise BadTargetError(TwimlCode.SIM_UNSUPPORTED, reason)
