"""Those who listen to calls: what is understood, what is told, and what becomes of a call whose engine fails."""

import asyncio
import json
from typing import Any

import pytest
from tests.scenarios.runner.call_support import CallWorld
from tests.scenarios.runner.recognition import NO_ENGINE

from hookflash.actions.transcribe_call import stop_lost_transcriptions
from hookflash.domain.recording import RecordingSource, RecordingStatus
from hookflash.domain.transcription import LiveStatus
from hookflash.speech.recogniser import RecognitionError, Transcript
from hookflash.testing.leg import ScriptedLeg

HELLO = Transcript(text="hello there", confidence=0.91)
ASK = "<Gather input='speech' action='/said' speechTimeout='1'><Say>Speak</Say></Gather><Say>Nothing</Say>"
BEGIN = "<Start><Transcription name='t' statusCallbackUrl='/live'/></Start>"
LIVE = BEGIN + "<Say>Speak</Say><Pause length='60'/>"


def speaking(leg: ScriptedLeg) -> None:
    """The caller speaks, once the document has."""
    leg.when("hears Speak", lambda: leg.talks.append((leg.now + 1.5, leg.now + 10)))


def events(told: list[dict[str, str]]) -> list[str]:
    """The transcription events of one track, in order."""
    return [params["TranscriptionEvent"] for params in told if "TranscriptionEvent" in params]


# -- <Gather> --


async def test_speech_goes_to_the_action(calls: CallWorld) -> None:
    """What was understood and how certainly; speech has stopped the prompt."""
    calls.recognition.says = [HELLO, Transcript(text="again", confidence=0.5)]
    calls.pages["/said"] = "<Hangup/>"
    leg = await calls.come_in(ASK, speaking)
    params = calls.params("/said")
    assert (params["SpeechResult"], params["Confidence"]) == ("hello there again", "0.5")
    assert "Digits" not in params
    assert leg.heard == ["Speak"]
    assert calls.recognition.heard[0] > 0


async def test_silence_is_no_input(calls: CallWorld) -> None:
    """After the time, the next verb; nobody is told a result."""
    leg = await calls.come_in(ASK)
    assert leg.heard == ["Speak", "Nothing"]
    assert calls.paths() == ["/voice"]


async def test_speech_that_is_not_understood_is_no_input(calls: CallWorld) -> None:
    """An engine that finds no word in it leaves the caller where silence does."""
    leg = await calls.come_in(ASK, speaking)
    assert leg.heard == ["Speak", "Nothing"]
    assert await calls.alerts() == []


async def test_keys_first_are_a_matter_of_keys(calls: CallWorld) -> None:
    """With both, what is pressed first decides; no result of speech is waited for."""
    calls.recognition.says = [HELLO]
    calls.pages["/said"] = "<Hangup/>"
    document = ASK.replace("'speech'", "'dtmf speech'").replace("<Gather", "<Gather numDigits='2'")
    await calls.come_in(document, lambda leg: leg.when("hears Speak", lambda: leg.press("42")))
    params = calls.params("/said")
    assert params["Digits"] == "42"
    assert "SpeechResult" not in params


async def test_without_an_engine_the_prompt_is_heard_and_nothing_comes(calls: CallWorld) -> None:
    """The debugger is told the engine's own sentence; the next verb runs."""
    calls.recognition.refusal = NO_ENGINE
    leg = await calls.come_in(ASK, speaking)
    assert leg.heard == ["Speak", "Nothing"]
    assert await calls.alerts() == [13343]


async def test_without_an_engine_keys_are_still_taken(calls: CallWorld) -> None:
    """Where keys were asked for as well."""
    calls.recognition.refusal = NO_ENGINE
    calls.pages["/said"] = "<Hangup/>"
    document = ASK.replace("'speech'", "'dtmf speech'").replace("<Gather", "<Gather numDigits='1'")
    await calls.come_in(document, lambda leg: leg.when("hears Speak", lambda: leg.press("7")))
    assert calls.params("/said")["Digits"] == "7"


async def test_an_engine_that_breaks_is_told_and_leaves_no_input(calls: CallWorld) -> None:
    """Its code and its sentence; the call goes on."""
    calls.recognition.breaks = RecognitionError(13343, "The engine hung up")
    leg = await calls.come_in(ASK, speaking)
    assert leg.heard == ["Speak", "Nothing"]
    assert await calls.alerts() == [13343]


async def test_a_bug_in_an_engine_is_no_input(calls: CallWorld) -> None:
    """It is logged; the debugger hears that an engine broke, and the call goes on."""
    calls.recognition.breaks = ZeroDivisionError()
    leg = await calls.come_in(ASK, speaking)
    assert leg.heard == ["Speak", "Nothing"]
    assert await calls.alerts() == [13340]


async def test_partial_results_are_told_in_order(calls: CallWorld) -> None:
    """Each with all that requests of the call carry, a number from 0, and what will not change any more."""
    calls.recognition.partials = [
        Transcript(text="hell", is_final=False, stability=0.5),
        Transcript(text="hello", is_final=True),
        Transcript(text="the", is_final=False, stability=0.25),
    ]
    calls.recognition.says = [Transcript(text="there")]
    calls.pages["/said"] = "<Hangup/>"
    await calls.come_in(ASK.replace("<Gather", "<Gather partialResultCallback='/part'"), speaking)
    found = [params for params in await calls.waiting_callbacks() if "UnstableSpeechResult" in params]
    assert [params["UnstableSpeechResult"] for params in found] == ["hell", "the"]
    assert [params.get("StableSpeechResult") for params in found] == [None, "hello"]
    assert [(params["SequenceNumber"], params["Stability"]) for params in found] == [("0", "0.5"), ("1", "0.25")]
    assert found[0]["CallStatus"] == "in-progress"
    assert calls.params("/said")["SpeechResult"] == "hello there"
    assert calls.recognition.asked[0][0].partials


async def test_a_hang_up_while_somebody_speaks_asks_for_nothing(calls: CallWorld) -> None:
    """The call ends; no action is requested."""
    calls.recognition.says = [HELLO]

    def script(leg: ScriptedLeg) -> None:
        speaking(leg)
        leg.when("hears Speak", lambda: leg.at(leg.now + 5, leg.go))

    await calls.come_in(ASK, script)
    assert calls.paths() == ["/voice"]


# -- <Start><Transcription> --


async def test_a_call_is_told_as_it_is_spoken(calls: CallWorld) -> None:
    """Started, what was said on each track, stopped: numbered without a gap."""
    calls.recognition.says = [HELLO]
    await calls.come_in(LIVE, speaking)
    told = [params for params in await calls.waiting_callbacks() if "SequenceId" in params]
    assert events(told) == ["transcription-started", "transcription-content", "transcription-stopped"]
    assert [params["SequenceId"] for params in told] == ["1", "2", "3"]
    assert json.loads(told[1]["TranscriptionData"]) == {"transcript": "hello there", "confidence": 0.91}
    assert (told[1]["Track"], told[1]["Final"]) == ("inbound_track", "true")
    assert len(calls.recognition.heard) == 2
    assert [row.status for row in await calls.transcriptions()] == [LiveStatus.STOPPED]


async def test_a_transcription_stops_by_its_name(calls: CallWorld) -> None:
    """It listens no more, and what it had heard is told before the end; another name is a warning."""
    calls.recognition.says = [HELLO]
    await calls.come_in(
        LIVE + "<Stop><Transcription name='t'/></Stop><Pause length='60'/>" + "<Stop><Transcription name='t'/></Stop>",
        speaking,
    )
    told = [params for params in await calls.waiting_callbacks() if "SequenceId" in params]
    assert events(told) == ["transcription-started", "transcription-content", "transcription-stopped"]
    assert max(calls.recognition.heard) < 400_000
    assert await calls.alerts() == [12200]


@pytest.mark.parametrize("broken", ["refusal", "breaks"])
async def test_an_engine_that_fails_ends_the_transcription_only(calls: CallWorld, broken: str) -> None:
    """An error and the end are told, to the application and the debugger; the document goes on."""
    setattr(calls.recognition, broken, NO_ENGINE)
    leg = await calls.come_in(LIVE + "<Say>Still here</Say>", speaking)
    told = [params for params in await calls.waiting_callbacks() if "SequenceId" in params]
    assert events(told)[-2:] == ["transcription-error", "transcription-stopped"]
    error = told[-2]
    assert (error["TranscriptionErrorCode"], error["TranscriptionError"]) == ("32651", NO_ENGINE.sentence)
    assert leg.heard == ["Speak", "Still here"]
    assert await calls.alerts() == [32651]


async def test_a_bug_in_an_engine_does_not_end_the_call(calls: CallWorld) -> None:
    """It is logged; the application hears of an error."""
    calls.recognition.breaks = ZeroDivisionError()
    leg = await calls.come_in(LIVE + "<Say>Still here</Say>", speaking)
    assert leg.heard == ["Speak", "Still here"]
    assert await calls.alerts() == [32651]


async def test_names_and_tracks_have_an_end(calls: CallWorld) -> None:
    """A name that goes on already, and a fifth track, are refused; the others go on."""
    others = [BEGIN.replace("'t'", f"'{name}'") for name in "uv"]
    await calls.come_in(BEGIN + BEGIN + "".join(others) + "<Pause/>")
    assert await calls.alerts() == [32650, 32650]
    assert [row.name for row in await calls.transcriptions()] == ["t", "u"]


async def test_transcriptions_of_a_process_that_died_are_stopped(calls: CallWorld) -> None:
    """At the next start, and their applications are told."""
    await calls.come_in(BEGIN + "<Pause/>")
    await calls.world.do(_revive)
    await calls.world.do(stop_lost_transcriptions, now=1)
    assert [row.status for row in await calls.transcriptions()] == [LiveStatus.STOPPED]
    assert events(await calls.waiting_callbacks()).count("transcription-stopped") == 2


async def _revive(tx: Any) -> None:
    await tx.execute("UPDATE live_transcriptions SET status = 'in-progress'")


# -- <Start><Recording> --


async def test_a_call_is_recorded_beside_its_document(calls: CallWorld) -> None:
    """Both sides on two channels, until it is stopped by its name; the document goes on meanwhile."""
    leg = await calls.come_in(
        "<Start><Recording name='r'/></Start><Pause length='60'/><Say>One</Say>"
        "<Stop><Recording name='r'/></Stop><Say>Two</Say>"
    )
    assert leg.done[2:] == ["records both on 2", "hears One", "recorded until stopped", "hears Two", "gone local"]
    [row] = await calls.recordings()
    assert (row.source, row.status) == (RecordingSource.START_CALL_RECORDING_API, RecordingStatus.ABSENT)


async def test_a_recording_that_is_not_stopped_ends_with_the_call(calls: CallWorld) -> None:
    """Its row is final when the call is."""
    noun = "<Recording trim='do-not-trim' track='inbound' channels='mono'/>"
    await calls.come_in(f"<Start>{noun}</Start><Pause length='30'/>")
    [row] = await calls.recordings()
    assert (row.status, row.track, row.channels) == (RecordingStatus.COMPLETED, "inbound", 1)


async def test_recordings_have_an_end(calls: CallWorld) -> None:
    """A name that goes on already, and a fifth, are refused."""
    nouns = "".join(f"<Recording name='{name}'/>" for name in "aabcde")
    await calls.come_in(f"<Start>{nouns}</Start><Pause/>")
    assert len(await calls.recordings()) == 4
    assert await calls.alerts() == [16108, 16108]


async def test_an_unknown_recording_is_a_warning(calls: CallWorld) -> None:
    """The next verb runs."""
    leg = await calls.come_in("<Stop><Recording name='x'/><Recording/></Stop><Say>On</Say>")
    assert await calls.alerts() == [12200, 12200]
    assert leg.heard == ["On"]


async def test_no_time_flies_while_an_engine_begins(calls: CallWorld) -> None:
    """What is said meanwhile would be lost: simulated calls wait for an engine that takes its time."""
    calls.recognition.may_begin = asyncio.Event()
    calls.pages["/voice"] = LIVE
    leg, _ = await calls.start(speaking)
    async with asyncio.timeout(5):
        while "hears Speak" not in leg.done:  # noqa: ASYNC110 - the leg says what it hears by having heard it
            await asyncio.sleep(0)
    settled = asyncio.create_task(calls.pending.settled())
    await asyncio.sleep(0.02)
    assert not settled.done()
    calls.recognition.may_begin.set()
    await settled
    leg.go()
    await calls.over()
