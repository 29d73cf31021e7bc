"""Calls that come in, from the invitation to the last callback."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from tests.scenarios.runner.call_support import OTHER, PERSON, CallWorld, Script, twiml

from hookflash.domain.call import CallStatus, Source
from hookflash.domain.recording import RecordingStatus
from hookflash.runtime.sounds import Sounds
from hookflash.speech.repertoire import Repertoire
from hookflash.store.shelf import Shelf
from hookflash.testing.leg import ScriptedLeg


def hanging_up_after(what: str) -> Script:
    return lambda leg: leg.when(what, leg.go)


async def test_a_menu(calls: CallWorld) -> None:
    """The application is asked, answers, learns the key, and its next document ends the call."""
    calls.pages["/menu"] = "<Say>You pressed one</Say>"
    leg = await calls.come_in(
        "<Gather action='menu' numDigits='1'><Say>Press one</Say></Gather>",
        lambda leg: leg.when("hears Press one", lambda: leg.press("1")),
    )
    assert leg.done == ["rings", "answered", "hears Press one", "hears You pressed one", "gone local"]
    assert calls.paths() == ["/voice", "/menu"]
    first, second = calls.params("/voice"), calls.params("/menu")
    assert (first["From"], first["To"], first["CallStatus"], first["Direction"]) == (
        PERSON,
        OTHER,
        "ringing",
        "inbound",
    )
    assert (second["Digits"], second["CallStatus"]) == ("1", "in-progress")
    call = await calls.call()
    assert (call.status, call.sid) == (CallStatus.COMPLETED, first["CallSid"])
    assert await calls.told_statuses() == ["completed"]


async def test_each_request_is_signed_and_keeps_cookies(calls: CallWorld) -> None:
    """A browser-like jar lives as long as the call."""

    async def voice(request: web.Request) -> web.StreamResponse:
        answer = twiml("<Redirect>/next</Redirect>")
        answer.set_cookie("seen", "yes")
        return answer

    calls.pages |= {"/voice": voice, "/next": "<Hangup/>"}
    await calls.come_in()
    first, second = calls.requests
    assert "Cookie" not in first.headers
    assert second.headers["Cookie"] == "seen=yes"
    assert all(request.headers["X-Twilio-Signature"] for request in calls.requests)


async def test_one_login_a_call(calls: CallWorld) -> None:
    """The first request goes out without, is asked, and all later ones bring the login along at once."""

    async def ask(request: web.Request) -> web.StreamResponse:
        if "Authorization" not in request.headers:
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})
        return twiml("<Redirect>/next</Redirect>" if request.path == "/voice" else "<Hangup/>")

    calls.pages |= {"/voice": ask, "/next": ask}
    await calls.world.number("+14155550333", voice_url=calls.base.replace("//", "//user:pw@") + "/voice")
    await calls.start(to="+14155550333")
    await calls.over()
    assert calls.paths() == ["/voice", "/voice", "/next"]


@pytest.mark.parametrize(
    ("verbs", "status", "sip"),
    [
        ("<Reject/>", CallStatus.NO_ANSWER, 404),
        ("<Reject reason='busy'/>", CallStatus.BUSY, 486),
        ("", CallStatus.NO_ANSWER, 480),
        ("<Pause length='2'/>", CallStatus.NO_ANSWER, 480),
    ],
)
async def test_calls_that_are_not_answered(calls: CallWorld, verbs: str, status: CallStatus, sip: int) -> None:
    """A refusal, and the end of a document that answered nothing, tell the caller so by SIP."""
    leg = await calls.come_in(verbs)
    row = await calls.call()
    assert leg.done == ["rings", "gone rejected"]
    assert (row.status, row.sip_status, row.duration) == (status, sip, 0)


async def test_a_refusal_after_an_answer_hangs_up(calls: CallWorld) -> None:
    """Reject avoids the answer only as the first verb."""
    leg = await calls.come_in("<Say>Hi</Say><Reject/>")
    assert leg.done[-1] == "gone local"
    assert await calls.status() is CallStatus.COMPLETED


async def test_redirects_keep_ringing(calls: CallWorld) -> None:
    """The call is answered by the first verb that speaks, whichever document it is in."""
    calls.pages["/next"] = "<Say>Hi</Say>"
    leg = await calls.come_in("<Redirect>/next</Redirect>")
    assert leg.done[:3] == ["rings", "answered", "hears Hi"]
    assert calls.params("/next")["CallStatus"] == "ringing"


async def test_a_ring_of_redirects_ends(calls: CallWorld) -> None:
    """Documents that only lead to each other are followed 50 times."""
    leg = await calls.come_in("<Redirect/>")
    assert len(calls.asked) == 51
    assert await calls.alerts() == [11215]
    assert "sorry" in leg.heard[0]


async def test_a_menu_that_repeats_is_no_ring(calls: CallWorld) -> None:
    """A redirect to itself after something was heard may go on as long as the caller stays."""
    count = 60

    async def voice(request: web.Request) -> web.StreamResponse:
        return twiml("<Say>Hi</Say><Redirect/>" if len(calls.asked) < count else "<Hangup/>")

    calls.pages["/voice"] = voice
    leg = await calls.come_in(script=lambda leg: leg.lasts.update(Hi=1))
    assert leg.heard == ["Hi"] * (count - 1)


async def test_the_caller_gives_up_while_it_rings(calls: CallWorld) -> None:
    """The call is canceled, and nothing is heard."""
    leg = await calls.come_in("<Pause length='30'/><Say>Hi</Say>", lambda leg: leg.at(5, leg.go))
    assert leg.heard == []
    assert await calls.status() is CallStatus.CANCELED


async def test_the_caller_hangs_up_in_a_prompt(calls: CallWorld) -> None:
    """The document ends there; no action is requested."""
    leg = await calls.come_in(
        "<Gather action='/menu'><Say>Press one</Say></Gather>", hanging_up_after("hears Press one")
    )
    assert leg.done[-1] == "gone remote"
    assert calls.paths() == ["/voice"]
    assert await calls.status() is CallStatus.COMPLETED


async def test_a_recording_is_told_though_the_caller_is_gone(calls: CallWorld) -> None:
    """The action learns `hangup` and the final status; its document is not run."""
    calls.pages["/done"] = "<Say>never</Say>"

    def script(leg: ScriptedLeg) -> None:
        leg.talks = [(0, 1e9)]
        leg.when("records inbound on 1", lambda: leg.at(leg.now + 20, leg.go))

    leg = await calls.come_in(
        "<Record action='/done' maxLength='60' recordingStatusCallback='/recorded' "
        "recordingStatusCallbackEvent='in-progress completed'/>",
        script,
    )
    params = calls.params("/done")
    (row,) = await calls.recordings()
    assert (params["Digits"], params["CallStatus"]) == ("hangup", "completed")
    assert params["RecordingUrl"] == f"https://here.example{row.path}"
    assert params["RecordingDuration"] == str(row.seconds)
    assert row.status is RecordingStatus.COMPLETED
    assert "hears never" not in leg.done
    told = [params["RecordingStatus"] for _, params in await calls.told() if "RecordingStatus" in params]
    assert told == ["in-progress", "completed"]


# -- applications that fail --


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (web.Response(status=500, text="oops"), 11200),
        (web.Response(text="", content_type="text/xml"), 11770),
        (web.Response(text="<Response>", content_type="text/xml"), 12100),
        (web.Response(text="<Twiml/>", content_type="text/xml"), 12102),
        (web.Response(text="{}", content_type="application/json"), 12300),
        (web.Response(text="<Response>" + " " * 70_000 + "</Response>", content_type="text/xml"), 11750),
    ],
)
async def test_an_application_that_fails(calls: CallWorld, answer: web.Response, code: int) -> None:
    """The caller hears an apology, the debugger learns why, and the call ends."""
    calls.pages["/voice"] = answer
    leg = await calls.come_in()
    assert [len(leg.heard), leg.done[-1]] == [1, "gone local"]
    assert "sorry" in leg.heard[0]
    assert await calls.alerts() == [code]
    assert await calls.status() is CallStatus.COMPLETED


async def test_the_fallback_is_told_what_failed(calls: CallWorld) -> None:
    """It is asked at once, with the same parameters and the error, and its document runs."""
    await calls.world.number("+14155550333", voice_url=f"{calls.base}/gone", voice_fallback_url=f"{calls.base}/plan-b")
    calls.pages["/plan-b"] = "<Say>Plan B</Say>"
    leg, _ = await calls.start(to="+14155550333")
    await calls.over()
    params = calls.params("/plan-b")
    assert leg.heard == ["Plan B"]
    assert (params["ErrorCode"], params["ErrorUrl"], params["From"]) == ("11200", f"{calls.base}/gone", PERSON)


async def test_the_fallback_holds_for_later_documents(calls: CallWorld) -> None:
    """What an action answers may fail too, and keeps its parameters on the way to the fallback."""
    await calls.world.number("+14155550333", voice_url=f"{calls.base}/voice", voice_fallback_url=f"{calls.base}/plan-b")
    calls.pages |= {"/voice": "<Gather numDigits='1' action='/gone'><Say>Go</Say></Gather>", "/plan-b": "<Say>B</Say>"}
    leg, _ = await calls.start(lambda leg: leg.when("hears Go", lambda: leg.press("7")), to="+14155550333")
    await calls.over()
    assert leg.heard == ["Go", "B"]
    assert calls.params("/plan-b")["Digits"] == "7"


async def test_a_fallback_has_no_fallback(calls: CallWorld) -> None:
    """When it fails too, or leads to what fails, the caller hears the apology."""
    await calls.world.number("+14155550333", voice_url=f"{calls.base}/gone", voice_fallback_url=f"{calls.base}/plan-b")
    calls.pages["/plan-b"] = "<Redirect>/gone</Redirect>"
    leg, _ = await calls.start(to="+14155550333")
    await calls.over()
    assert calls.paths() == ["/gone", "/plan-b", "/gone"]
    assert "sorry" in leg.heard[0]
    assert await calls.alerts() == [11200, 11200]


async def test_warnings_of_a_document_reach_the_debugger(calls: CallWorld) -> None:
    """Those of its verbs as they are read, and as they run."""
    await calls.come_in("<Say loop='x'>Hi</Say><Say/><Nonsense/>")
    assert sorted(await calls.alerts()) == [12200, 13510, 13520]


# -- other answers --


async def test_plain_text_is_spoken(calls: CallWorld) -> None:
    """A text that is no TwiML is said, and the call ends; TwiML that comes as text runs."""
    calls.pages["/voice"] = web.Response(text="Hello there", content_type="text/plain")
    assert (await calls.come_in()).heard == ["Hello there"]
    calls.pages["/voice"] = web.Response(text="<Response><Say>Hi</Say></Response>", content_type="text/plain")
    assert (await calls.come_in()).heard == ["Hi"]


async def test_a_sound_is_played(calls: CallWorld) -> None:
    """An answer that is audio is played once, and the call ends; it may be larger than a document."""
    sound = "RIFF" * 30_000
    calls.pages["/voice"] = web.Response(text=sound, content_type="audio/x-wav", charset=None)
    leg = await calls.come_in()
    assert (leg.heard, leg.done[-1]) == ([sound], "gone local")


async def test_a_file_that_is_none_is_skipped(calls: CallWorld) -> None:
    """The debugger learns why; the next verb is heard. URLs are relative to the document."""
    leg = await calls.come_in("<Play>broken.mp3</Play><Play>a.mp3</Play>")
    assert leg.heard == [f"{calls.base}/a.mp3"]
    assert await calls.alerts() == [13420]


async def test_the_timeline_shows_how_a_sound_was_asked_for(calls: CallWorld, tmp_path: Path) -> None:
    """Also one that is not there: the request, its answer, and what is wrong with it."""
    parts = calls.runner._parts
    shelf = Shelf(tmp_path / "sounds")
    sounds = Sounds(
        webhooks=parts.webhooks, auth=parts.auth, shelf=shelf, repertoire=Repertoire(), validate_certificates=True
    )
    object.__setattr__(parts, "sounds", sounds)
    await calls.come_in("<Play>missing.mp3</Play>")
    assert await calls.alerts() == [11200]
    timeline = await calls.timeline((await calls.call()).sid)
    assert [sentence for sentence in timeline if sentence.startswith("GET answered 404")]


# -- refusals of ours --


async def test_nobodys_number(calls: CallWorld) -> None:
    """A number that no account has is refused, and leaves no row."""
    leg, _ = await calls.start(to="+14155559999")
    assert leg.done == ["gone rejected"]
    assert await calls.calls() == []


async def test_a_call_that_cannot_be_taken_is_refused(calls: CallWorld) -> None:
    """Whatever breaks on the way in, the caller is not left ringing."""

    async def broken(event: object) -> None:
        raise RuntimeError("a bug")

    calls.places.arrived = broken  # type: ignore[method-assign, assignment]
    leg, _ = await calls.start()
    assert leg.done == ["gone rejected"]


async def test_a_number_without_url_ends_unanswered(calls: CallWorld) -> None:
    """The timeline says why."""
    await calls.world.number("+14155550333", voice_url=None)
    leg, sid = await calls.start(to="+14155550333")
    await calls.over()
    assert leg.done == ["rings", "gone rejected"]
    assert any("no URL" in line for line in await calls.timeline(sid))


async def test_a_server_that_stops_takes_no_call(calls: CallWorld) -> None:
    """New calls are refused; live ones are hung up after their grace, and their rows are final."""
    calls.pages["/voice"] = "<Play loop='0'>a.mp3</Play>"
    live, _ = await calls.start()
    await until(live, f"hears {calls.base}/a.mp3")
    await calls.runner.stop(10)
    assert live.done[-1] == "gone shutdown"
    assert (await calls.call()).status is CallStatus.COMPLETED
    late, _ = await calls.start()
    assert late.done == ["gone rejected"]


# -- a call that breaks --


async def test_a_verb_that_breaks_ends_its_call_alone(calls: CallWorld) -> None:
    """The caller hears the apology; another call goes on."""

    class Broken:
        async def say(self, utterance: object) -> object:
            if "break" in getattr(utterance, "text", ""):
                raise RuntimeError("a bug")
            return await calls.speech.say(utterance)  # type: ignore[arg-type]

    object.__setattr__(calls.runner._parts, "speech", Broken())
    leg = await calls.come_in("<Say>break</Say>")
    assert "sorry" in leg.heard[0]
    assert await calls.alerts() == [12400]
    assert (await calls.come_in("<Say>Hi</Say>")).heard == ["Hi"]


# -- REST --


async def until(leg: ScriptedLeg, what: str) -> None:
    async with asyncio.timeout(5):
        while what not in leg.done:  # noqa: ASYNC110 - the diary is all there is to look at
            await asyncio.sleep(0.001)


async def test_rest_sends_a_live_call_elsewhere(calls: CallWorld) -> None:
    """The verb that runs is cut, and the new document begins."""
    calls.pages |= {"/voice": "<Play loop='0'>music.mp3</Play>", "/new": "<Say>Here we go</Say>"}
    leg, sid = await calls.start()
    await until(leg, f"hears {calls.base}/music.mp3")
    await calls.runner.redirect(sid, Source(url=f"{calls.base}/new"))
    await calls.over()
    assert leg.heard[-1] == "Here we go"
    assert calls.params("/new")["CallStatus"] == "in-progress"


async def test_rest_runs_a_document_of_its_own(calls: CallWorld) -> None:
    """Inline TwiML has no URL: what it names has to be absolute (15004 for one that comes while the call goes on)."""
    calls.pages["/voice"] = "<Play loop='0'>music.mp3</Play>"
    leg, sid = await calls.start()
    await until(leg, f"hears {calls.base}/music.mp3")
    await calls.runner.redirect(sid, Source(twiml="<Response><Say>Inline</Say><Redirect>/x</Redirect></Response>"))
    await calls.over()
    assert leg.heard[-2] == "Inline"
    assert await calls.alerts() == [15004]


async def test_rest_hangs_up(calls: CallWorld) -> None:
    """The row is final when it returns."""
    calls.pages["/voice"] = "<Play loop='0'>music.mp3</Play>"
    leg, sid = await calls.start()
    await until(leg, f"hears {calls.base}/music.mp3")
    await calls.runner.hang_up(sid)
    assert await calls.status() is CallStatus.COMPLETED


async def test_rest_cancels_only_what_is_not_answered(calls: CallWorld) -> None:
    """An answered call goes on."""
    calls.pages["/voice"] = "<Pause length='600'/>"
    _, sid = await calls.start()
    await calls.runner.cancel(sid)
    assert await calls.status() is CallStatus.CANCELED


async def test_a_redirect_cuts_a_recording_and_keeps_it(calls: CallWorld) -> None:
    """What was recorded so far is complete, though its action is never requested."""
    calls.pages |= {"/voice": "<Record action='/done' timeout='0'/>", "/new": "<Hangup/>"}
    leg, sid = await calls.start(lambda leg: setattr(leg, "talks", [(0, 1e9)]))
    await until(leg, "records inbound on 1")
    await asyncio.sleep(0.02)
    await calls.runner.redirect(sid, Source(url=f"{calls.base}/new"))
    await calls.over()
    assert calls.paths() == ["/voice", "/new"]
    (row,) = await calls.recordings()
    assert row.status is RecordingStatus.COMPLETED
    assert "recorded until stopped" in leg.done


async def test_the_timeline_tells_the_call(calls: CallWorld) -> None:
    """Webhook attempts, verbs and moves, in order, each as a sentence."""
    calls.pages["/voice"] = "<Say>Hello</Say><Pause/>"
    _, sid = await calls.start()
    await calls.over()
    told = await calls.timeline(sid)
    assert told[0] == "simulated brought it"
    assert told[1].startswith("POST answered 200")
    assert told[2:] == [
        "<Say> speaks 5 characters",
        "Answered",
        "<Pause> waits 1 s",
        "The platform hung up",
    ]
