"""`<Pause>`: time passes."""

from dataclasses import dataclass

from hookflash.switch.protocol import AnySource, Silence
from hookflash.twiml.declaration import attribute, verb
from hookflash.twiml.kinds import whole
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.voice import FALL_THROUGH, Next, VoiceCall, VoiceVerb


@verb("Pause")
@dataclass(frozen=True, kw_only=True, slots=True)
class Pause(VoiceVerb):
    """Waits; as the first verb, before the call is answered."""

    length: int = attribute(
        "length", whole(1, unit="seconds"), default=1, warn=TwimlCode.PAUSE_LENGTH, summary="how many seconds"
    )

    async def run(self, call: VoiceCall) -> Next:
        await call.leg.wait(self.length * 1_000)
        return FALL_THROUGH

    async def prompt(self, call: VoiceCall) -> list[AnySource]:
        """What is heard inside a `<Gather>`."""
        return [Silence(ms=self.length * 1_000)]

    @property
    def sentence(self) -> str:
        return f"<Pause> waits {self.length} s"
