"""Sound in, what was said out: how a session of an engine is used, whoever needs it."""

import asyncio
from collections.abc import AsyncIterable, Callable
from dataclasses import replace

from hookflash.domain.profanity import without_swearing
from hookflash.pending import Pending
from hookflash.speech.recogniser import DEGRADED, RecognitionError, Session, Transcript

PATIENCE = 20.0  #: seconds for the last results, once all sound is there; more than that nobody on a phone waits


async def understand(
    session: Session,
    sound: AsyncIterable[bytes],
    told: Callable[[Transcript], None],
    *,
    pending: Pending,
    profanity_filter: bool = False,
) -> None:
    """Have `session` hear `sound` to its end; `told` hears of each result, in order. Raises RecognitionError.

    Not every engine filters swear words by itself: with `profanity_filter` none gets through.
    The clock of simulated calls does not jump while sound is taken in, nor at the end, while results are waited for.
    """
    reading = asyncio.create_task(_read(session, told, profanity_filter=profanity_filter))
    try:
        async for piece in sound:
            if reading.done():
                break  # the engine has failed, or has heard enough
            with pending:
                await session.write(piece)
        with pending:
            await _end(session, reading)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _end(session: Session, reading: "asyncio.Task[None]") -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await session.end()
            await reading
    except TimeoutError:
        sentence = f"The speech engine has not answered within {PATIENCE:g} s"
        raise RecognitionError(DEGRADED, sentence) from None


async def _read(session: Session, told: Callable[[Transcript], None], *, profanity_filter: bool) -> None:
    async for transcript in session:
        told(_clean(transcript) if profanity_filter else transcript)


def _clean(transcript: Transcript) -> Transcript:
    text, provider_data = without_swearing(transcript.text), without_swearing(transcript.provider_data)
    return replace(transcript, text=text, provider_data=provider_data)
