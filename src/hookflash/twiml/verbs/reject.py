"""`<Reject>`: a call that is not answered."""

from dataclasses import dataclass

from hookflash.twiml.declaration import attribute, one_of, verb
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.parameter import Parameter
from hookflash.twiml.voice import Next, Refuse, VoiceCall, VoiceVerb


@verb("Reject", children=(Parameter,))
@dataclass(frozen=True, kw_only=True, slots=True)
class Reject(VoiceVerb):
    """Refuses the call without answering it; after a verb that answered, it hangs up."""

    reason: str = attribute(
        "reason",
        one_of("rejected", "busy"),
        default="rejected",
        warn=TwimlCode.REJECT_REASON,
        summary="what the caller hears: the number is not in service, or busy",
    )

    @property
    def is_last(self) -> bool:
        return True

    async def run(self, call: VoiceCall) -> Next:
        return Refuse(self.reason)

    @property
    def sentence(self) -> str:
        return f"<Reject> refuses the call as {self.reason}"
