"""`<Start>`: something that goes on beside the document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from hookflash.twiml.declaration import URL, attribute, one_of, verb
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.beside import Beside
from hookflash.twiml.verbs.recording import RecordingNoun
from hookflash.twiml.verbs.siprec import Siprec
from hookflash.twiml.verbs.stream import Stream
from hookflash.twiml.verbs.transcription import Transcription
from hookflash.twiml.voice import FALL_THROUGH, Next, SoundError, VoiceCall, VoiceVerb

NOUNS = (RecordingNoun, Siprec, Stream, Transcription)


@verb("Start", children=NOUNS, stranger=TwimlCode.START_NOUN)
@dataclass(frozen=True, kw_only=True, slots=True)
class Start(VoiceVerb):
    """Begins something that goes on beside the call; the next verb runs at once."""

    is_heard: ClassVar[bool] = False

    action: str | None = attribute("action", URL, summary="without effect: the next verb runs at once")
    method: str = attribute("method", one_of("GET", "POST"), default="POST", summary="without effect, as `action`")

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        for noun in cast("Sequence[Beside]", self.content):
            yield from noun.check()

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        for noun in cast("Sequence[Beside]", self.content):
            try:
                await noun.start(call)
            except SoundError as error:
                call.fail(self, error)
        return FALL_THROUGH

    @property
    def sentence(self) -> str:
        return "<Start> begins something beside the call"
