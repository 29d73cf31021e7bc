"""What REST does with those who take part in a conference, as phones hear it."""

import json
from urllib.error import HTTPError

import pytest
from tests.scenarios.plugin_support import drop
from tests.scenarios.twiml.party import SILENT, Party, heard, is_silent, overheard
from tests.scenarios.twiml.sounds import Sound
from tests.scenarios.twiml.stage import ALICE, BOB, CAROL


def called(party: Party, number: str, room: str = "room", **params: str) -> dict[str, object]:
    """REST calls a phone into a conference."""
    form = {"From": party.stage.hookflash.number, "To": number, "WaitUrl": "", "Beep": "false", **params}
    shown: dict[str, object] = party.stage.rest(f"Conferences/{room}/Participants.json", form)
    return shown


def status_of(party: Party, path: str) -> int:
    """What GET answers."""
    try:
        party.stage.rest(path)
    except HTTPError as error:
        return error.code
    return 200


# -- called in --


def test_rest_calls_somebody_in(party: Party) -> None:
    """The conference is there from then on, by its name; who answers takes part in it."""
    bob = party.stage.handset(BOB)
    bob.answers("manual")
    shown = called(party, BOB, Label="agent", EndConferenceOnExit="true")
    call = bob.rings_sync()
    path = f"Conferences/{shown['conference_sid']}/Participants/agent.json"
    assert party.stage.rest(path)["status"] == "ringing"
    assert party.shown["friendly_name"] == "room"
    assert party.status == "init"
    call.answer()
    alice = party.join(ALICE, SILENT)
    assert party.shown["sid"] == shown["conference_sid"]
    assert party.stage.rest(path)["status"] == "connected"
    call.say("How can I help you?")
    alice.hears_sync("How can I help you?")
    call.hang_up()
    alice.over_sync()
    assert party.shown["reason_conference_ended"] == "participant-with-end-conference-on-exit-left"


def test_rest_calls_an_application_in(party: Party) -> None:
    """It takes part as a phone would, by a call of its own; what is written behind its SID comes with its requests."""
    page = party.stage.page("bot", "<Pause/><Say>I am the bot</Say>")
    sid = party.stage.rest("Applications.json", {"FriendlyName": "bot", "VoiceUrl": page})["sid"]
    shown = called(party, f"app:{sid}?mood=good", EndConferenceOnExit="true")
    alice = party.join(ALICE, SILENT)
    alice.hears_sync("I am the bot")
    alice.over_sync()
    asked = party.stage.app.wait_for(To=f"app:{sid}")
    assert (asked["mood"], asked["ApplicationSid"], asked["Direction"]) == ("good", sid, "inbound")
    assert asked["CallSid"] != shown["call_sid"]


def test_rest_calls_no_application_but_into_a_conference(party: Party) -> None:
    """21211 of POST Calls."""
    sid = party.stage.rest("Applications.json", {"FriendlyName": "bot", "VoiceUrl": party.stage.app.url})["sid"]
    with pytest.raises(HTTPError) as refused:
        party.stage.call_from_app("<Hangup/>", To=f"app:{sid}")
    assert json.load(refused.value)["code"] == 21211


def test_the_call_of_who_is_called_in_is_one_like_others(party: Party) -> None:
    """It has its own callbacks, its own recording and its own end; what answers is told beside."""
    app = party.stage.app.url
    greeting = "You have reached the voicemail of Bob. Please leave a message after the tone and I will call you back."
    party.stage.handset(BOB).answers("voicemail", says=greeting)
    alice = party.join(ALICE, SILENT)
    shown = called(
        party,
        BOB,
        StatusCallback=f"{app}/call",
        StatusCallbackEvent="answered completed",
        Record="true",
        RecordingStatusCallback=f"{app}/recording",
        MachineDetection="Enable",
        AmdStatusCallback=f"{app}/detected",
        TimeLimit="20",
    )
    alice.hears_sync("You have reached the voicemail of Bob")
    alice.wait(25)
    assert party.until(AnsweredBy="machine_start").path == "/app/detected"
    done = party.until(CallSid=str(shown["call_sid"]), CallStatus="completed")
    assert done.path == "/app/call"
    assert int(done["CallDuration"]) == 20
    assert party.until(RecordingStatus="completed")["RecordingSource"] == "OutboundAPI"


def test_rest_calls_somebody_who_does_not_answer(party: Party) -> None:
    """It is told as one that could not be added, and the conference that nobody came to is over."""
    party.stage.handset(BOB).answers("busy")
    events = {"ConferenceStatusCallback": f"{party.stage.app.url}/conference"}
    shown = called(party, BOB, **events, ConferenceStatusCallbackEvent="leave end")
    party.stage.handset(BOB).rings_sync().over_sync()
    left = party.until(StatusCallbackEvent="participant-leave")
    assert (left["ReasonParticipantLeft"], left["ParticipantCallStatus"]) == ("participant_add_failed", "busy")
    party.until(StatusCallbackEvent="conference-end")
    assert status_of(party, f"Conferences/{shown['conference_sid']}/Participants/{shown['call_sid']}.json") == 404


def test_those_in_it_hear_the_phone_ring(party: Party) -> None:
    """Unless they shall not: EarlyMedia."""
    alice = party.join(ALICE, SILENT)
    party.join(CAROL, SILENT)
    bob = party.stage.handset(BOB)
    bob.answers("manual")
    for early_media in ("true", "false"):
        called(party, BOB, EarlyMedia=early_media)
        call = bob.rings_sync()
        assert is_silent(heard(alice, 3)) is (early_media == "false")
        call.answer()
        alice.wait(0.5)
        assert is_silent(heard(alice, 3))
        call.hang_up()


def test_a_conference_ends_for_those_whose_phones_ring(party: Party) -> None:
    """They stop ringing, for nobody would be there any more."""
    alice = party.join(ALICE, SILENT)
    bob = party.stage.handset(BOB)
    bob.answers("manual")
    called(party, BOB)
    call = bob.rings_sync()
    party.stage.rest(f"Conferences/{party.shown['sid']}.json", {"Status": "completed"})
    alice.over_sync()
    call.over_sync()
    assert party.shown["reason_conference_ended"] == "conference-ended-via-api"


def test_who_is_sent_elsewhere_while_it_rings_takes_no_part(party: Party) -> None:
    """The new document is what it runs once it answers, and the application is told that it does not come."""
    party.join(ALICE, f"{SILENT} {party.status_callback}")
    bob = party.stage.handset(BOB)
    bob.answers("manual")
    shown = called(party, BOB)
    call = bob.rings_sync()
    party.stage.rest(f"Calls/{shown['call_sid']}.json", {"Twiml": "<Response><Say>Over here.</Say></Response>"})
    call.answer()
    call.hears_sync("Over here")
    call.over_sync()
    left = party.until(StatusCallbackEvent="participant-leave")
    assert (left["CallSid"], left["ReasonParticipantLeft"]) == (shown["call_sid"], "participant_add_failed")


# -- changed --


def test_rest_mutes_and_unmutes(party: Party) -> None:
    """Who is muted is heard by nobody, and listed as such."""
    alice, bob = party.join(ALICE, SILENT), party.join(BOB, SILENT)
    assert party.change(BOB, Muted="true")["muted"] is True
    assert is_silent(overheard(alice, bob))
    participants = f"Conferences/{party.shown['sid']}/Participants.json"
    listed = party.stage.rest(f"{participants}?Muted=true")["participants"]
    assert [each["call_sid"] for each in listed] == [party.sid(BOB)]
    party.change(BOB, Muted="false")
    bob.say("And now?")
    alice.hears_sync("And now?")


def test_rest_puts_on_hold(party: Party) -> None:
    """Music plays to who is on hold; neither side hears the other until that is over."""
    alice, bob = party.join(ALICE, SILENT), party.join(BOB, SILENT)
    assert party.change(BOB, Hold="true")["hold"] is True
    bob.hears_sync("hold-music")
    assert is_silent(overheard(alice, bob))
    party.change(BOB, Hold="false")
    bob.say("And now?")
    alice.hears_sync("And now?")
    assert is_silent(heard(bob, 2))


def test_rest_lets_who_is_on_hold_hear_a_document(party: Party) -> None:
    """HoldUrl leads to it, by HoldMethod, or GET."""
    party.join(ALICE, SILENT)
    bob = party.join(BOB, SILENT)
    url = party.stage.page("hold", "<Say>Somebody will be with you soon.</Say>")
    party.change(BOB, Hold="true", HoldUrl=url)
    bob.hears_sync("Somebody will be with you soon")
    party.change(BOB, HoldUrl=url, HoldMethod="POST")
    bob.hears_sync("Somebody will be with you soon")
    assert [asked.method for asked in party.stage.app.requests if asked.path == "/app/hold"] == ["GET", "POST"]


def test_rest_lets_somebody_coach(party: Party) -> None:
    """From then on only the one who is coached hears the coach; later all do again."""
    alice, bob, carol = party.join(ALICE, SILENT), party.join(BOB, SILENT), party.join(CAROL, SILENT)
    shown = party.change(CAROL, Coaching="true", CallSidToCoach=party.sid(ALICE))
    assert (shown["coaching"], shown["call_sid_to_coach"]) == (True, party.sid(ALICE))
    start = Sound.of(bob).seconds
    carol.say("Offer him a discount.")
    alice.hears_sync("Offer him a discount.")
    assert is_silent(Sound.of(bob).between(start))
    party.change(CAROL, Coaching="false")
    carol.say("I am the manager.")
    bob.hears_sync("I am the manager.")


@pytest.mark.parametrize("on_hold", [True, False])
def test_rest_refuses_who_cannot_be_coached(party: Party, on_hold: bool) -> None:
    """One who is on hold (16027), or does not take part (16028)."""
    party.join(ALICE, SILENT)
    party.join(BOB, SILENT)
    coached = party.sid(ALICE) if on_hold else "CA" + "0" * 32
    if on_hold:
        party.change(ALICE, Hold="true")
    with pytest.raises(HTTPError) as refusal:
        party.change(BOB, Coaching="true", CallSidToCoach=coached)
    assert (b"16027" if on_hold else b"16028") in refusal.value.read()


def test_rest_lets_nobody_coach_themselves(party: Party) -> None:
    """They would hear their own voice, and nobody else would."""
    party.join(ALICE, SILENT)
    with pytest.raises(HTTPError) as refusal:
        party.change(ALICE, Coaching="true", CallSidToCoach=party.sid(ALICE))
    assert b"nobody coaches themselves" in refusal.value.read()


def test_rest_changes_what_waiting_is_like(party: Party) -> None:
    """WaitUrl replaces what is heard before the start."""
    alice = party.join(ALICE, f'waitUrl="{party.stage.page("wait", "<Say>Please hold.</Say>")}"')
    alice.hears_sync("Please hold")
    alice.wait(1)
    party.change(ALICE, WaitUrl=party.stage.page("other", "<Say>It will not be long.</Say>"))
    alice.hears_sync("It will not be long")


def test_rest_decides_anew_who_ends_it(party: Party) -> None:
    """EndConferenceOnExit holds from then on."""
    alice, bob = party.join(ALICE, SILENT), party.join(BOB, SILENT)
    assert party.change(BOB, EndConferenceOnExit="true")["end_conference_on_exit"] is True
    bob.hang_up()
    alice.over_sync()


# -- told --


def test_rest_announces_to_all(party: Party) -> None:
    """Everybody in the room hears it, and the application is told when it is over."""
    alice, bob = party.join(ALICE, f"{SILENT} {party.status_callback}"), party.join(BOB, SILENT)
    url = party.stage.page("announce", "<Say>The line closes in five minutes.</Say>")
    party.stage.rest(f"Conferences/{party.shown['sid']}.json", {"AnnounceUrl": url})
    alice.hears_sync("The line closes in five minutes")
    bob.hears_sync("The line closes in five minutes")
    assert party.until(StatusCallbackEvent="announcement-end")["AnnounceUrl"] == url


def test_rest_announces_to_one(party: Party) -> None:
    """Nobody else hears it."""
    alice, bob = party.join(ALICE, f"{SILENT} {party.status_callback}"), party.join(BOB, SILENT)
    url = party.stage.page("announce", "<Say>You have one minute left.</Say>")
    start = Sound.of(alice).seconds
    party.change(BOB, AnnounceUrl=url, AnnounceMethod="GET")
    bob.hears_sync("You have one minute left")
    assert is_silent(Sound.of(alice).between(start))
    assert party.until(StatusCallbackEvent="announcement-end")["CallSid"] == party.sid(BOB)


@pytest.mark.parametrize("is_held", [True, False])
def test_rest_announces_to_who_hears_music(party: Party, *, is_held: bool) -> None:
    """Who is on hold, or waits for the start, hears it at once, and the music goes on behind it."""
    alice = party.join(ALICE, party.status_callback)
    if is_held:
        party.join(BOB, SILENT)
        party.change(ALICE, Hold="true")
    alice.hears_sync("hold-music")
    url = party.stage.page("announce", "<Say>You are next.</Say>")
    party.change(ALICE, AnnounceUrl=url)
    alice.hears_sync("You are next", timeout=20)
    assert party.until(StatusCallbackEvent="announcement-end")["CallSid"] == party.sid(ALICE)
    alice.hears_sync("hold-music")


def test_an_announcement_that_is_not_there_fails(party: Party) -> None:
    """The application is told so, and why."""
    party.join(ALICE, f"{SILENT} {party.status_callback}")
    party.join(BOB, SILENT)
    party.stage.rest(
        f"Conferences/{party.shown['sid']}.json",
        {"AnnounceUrl": f"{party.stage.app.url}/gone.wav", "AnnounceMethod": "GET"},
    )
    assert party.until(StatusCallbackEvent="announcement-fail")["ReasonAnnouncementFailed"]


# -- put out --


def test_rest_kicks(party: Party) -> None:
    """Who is put out goes on with the next verb, and is not found in the conference any more."""
    party.join(ALICE, f"{SILENT} {party.status_callback}")
    bob = party.join(BOB, SILENT, after="<Say>You were put out.</Say>")
    path = party.path(BOB)
    drop(party.stage.hookflash, path)
    assert status_of(party, path) == 404
    bob.hears_sync("You were put out")
    left = party.until(StatusCallbackEvent="participant-leave")
    assert (left["CallSid"], left["ReasonParticipantLeft"]) == (party.sid(BOB), "participant_updated_via_api")


def test_rest_kicks_the_one_who_ends_it(party: Party) -> None:
    """That ends it, and is told by its own reason."""
    alice = party.join(ALICE, SILENT)
    party.join(BOB, f'{SILENT} endConferenceOnExit="true"')
    drop(party.stage.hookflash, party.path(BOB))
    alice.over_sync()
    assert party.shown["reason_conference_ended"] == "participant-with-end-conference-on-exit-kicked"


def test_rest_kicks_whose_phone_rings(party: Party) -> None:
    """It stops ringing."""
    party.join(ALICE, SILENT)
    bob = party.stage.handset(BOB)
    bob.answers("manual")
    shown = called(party, BOB)
    call = bob.rings_sync()
    drop(party.stage.hookflash, f"Conferences/{shown['conference_sid']}/Participants/{shown['call_sid']}.json")
    call.over_sync()


def test_rest_sends_somebody_elsewhere(party: Party) -> None:
    """A new document of its call takes it out of the conference, which goes on."""
    alice, bob, carol = party.join(ALICE, SILENT), party.join(BOB, SILENT), party.join(CAROL, SILENT)
    party.stage.rest(f"Calls/{party.sid(BOB)}.json", {"Twiml": "<Response><Say>Over here.</Say></Response>"})
    bob.hears_sync("Over here")
    alice.say("Where is he?")
    carol.hears_sync("Where is he?")


def test_rest_ends_it(party: Party) -> None:
    """All go on with their documents; a conference of that name is another one from then on."""
    alice = party.join(ALICE, f"{SILENT} {party.status_callback}", after="<Say>Ended.</Say>")
    bob = party.join(BOB, SILENT, after="<Say>Ended.</Say>")
    shown = party.stage.rest(f"Conferences/{party.shown['sid']}.json", {"Status": "completed"})
    assert (shown["status"], shown["reason_conference_ended"]) == ("completed", "conference-ended-via-api")
    alice.hears_sync("Ended")
    bob.hears_sync("Ended")
    reasons = {told.get("ReasonParticipantLeft") for told in party.told if "ReasonParticipantLeft" in told}
    assert reasons == {"conference_ended_via_api"}
    party.join(CAROL, SILENT)
    assert party.shown["sid"] != shown["sid"]
    listed = party.stage.rest("Conferences.json?Status=completed&FriendlyName=room")["conferences"]
    assert [each["sid"] for each in listed] == [shown["sid"]]
    timeline = party.stage.hookflash.client.get("timeline", str(shown["sid"]))["events"]
    assert "The conference is over: conference ended via api" in [event["sentence"] for event in timeline]


# -- recorded --


def test_rest_pauses_a_recording(party: Party) -> None:
    """What is said meanwhile is not on it, nor the time that passes."""
    alice = party.join(ALICE, f'{SILENT} record="record-from-start" recordingStatusCallback="{party.stage.app.url}/r"')
    party.join(BOB, SILENT)
    current = f"Conferences/{party.shown['sid']}/Recordings/Twilio.CURRENT.json"
    alice.say("One two three.")
    assert party.stage.rest(current, {"Status": "paused", "PauseBehavior": "skip"})["status"] == "paused"
    alice.wait(30)
    party.stage.rest(current, {"Status": "in-progress"})
    alice.say("Four five six.")
    shown = party.stage.rest(current, {"Status": "stopped"})
    assert int(str(party.recording()["duration"])) < 10
    path = f"Conferences/{party.shown['sid']}/Recordings"
    assert [each["sid"] for each in party.stage.rest(f"{path}.json")["recordings"]] == [shown["sid"]]
    drop(party.stage.hookflash, f"{path}/{shown['sid']}.json")
    assert status_of(party, f"{path}/{shown['sid']}.json") == 404


def test_it_is_over_once_for_all_who_leave_together(party: Party) -> None:
    """Each goes on with its document, each is told of, and then the end, once; those who hear music, too."""
    phones = [f"+1415555131{n}" for n in range(6)]
    calls = [
        party.join(phone, SILENT if n else f"{SILENT} {party.status_callback}", after="<Say>It is over.</Say>")
        for n, phone in enumerate(phones)
    ]
    for phone, call in zip(phones[:3], calls, strict=False):
        party.change(phone, Hold="true")
        call.hears_sync("hold-music")
    party.stage.rest(f"Conferences/{party.shown['sid']}.json", {"Status": "completed"})
    for call in calls:
        call.hears_sync("It is over")
    party.until(StatusCallbackEvent="conference-end")
    assert party.events[-7:] == ["participant-leave"] * 6 + ["conference-end"]
    assert all(party.stage.codes(party.sid(phone)) == [] for phone in phones)
