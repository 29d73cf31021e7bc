"""`<Play>`: a sound file, or keys pressed at the other end."""

from collections.abc import Iterator
from dataclasses import dataclass

from hookflash.switch.protocol import AnySource
from hookflash.twiml.declaration import attribute, check_url, verb
from hookflash.twiml.kinds import SENT_KEYS, whole
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.voice import FALL_THROUGH, Next, SoundError, VoiceCall, VoiceVerb, plays


@verb("Play", text="absolute or relative URL of a sound file; none with `digits`")
@dataclass(frozen=True, kw_only=True, slots=True)
class Play(VoiceVerb):
    """Plays a sound file, or sends keys."""

    loop: int = attribute(
        "loop", whole(0), default=1, warn=TwimlCode.PLAY_LOOP, summary="how often; 0: until the call ends"
    )
    digits: str | None = attribute(
        "digits", SENT_KEYS, refuse=TwimlCode.PLAY_DIGITS, summary="keys that are pressed at the other end"
    )

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        if self.digits:
            return
        try:
            if not check_url(self.text):
                raise ValueError("is missing")
        except ValueError as reason:
            yield self.skipped(TwimlCode.INVALID_URL, f"The URL of <Play> {reason}")

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        if self.digits:
            for _ in range(plays(self.loop)):
                await call.leg.send_keys(self.digits)
        elif sound := await self._sound(call):
            await self.play(call, sound, times=plays(self.loop))
        return FALL_THROUGH

    async def prompt(self, call: VoiceCall) -> list[AnySource]:
        """What is heard inside a `<Gather>`, where keys cannot be sent."""
        if self.digits or not self.is_usable(call):
            return []
        sound = await self._sound(call)
        return [sound] * plays(self.loop) if sound else []

    async def _sound(self, call: VoiceCall) -> AnySource | None:
        try:
            return await call.sound(self.text)
        except SoundError as error:
            call.fail(self, error)
            return None

    @property
    def sentence(self) -> str:
        return "<Play> sends keys" if self.digits else "<Play> plays a file"
