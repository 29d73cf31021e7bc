"""Texts of recordings over REST that a speech engine has made, or is still making."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.scenarios.calls_support import Stage, stage

from hookflash.domain.transcription import Transcription, TranscriptionStatus
from hookflash.store.store import Tx

RECORDING = f"RE{'0' * 32}"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as found:
        yield found


async def put(here: Stage, status: TranscriptionStatus, text: str | None = None) -> str:
    """A text of a recording; returns its SID."""
    row = Transcription(
        account_sid=here.api.sid,
        sid=f"TR{'1' * 32}",
        recording_sid=RECORDING,
        status=status,
        length=3_400,
        text=text,
        date_created=0,
        date_updated=0,
    )

    async def insert(tx: Tx) -> None:
        await tx.insert("transcriptions", row)

    await here.api.server.exchange.store.write(insert)
    return row.sid


async def test_a_text_is_read_by_itself(here: Stage) -> None:
    """With .txt it is nothing but the text."""
    sid = await put(here, TranscriptionStatus.COMPLETED, "Call me back, Zoë.")
    shown = (await here.api.get(f"~/Transcriptions/{sid}.json")).json
    assert (shown["transcription_text"], shown["duration"]) == ("Call me back, Zoë.", "3")
    bare = await here.api.get(f"~/Transcriptions/{sid}.txt")
    assert (bare.status, bare.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert bare.text == "Call me back, Zoë."


async def test_where_no_text_was_made_there_is_none_to_be_read(here: Stage) -> None:
    """404; the resource says why."""
    sid = await put(here, TranscriptionStatus.FAILED)
    assert (await here.api.get(f"~/Transcriptions/{sid}.txt")).status == 404
    assert (await here.api.get(f"~/Transcriptions/{sid}.json")).json["status"] == "failed"


async def test_what_is_being_made_cannot_be_deleted(here: Stage) -> None:
    """20009: the engine is still at it."""
    sid = await put(here, TranscriptionStatus.IN_PROGRESS)
    refused = await here.api.delete(f"~/Transcriptions/{sid}.json")
    assert (refused.status, refused.json["code"]) == (409, 20009)


async def test_it_lies_below_its_own_recording_only(here: Stage) -> None:
    """Another recording does not have it."""
    sid = await put(here, TranscriptionStatus.COMPLETED, "Hi")
    assert (await here.api.get(f"~/Recordings/{RECORDING}/Transcriptions/{sid}.json")).status == 200
    assert (await here.api.get(f"~/Recordings/RE{'2' * 32}/Transcriptions/{sid}.json")).status == 404
