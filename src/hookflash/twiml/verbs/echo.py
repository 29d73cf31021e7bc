"""`<Echo>`: callers hear themselves."""

from dataclasses import dataclass

from hookflash.twiml.declaration import verb
from hookflash.twiml.voice import HangUp, Next, VoiceCall, VoiceVerb


@verb("Echo")
@dataclass(frozen=True, kw_only=True, slots=True)
class Echo(VoiceVerb):
    """Lets callers hear what they say, until they hang up."""

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        await call.leg.bridge(call.leg)
        try:
            await call.leg.gone()
        finally:
            await call.leg.unbridge()
        return HangUp()

    @property
    def sentence(self) -> str:
        return "<Echo> lets the caller hear itself"
