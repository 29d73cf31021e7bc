"""`<Stop>`: the end of what `<Start>` has begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from hookflash.twiml.declaration import verb
from hookflash.twiml.verbs.beside import Beside
from hookflash.twiml.verbs.start import NOUNS
from hookflash.twiml.voice import FALL_THROUGH, Next, VoiceCall, VoiceVerb


@verb("Stop", children=NOUNS)
@dataclass(frozen=True, kw_only=True, slots=True)
class Stop(VoiceVerb):
    """Ends what `<Start>` has begun, by its name; the next verb runs at once."""

    is_heard: ClassVar[bool] = False

    async def run(self, call: VoiceCall) -> Next:
        for noun in cast("Sequence[Beside]", self.content):
            await noun.stop(call)
        return FALL_THROUGH

    @property
    def sentence(self) -> str:
        return "<Stop> ends something beside the call"
