"""The caller's speech, understood while it is spoken: the ears of `<Gather>`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from hookflash.actions.load_call import load_call
from hookflash.actions.status_callback import tell_about_call
from hookflash.domain.call import Call
from hookflash.speech.recogniser import DEGRADED, NOT_CONFIGURED, Hearing, RecognitionError, Transcript
from hookflash.store.store import Tx
from hookflash.twiml.listening import Ears, NotUnderstoodError, Said
from hookflash.twiml.problems import TwimlCode
from hookflash.webhooks.status import given
from hookflash.webhooks.voice import voice_params

from .understanding import understand

if TYPE_CHECKING:
    from hookflash.runtime.calls.script import Script

log = structlog.get_logger()


@asynccontextmanager
async def gathering(script: "Script", ears: Ears) -> AsyncIterator["Gathering"]:
    """Listen to who is on the phone, for the time of the block. Raises NotUnderstoodError when nobody can."""
    how = Hearing(
        language=ears.language,
        hints=ears.hints,
        model=ears.model,
        partials=bool(ears.partials.url),
        profanity_filter=ears.profanity_filter,
    )
    parts = script.call.parts
    async with AsyncExitStack() as engine, AsyncExitStack() as open_ears:
        try:
            with parts.pending:
                session = await engine.enter_async_context(parts.recognition.choose(how).listen(how))
        except RecognitionError as error:
            raise _not_understood(ears, error) from error
        ear = await open_ears.enter_async_context(script.leg.hear("inbound"))
        results = Results(script, ears)
        understanding = understand(
            session, ear, results.add, pending=parts.pending, profanity_filter=ears.profanity_filter
        )
        work = asyncio.create_task(understanding)
        try:
            yield Gathering(ears, open_ears, work, results)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def _not_understood(ears: Ears, error: RecognitionError) -> NotUnderstoodError:
    """The dictionary has a code of its own for models of Google's second recogniser."""
    is_second = error.code == NOT_CONFIGURED and ears.model.startswith("googlev2_")
    code = int(TwimlCode.SPEECH_CONFIGURATION) if is_second else error.code
    return NotUnderstoodError(code, error.sentence)


class Gathering:
    """`Speech` of a verb."""

    def __init__(self, ears: Ears, open_ears: AsyncExitStack, work: "asyncio.Task[None]", results: "Results") -> None:
        self._ears = ears
        self._open_ears = open_ears
        self._work = work
        self._results = results

    async def said(self) -> Said:
        await self._open_ears.aclose()  # what was heard until now is still understood
        try:
            await self._work
        except RecognitionError as error:
            raise _not_understood(self._ears, error) from error
        except Exception as error:
            log.exception("a speech engine broke")
            raise NotUnderstoodError(DEGRADED, "A speech engine broke; the log of the platform says how") from error
        return self._results.said


class Results:
    """What has been understood of one utterance, and who is told meanwhile."""

    def __init__(self, script: "Script", ears: Ears) -> None:
        self._script = script
        self._callback = ears.partials
        self._url = script.absolute(ears.partials.url)
        self._final: list[Transcript] = []
        self._count = 0

    def add(self, transcript: Transcript) -> None:
        if transcript.is_final:
            self._final.append(transcript)
        elif self._url:
            self._tell(transcript)

    @property
    def said(self) -> Said:
        """All of it; the confidence is that of the least certain part."""
        text = " ".join(part.text for part in self._final if part.text)
        confidences = [part.confidence for part in self._final if part.text and part.confidence is not None]
        return Said(text=text, confidence=min(confidences, default=None))

    def _tell(self, partial: Transcript) -> None:
        call = self._script.call
        params = given(
            ("UnstableSpeechResult", partial.text),
            ("StableSpeechResult", self.said.text or None),
            ("Stability", None if partial.stability is None else f"{partial.stability:.4g}"),
            ("SequenceNumber", str(self._count)),
        )
        self._count += 1
        call.ledger.add(
            _tell,
            call.row,
            self._url,
            self._callback.method,
            params,
            status=call.status,
            now=call.parts.clock.now(),
        )


async def _tell(tx: Tx, row: Call, url: str, method: str, params: dict[str, str], *, status: str, now: int) -> None:
    call = await load_call(tx, row.account_sid, row.sid) or row
    params = voice_params(call, status=status) | params
    lane = f"{row.sid}-partial"  # the results of a call come in order
    await tell_about_call(tx, row.account_sid, row.sid, url=url, method=method, params=params, now=now, lane=lane)
