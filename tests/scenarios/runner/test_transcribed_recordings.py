"""Texts of recordings: nothing that was asked for is lost, and each application is told once."""

import wave

from tests.scenarios.runner.call_support import CallWorld, FastClock
from tests.scenarios.runner.recognition import NO_ENGINE

from hookflash.actions.move_recording import delete_recording
from hookflash.domain.recording import RecordingStatus
from hookflash.domain.transcription import Transcription, TranscriptionStatus
from hookflash.pending import Pending
from hookflash.runtime.transcriber import TRIES, Transcriber
from hookflash.speech.recogniser import Transcript
from hookflash.store.outbox import LEASE, Job
from hookflash.store.recording_files import RecordingFiles
from hookflash.testing.leg import ScriptedLeg

RECORD = (
    "<Record action='/done' trim='do-not-trim' timeout='0' finishOnKey='' maxLength='{seconds}'"
    " transcribe='true' transcribeCallback='/text'/>"
)


async def recorded(calls: CallWorld, *, seconds: int = 10) -> None:
    """A call leaves a recording of which a text is wanted; its sound is speech all through."""
    calls.pages["/done"] = "<Hangup/>"

    def script(leg: ScriptedLeg) -> None:
        leg.talks.append((0, 1_000_000))

    await calls.come_in(RECORD.format(seconds=seconds), script)
    [row] = await calls.recordings()
    path = files(calls).place(row.account_sid, row.sid)
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8_000, 0, "NONE", ""))
        sound.writeframes(b"\x10\x10" * 8_000 * seconds)


def files(calls: CallWorld) -> RecordingFiles:
    return calls.runner._parts.recordings


async def perform(calls: CallWorld, job: Job) -> None:
    """What a worker of a server that has just started does."""
    await Transcriber(
        store=calls.world.store,
        files=files(calls),
        recognition=calls.recognition,
        clock=FastClock(),
        pending=Pending(),
    ).perform(job)


async def rows(calls: CallWorld) -> list[Transcription]:
    found: list[Transcription] = await calls._all(Transcription, "SELECT * FROM transcriptions")
    return found


async def lease(calls: CallWorld) -> list[Job]:
    calls.world.now = FastClock().now() + 1_000
    return await calls.world.lease("transcribe")


async def texts(calls: CallWorld) -> list[dict[str, str]]:
    """The callbacks about texts that wait to be sent."""
    return [params for url, params in await calls.told() if url.endswith("/text")]


async def test_a_text_is_made_and_told(calls: CallWorld) -> None:
    """The engine hears the whole recording; the application gets the documented body, once."""
    calls.recognition.says = [Transcript(text="call me"), Transcript(text="back")]
    await recorded(calls)
    [job] = await lease(calls)
    assert [row.status for row in await rows(calls)] == [TranscriptionStatus.IN_PROGRESS]
    await perform(calls, job)
    [row] = await rows(calls)
    [recording] = await calls.recordings()
    assert (row.status, row.text) == (TranscriptionStatus.COMPLETED, "call me back")
    assert row.seconds == recording.seconds
    assert calls.recognition.heard == [10_000]
    [params] = await texts(calls)
    assert params.items() >= {
        ("TranscriptionSid", row.sid),
        ("TranscriptionText", "call me back"),
        ("TranscriptionStatus", "completed"),
        ("TranscriptionType", "fast"),
        ("TranscriptionUrl", row.path),
        ("RecordingSid", row.recording_sid),
        ("CallStatus", "completed"),
        ("Direction", "inbound"),
    }
    assert await lease(calls) == []


async def test_a_killed_process_loses_no_text(calls: CallWorld) -> None:
    """The lease of who died runs out, and another does the work; one that was only late tells nobody again."""
    calls.recognition.says = [Transcript(text="call me")]
    await recorded(calls)
    [lost] = await lease(calls)
    calls.world.now += LEASE
    [again] = await calls.world.lease("transcribe")
    await perform(calls, again)
    await perform(calls, lost)
    assert [row.text for row in await rows(calls)] == ["call me"]
    assert len(await texts(calls)) == 1


async def test_without_an_engine_it_fails_and_says_why(calls: CallWorld) -> None:
    """The application is told that it failed; the debugger, the sentence of the engines."""
    calls.recognition.refusal = NO_ENGINE
    await recorded(calls)
    [job] = await lease(calls)
    await perform(calls, job)
    [row] = await rows(calls)
    assert (row.status, row.error_code) == (TranscriptionStatus.FAILED, 13620)
    [params] = await texts(calls)
    assert (params["TranscriptionStatus"], "TranscriptionText" in params) == ("failed", False)
    assert await calls.alerts() == [13620]
    sid = (await calls.call()).sid
    assert f"warning: 13620 {NO_ENGINE.sentence}" in await calls.timeline(sid)


async def test_an_engine_that_breaks_is_tried_again(calls: CallWorld) -> None:
    """The job comes up again until it has been tried often enough."""
    calls.recognition.breaks = ZeroDivisionError()
    await recorded(calls)
    [job] = await lease(calls)
    try:
        await perform(calls, job)
    except ZeroDivisionError:
        job.attempts = TRIES
    await perform(calls, job)
    assert [row.status for row in await rows(calls)] == [TranscriptionStatus.FAILED]
    assert await calls.alerts() == [13620]


async def test_a_recording_that_was_deleted_has_no_text(calls: CallWorld) -> None:
    """13618: the debugger hears that it went too early."""
    await recorded(calls)
    [job] = await lease(calls)
    [recording] = await calls.recordings()
    await calls.world.do(delete_recording, recording, now=FastClock().now())
    assert (await calls.recordings())[0].status is RecordingStatus.DELETED
    await perform(calls, job)
    assert [row.error_code for row in await rows(calls)] == [13618]


async def test_what_is_too_short_is_not_tried(calls: CallWorld) -> None:
    """13617: less than two seconds are not transcribed, and the application hears so."""
    calls.pages["/done"] = "<Hangup/>"
    await calls.come_in(
        RECORD.format(seconds=60).replace("finishOnKey=''", "finishOnKey='#'").replace("do-not-trim", "trim-silence"),
        lambda leg: leg.when("records inbound on 1", lambda: leg.talks.append((leg.now, leg.now + 1.5))),
    )
    assert [row.error_code for row in await rows(calls)] == [13617]
    assert await lease(calls) == []
    assert [params["TranscriptionStatus"] for params in await texts(calls)] == ["failed"]
