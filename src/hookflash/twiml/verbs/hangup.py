"""`<Hangup>`: the call ends."""

from dataclasses import dataclass

from hookflash.twiml.declaration import verb
from hookflash.twiml.verbs.parameter import Parameter
from hookflash.twiml.voice import HangUp, Next, VoiceCall, VoiceVerb


@verb("Hangup", children=(Parameter,))
@dataclass(frozen=True, kw_only=True, slots=True)
class Hangup(VoiceVerb):
    """Ends the call; as the first verb, it is answered first."""

    @property
    def is_last(self) -> bool:
        return True

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        return HangUp()

    @property
    def sentence(self) -> str:
        return "<Hangup> ends the call"
