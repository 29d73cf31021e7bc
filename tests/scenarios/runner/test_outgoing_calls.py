"""Calls that REST asks for, from the queue to the last callback."""

from typing import Any

import pytest
from tests.scenarios.runner.call_support import NUMBER, PERSON, CallWorld

from hookflash.domain.call import CallEvent, CallStatus, DetectOptions, Source
from hookflash.domain.recording import RecordingSource, RecordOptions
from hookflash.switch.leg import Detected
from hookflash.testing.leg import ScriptedLeg

EVENTS: dict[str, Any] = {
    "status_callback": "https://app.example/status",
    "status_callback_events": tuple(CallEvent),
}


def picks_up(leg: ScriptedLeg) -> None:
    leg.at(2, leg.ring_there)
    leg.at(5, leg.pick_up)


async def test_it_rings_is_answered_and_runs_its_document(calls: CallWorld) -> None:
    """The document is asked for once somebody is there, and each status is told in order."""
    calls.pages["/voice"] = "<Say>Hello</Say>"
    leg = await calls.place(picks_up, **EVENTS)
    params = calls.params("/voice")
    assert leg.done == ["answered", "hears Hello", "gone local"]
    assert (params["Direction"], params["CallStatus"], params["From"], params["To"]) == (
        "outbound-api",
        "in-progress",
        NUMBER,
        PERSON,
    )
    assert await calls.told_statuses() == ["initiated", "ringing", "in-progress", "completed"]


@pytest.mark.parametrize(
    ("cause", "sip", "status"),
    [
        ("busy", 486, CallStatus.BUSY),
        ("rejected", 603, CallStatus.BUSY),
        ("rejected", 480, CallStatus.NO_ANSWER),
        ("rejected", 404, CallStatus.FAILED),
        ("failed", 0, CallStatus.FAILED),
        ("canceled", 487, CallStatus.CANCELED),
    ],
)
async def test_calls_that_nobody_answers(calls: CallWorld, cause: str, sip: int, status: CallStatus) -> None:
    """How the leg ended is how the call ended; its document is never asked for."""
    await calls.place(lambda leg: leg.at(1, lambda: leg.go(cause, status=sip)), **EVENTS)
    row = await calls.call()
    assert (row.status, row.sip_status, calls.asked) == (status, sip or None, [])
    assert await calls.told_statuses() == ["initiated", status.value]


async def test_timeout(calls: CallWorld) -> None:
    """It rings for so many seconds, and no longer."""
    await calls.place(lambda leg: leg.at(1, leg.ring_there), timeout=20)
    assert calls.places.ring_ms == 20_000
    assert await calls.status() is CallStatus.NO_ANSWER


async def test_nobody_there(calls: CallWorld) -> None:
    """A number that no route leads to fails, and the timeline says why."""
    sid = await calls.begin_placing(None)
    row = await calls.call()
    assert (row.status, row.sip_status) == (CallStatus.FAILED, 404)
    assert (await calls.timeline(sid))[-1] == "There is no route to this number"


async def test_send_digits(calls: CallWorld) -> None:
    """Keys are pressed once it is answered, before the document; detection is left out then."""
    calls.pages["/voice"] = "<Say>Hello</Say>"
    leg = await calls.place(picks_up, send_digits="ww1#", detect=DetectOptions())
    assert leg.done == ["answered", "gets keys ww1#", "hears Hello", "gone local"]
    assert "AnsweredBy" not in calls.params("/voice")


@pytest.mark.parametrize(
    ("until_end", "found"), [(False, "machine_start"), (True, "machine_end_beep"), (False, "human")]
)
async def test_the_document_waits_for_the_detection(calls: CallWorld, until_end: bool, found: str) -> None:
    """Who answered is known to the first request, and to the row."""
    calls.pages["/voice"] = "<Hangup/>"

    def script(leg: ScriptedLeg) -> None:
        picks_up(leg)
        leg.found = Detected(found, 4_000)

    await calls.place(script, detect=DetectOptions(until_end=until_end))
    assert calls.params("/voice")["AnsweredBy"] == found
    assert (await calls.call()).answered_by == found


async def test_the_detection_goes_on_meanwhile(calls: CallWorld) -> None:
    """With AsyncAmd the document runs at once, and a callback tells who answered."""
    calls.pages["/voice"] = "<Pause length='200'/>"

    def script(leg: ScriptedLeg) -> None:
        picks_up(leg)
        leg.found = Detected("human", 3_000)

    await calls.place(script, detect=DetectOptions(is_async=True, callback="https://app.example/amd"))
    assert "AnsweredBy" not in calls.params("/voice")
    ((url, params),) = await calls.told()
    assert (url, params["AnsweredBy"], params["MachineDetectionDuration"]) == (
        "https://app.example/amd",
        "human",
        "3000",
    )


async def test_if_machine_hangup(calls: CallWorld) -> None:
    """The API of 2010 hangs up on machines, and never asks for the document."""

    def script(leg: ScriptedLeg) -> None:
        picks_up(leg)
        leg.found = Detected("machine_start", 2_000)

    leg = await calls.place(script, detect=DetectOptions(if_machine="Hangup"))
    assert (leg.done[-1], calls.asked) == ("gone local", [])


async def test_record(calls: CallWorld) -> None:
    """It is recorded from the answer to the end, and the last callback names the recording."""
    calls.pages["/voice"] = "<Pause length='10'/>"

    def script(leg: ScriptedLeg) -> None:
        picks_up(leg)
        leg.talks = [(0, 1e9)]

    leg = await calls.place(script, record=RecordOptions(channels=2), **EVENTS)
    (row,) = await calls.recordings()
    assert "records both on 2" in leg.done
    assert row.source is RecordingSource.OUTBOUND_API
    assert 10 <= (row.seconds or 0) <= leg.now
    last = (await calls.told())[-1][1]
    assert (last["RecordingSid"], last["CallStatus"]) == (row.sid, "completed")


async def test_time_limit(calls: CallWorld) -> None:
    """It ends so many seconds after the answer, and the debugger is told."""
    calls.pages["/voice"] = "<Play loop='0'>music.mp3</Play>"
    leg = await calls.place(picks_up, time_limit=60)
    assert leg.done[-1] == "gone limit"
    assert await calls.alerts() == [32015]


async def test_rest_limits_a_call_before_the_answer(calls: CallWorld) -> None:
    """What REST says while it rings holds from the answer on, and not what the call was made with."""
    calls.pages["/voice"] = "<Play loop='0'>music.mp3</Play>"
    phone: list[ScriptedLeg] = []
    sid = await calls.begin_placing(phone.append, time_limit=60)
    await calls.runner.limit(sid, 120)
    phone[0].pick_up()
    await calls.over()
    row = await calls.call()
    assert (phone[0].done[-1], row.duration is not None and row.duration > 100) == ("gone limit", True)


async def test_rest_changes_the_document_before_the_answer(calls: CallWorld) -> None:
    """A call that still rings runs the new one once it is answered."""
    calls.pages["/new"] = "<Say>New</Say>"
    phone: list[ScriptedLeg] = []
    sid = await calls.begin_placing(phone.append)
    await calls.runner.redirect(sid, Source(url=f"{calls.base}/new"))
    phone[0].pick_up()
    await calls.over()
    assert (calls.paths(), phone[0].heard) == (["/new"], ["New"])


async def test_rest_cancels_what_rings(calls: CallWorld) -> None:
    """The phone stops ringing, and the row says canceled when it returns."""
    sid = await calls.begin_placing(lambda leg: leg.at(1, leg.ring_there))
    await calls.runner.cancel(sid)
    assert await calls.status() is CallStatus.CANCELED


async def test_rest_records_a_live_call(calls: CallWorld) -> None:
    """It starts, pauses, resumes and stops a recording; its row is final when stopping returns."""
    calls.pages["/voice"] = "<Pause length='600'/>"
    sid = await calls.begin_placing(picks_up)
    leg = calls.places.legs[PERSON]
    leg.talks = [(0, 1e9)]
    await leg.answered()
    row = await calls.runner.start_recording(sid, RecordOptions())
    await leg.wait(5_000)
    await calls.runner.pause_recording(row, silence=False)
    await calls.runner.resume_recording(row)
    await calls.runner.stop_recording(row)
    (kept,) = await calls.recordings()
    assert kept.status.value == "completed"
    assert [what for what in leg.done if "paus" in what or "resum" in what] == ["pauses", "resumes"]
    await calls.runner.hang_up(sid)
