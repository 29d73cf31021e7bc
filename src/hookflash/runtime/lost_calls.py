"""At the start, before anything is dialled: calls and recordings of a process that died are closed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from hookflash.actions.close_lost_calls import close_lost_calls, lost_recordings
from hookflash.domain.clock import Clock
from hookflash.domain.recording import Recording
from hookflash.store.recording_files import RecordingFiles
from hookflash.store.store import Store

log = structlog.get_logger()


async def close_lost(*, store: Store, files: RecordingFiles, clock: Clock, repair: Callable[[Path], int]) -> int:
    """Close what was live when the last process died; returns how many calls that were.

    `repair` makes a wav file whole whose writer was killed and returns its length in ms. It raises OSError for a file
    that is missing or is none of ours: that recording is then absent.
    """
    recordings = await store.read(lost_recordings)
    lengths = {row.sid: await asyncio.to_thread(_length, files, row, repair) for row in recordings}
    count = await store.write(close_lost_calls, lengths, now=clock.now())
    if count or recordings:
        log.warning("calls of a process that died were closed", calls=count, recordings=len(recordings))
    return count


def _length(files: RecordingFiles, recording: Recording, repair: Callable[[Path], int]) -> int:
    try:
        return repair(files.place(recording.account_sid, recording.sid))
    except OSError as error:
        log.warning("a recording could not be saved", sid=recording.sid, reason=str(error))
        return 0
