"""Calls that are transcribed while they go on.

Rule 1: the row exists from the beginning; each thing that comes of it is told in order, by the ledger of its call.
Rule 2: it ends with the leg, by its name or SID, or when no engine can go on; `transcription-stopped` is told last.
Rule 3: nothing that an engine does ends the call.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from hookflash.actions.transcribe_call import start_live_transcription, tell_transcription
from hookflash.domain.transcription import TRACKS, LiveOptions, LiveTranscription
from hookflash.runtime.calls.races import surely
from hookflash.speech.recogniser import Hearing, Recogniser, RecognitionError, Transcript
from hookflash.switch.leg import Ear, Leg
from hookflash.twiml.listening import NotBegunError
from hookflash.twiml.problems import TwimlCode
from hookflash.webhooks.transcriptions import Content, Event, Failed, Started, Stopped

from .understanding import understand

if TYPE_CHECKING:
    from hookflash.runtime.calls.live_call import LiveCall

log = structlog.get_logger()

MOST_TRACKS = 4  #: of one call, listened to at once


@dataclass
class Running:
    """A transcription that goes on."""

    row: LiveTranscription
    ears: AsyncExitStack
    task: "asyncio.Task[None]"


class LiveTranscriptions:
    """Those of one call."""

    def __init__(self, call: "LiveCall") -> None:
        self._call = call
        self._running: dict[str, Running] = {}  # by SID
        self._turn = asyncio.Lock()  # one begins after the other

    async def start(self, leg: Leg, options: LiveOptions, *, name: str = "") -> LiveTranscription:
        """Transcribe `leg` from now on. Raises NotBegunError."""
        async with self._turn:
            self._check(options, name)
            ears = AsyncExitStack()
            try:
                heard = {track: await ears.enter_async_context(leg.hear(TRACKS[track])) for track in options.tracks}
                return await surely(self._begin(options, name, ears, heard))
            except BaseException:
                await ears.aclose()  # which ends it, where it has begun
                raise

    async def _begin(
        self, options: LiveOptions, name: str, ears: AsyncExitStack, heard: dict[str, Ear]
    ) -> LiveTranscription:
        call, now = self._call, self._call.parts.clock.now()
        row = await call.ledger.write(start_live_transcription, call.row, options, name=name or None, now=now)
        self._running[row.sid] = Running(row, ears, call.spawn(self._run(row, heard)))
        return row

    async def stop(self, sid: str) -> None:
        """Listen no more; returns once all is told. Nothing happens to one that has stopped."""
        running = self._running.get(sid)
        if running is not None:
            await running.ears.aclose()
            await asyncio.shield(running.task)

    def named(self, name: str) -> str | None:
        """The SID of the one that goes by `name`."""
        return next((sid for sid, running in self._running.items() if running.row.name == name), None)

    def _check(self, options: LiveOptions, name: str) -> None:
        code = int(TwimlCode.TRANSCRIPTION_CONFIGURATION)
        if name and self.named(name):
            raise NotBegunError(code, f"A transcription named {name[:40]} goes on in this call already")
        tracks = sum(len(running.row.options.tracks) for running in self._running.values())
        if tracks + len(options.tracks) > MOST_TRACKS:
            raise NotBegunError(code, f"At most {MOST_TRACKS} tracks of a call are transcribed at once")

    async def _run(self, row: LiveTranscription, heard: dict[str, Ear]) -> None:
        try:
            await self._listen(row, heard)
        except RecognitionError as error:
            self._fail(row, error.sentence)
        except Exception:
            log.exception("a transcription failed", sid=row.sid)
            self._fail(row, "Something of this platform failed; its log says what")
        finally:
            await self._running[row.sid].ears.aclose()
            await self._call.ledger.write(tell_transcription, row, Stopped(), now=self._call.parts.clock.now())
            del self._running[row.sid]

    async def _listen(self, row: LiveTranscription, heard: dict[str, Ear]) -> None:
        """Until all ears are closed."""
        options = row.options
        how = Hearing(
            language=options.language,
            hints=options.hints,
            model=options.model,
            partials=options.partials,
            profanity_filter=options.profanity_filter,
            punctuation=options.punctuation,
            is_one_utterance=False,
        )
        recogniser = self._call.parts.recognition.choose(how, engine=options.engine)
        self._tell(row, Started(engine=recogniser.name))
        listening = [
            asyncio.create_task(self._follow(recogniser, how, ear, self._teller(row, track)))
            for track, ear in heard.items()
        ]
        try:
            await asyncio.gather(*listening)
        finally:
            for task in listening:
                task.cancel()
            await asyncio.wait(listening)

    async def _follow(self, recogniser: Recogniser, how: Hearing, ear: Ear, told: Callable[[Transcript], None]) -> None:
        pending = self._call.parts.pending
        async with AsyncExitStack() as engine:
            with pending:
                session = await engine.enter_async_context(recogniser.listen(how))
            await understand(session, ear, told, pending=pending, profanity_filter=how.profanity_filter)

    def _teller(self, row: LiveTranscription, track: str) -> Callable[[Transcript], None]:
        def told(transcript: Transcript) -> None:
            content = Content(
                track=track,
                text=transcript.text,
                confidence=transcript.confidence,
                is_final=transcript.is_final,
                stability=transcript.stability,
                provider_data=transcript.provider_data,
            )
            if transcript.text:
                self._tell(row, content)

        return told

    def _fail(self, row: LiveTranscription, sentence: str) -> None:
        code = int(TwimlCode.TRANSCRIPTION_PROVIDER)
        self._call.diary.alert(code, sentence)
        self._tell(row, Failed(code, sentence))

    def _tell(self, row: LiveTranscription, event: Event) -> None:
        self._call.ledger.add(tell_transcription, row, event, now=self._call.parts.clock.now())
