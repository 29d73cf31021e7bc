"""`<Conference>`: callers who hear each other. Alice is the first to come, unless a test says otherwise."""

import io
import wave
from urllib.request import urlopen

import pytest
from tests.scenarios.twiml.party import SILENT, Party, has_beep, heard, is_silent, overheard
from tests.scenarios.twiml.sounds import Sound, beep
from tests.scenarios.twiml.stage import ALICE, BOB, CAROL


def channels(file: bytes) -> list[Sound]:
    """The sides of a recording."""
    with wave.open(io.BytesIO(file)) as sound:
        samples = memoryview(sound.readframes(sound.getnframes())).cast("h").tolist()
        return [Sound(samples[first :: sound.getnchannels()]) for first in range(sound.getnchannels())]


def test_conference(party: Party) -> None:
    """Those who name it hear each other, and go on with their documents when it is over."""
    action = f'action="{party.stage.page("after", "<Say>It is over.</Say>")}"'
    alice = party.join(ALICE, SILENT, dial=action)
    bob = party.join(BOB, f'{SILENT} endConferenceOnExit="true"')
    alice.say("Is anybody there?")
    bob.hears_sync("Is anybody there?")
    bob.say("Yes, I am here.")
    alice.hears_sync("Yes, I am here.")
    bob.hang_up()
    alice.hears_sync("It is over")
    assert party.until(DialCallStatus="answered")["DialBridged"] == "true"
    assert party.shown["reason_conference_ended"] == "participant-with-end-conference-on-exit-left"
    assert party.stage.codes() == []


def test_conference_muted(party: Party) -> None:
    """Nobody hears who is muted; who hears all the same."""
    alice = party.join(ALICE, SILENT)
    bob = party.join(BOB, f'{SILENT} muted="true"')
    assert is_silent(overheard(alice, bob))
    alice.say("Is anybody there?")
    bob.hears_sync("Is anybody there?")
    party.change(BOB, Muted="false")
    bob.say("Now you can.")
    alice.hears_sync("Now you can.")


def test_conference_beep(party: Party) -> None:
    """All hear that somebody comes and goes, or only the one of both, or neither."""
    alice = party.join(ALICE, SILENT)
    for value, on_enter, on_exit in (
        ("true", True, True),
        ("onEnter", True, False),
        ("onExit", False, True),
        ("false", False, False),
    ):
        start = Sound.of(alice).seconds
        bob = party.join(BOB, f'waitUrl="" beep="{value}"')
        alice.wait(1)
        assert has_beep(Sound.of(alice).between(start)) is on_enter, value
        assert has_beep(Sound.of(bob)) is on_enter, value
        start = Sound.of(alice).seconds
        bob.hang_up()
        alice.wait(1)
        assert has_beep(Sound.of(alice).between(start)) is on_exit, value


def test_conference_beep__of_another_kind(party: Party) -> None:
    """13235: both are heard."""
    alice = party.join(ALICE, SILENT)
    party.join(BOB, 'waitUrl="" beep="loudly"')
    assert has_beep(heard(alice, 1))
    assert party.stage.codes(party.sid(BOB)) == [13235]


def test_conference_start_conference_on_enter(party: Party) -> None:
    """Those who may not start it wait, two of them as well as one, for somebody who may."""
    alice = party.join(ALICE, f'{SILENT} startConferenceOnEnter="false"')
    bob = party.join(BOB, f'{SILENT} startConferenceOnEnter="false"')
    assert is_silent(overheard(alice, bob))
    assert party.status == "init"
    carol = party.join(CAROL, SILENT)
    assert party.status == "in-progress"
    bob.say("And now?")
    alice.hears_sync("And now?")
    carol.hears_sync("And now?")


def test_conference_end_conference_on_exit(party: Party) -> None:
    """It is over for all when one who ends it leaves; another may leave."""
    action = f'action="{party.stage.page("after", "<Say>It is over.</Say>")}"'
    alice = party.join(ALICE, f"{SILENT} {party.status_callback}", dial=action)
    bob = party.join(BOB, f'{SILENT} endConferenceOnExit="true"', dial=action)
    party.join(CAROL, SILENT).hang_up()
    alice.say("Carol is gone.")
    bob.hears_sync("Carol is gone.")
    bob.hang_up()
    alice.hears_sync("It is over")
    end = party.until(StatusCallbackEvent="conference-end")
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert end["CallSidEndingConference"] == party.sid(BOB)
    assert party.until(CallSid=party.sid(ALICE), StatusCallbackEvent="participant-leave")["ReasonParticipantLeft"] == (
        "moderator_ended_conference"
    )


def test_conference_participant_label(party: Party) -> None:
    """REST takes it for the SID; who comes with one that is there already goes on with the next verb."""
    party.join(ALICE, f'{SILENT} participantLabel="agent"')
    shown = party.stage.rest(f"Conferences/{party.shown['sid']}/Participants/agent.json")
    assert (shown["call_sid"], shown["label"]) == (party.sid(ALICE), "agent")
    action = f'action="{party.stage.page("after", "<Say>Wrong.</Say>")}"'
    bob = party.join(BOB, f'{SILENT} participantLabel="agent"', dial=action, after="<Say>Not admitted.</Say>")
    bob.hears_sync("Not admitted")
    assert party.stage.codes(party.sid(BOB)) == [16025]


def test_conference_participant_label__that_is_none(party: Party) -> None:
    """16023: it may have no slash, so that nobody takes part."""
    bob = party.join(BOB, 'participantLabel="a/b"', after="<Say>Not admitted.</Say>")
    bob.hears_sync("Not admitted")
    assert party.stage.codes(party.sid(BOB))[0] == 16023


def test_conference_coach(party: Party) -> None:
    """Who coaches hears all, and only the one who is coached hears them."""
    alice = party.join(ALICE, SILENT)
    bob = party.join(BOB, SILENT)
    carol = party.join(CAROL, f'{SILENT} coach="{party.sid(ALICE)}"')
    start = Sound.of(bob).seconds
    carol.say("Offer him a discount.")
    alice.hears_sync("Offer him a discount.")
    assert is_silent(Sound.of(bob).between(start))
    bob.say("It is too expensive.")
    carol.hears_sync("It is too expensive.")
    assert party.stage.rest(party.path(CAROL))["coaching"] is True


@pytest.mark.parametrize(("coach", "code"), [("CA" + "0" * 32, 16028), ("Bob", 13240)])
def test_conference_coach__of_nobody(party: Party, coach: str, code: int) -> None:
    """16028 when nobody of that SID takes part, 13240 when it is none: the next verb runs."""
    party.join(ALICE, SILENT)
    bob = party.join(BOB, f'{SILENT} coach="{coach}"', after="<Say>Nobody to coach.</Say>")
    bob.hears_sync("Nobody to coach")
    assert party.stage.codes(party.sid(BOB))[0] == code


def test_conference_max_participants(party: Party) -> None:
    """16020: there is no room for one more than the first allows. What others say of it counts for nothing."""
    action = f'action="{party.stage.page("after", "<Say>It is full.</Say>")}"'
    party.join(ALICE, f'{SILENT} maxParticipants="2"')
    party.join(BOB, f'{SILENT} maxParticipants="10"')
    carol = party.join(CAROL, SILENT, dial=action)
    carol.hears_sync("It is full")
    assert party.until(DialCallStatus="failed")["From"] == CAROL
    assert party.stage.codes(party.sid(CAROL)) == [16020]


def test_conference_wait_url(party: Party) -> None:
    """Who waits hears what it leads to, once; with the start that is over."""
    url = party.stage.page("wait", "<Say>You are the first.</Say>")
    alice = party.join(ALICE, f'beep="false" waitUrl="{url}"')
    alice.hears_sync("You are the first")
    assert is_silent(heard(alice, 5))
    party.join(BOB, SILENT).say("Here I am.")
    alice.hears_sync("Here I am.")


def test_conference_wait_url__is_looped_by_redirect(party: Party) -> None:
    """An empty <Redirect> begins it again, and again."""
    url = party.stage.page("wait", "<Say>Please hold.</Say><Redirect/>")
    alice = party.join(ALICE, f'waitUrl="{url}"')
    for _ in range(3):
        alice.hears_sync("Please hold")


def test_conference_wait_url__of_a_sound(party: Party) -> None:
    """A sound is played once."""
    url = party.stage.file("wait.wav", beep(620, seconds=1))
    alice = party.join(ALICE, f'waitUrl="{url}" waitMethod="GET"')
    assert alice.hears_sync("wait.wav") < 1
    assert is_silent(heard(alice, 3).between(1))


def test_conference_wait_url__by_default(party: Party) -> None:
    """Music plays without end."""
    alice = party.join(ALICE)
    alice.hears_sync("hold-music")
    assert not is_silent(heard(alice, 20).between(15))


def test_conference_wait_url__with_other_verbs(party: Party) -> None:
    """13238: it may speak, play, pause and redirect. What it may not is passed over."""
    url = party.stage.page("wait", "<Gather><Say>Press one.</Say></Gather><Dial>+14155551399</Dial><Say>Wait.</Say>")
    alice = party.join(ALICE, f'waitUrl="{url}"')
    alice.hears_sync("Wait")
    assert party.stage.codes() == [13238, 13238]


def test_conference_wait_url__that_fails(party: Party) -> None:
    """There is silence, and the start comes all the same."""
    alice = party.join(ALICE, f'beep="false" waitUrl="{party.stage.app.url}/gone.wav" waitMethod="GET"')
    assert is_silent(heard(alice, 2))
    party.join(BOB, SILENT).say("Here I am.")
    alice.hears_sync("Here I am.")
    assert party.stage.codes() == [11200]


def test_conference_wait_method(party: Party) -> None:
    """POST, unless it says GET."""
    url = party.stage.page("wait", "<Say>Please hold.</Say>")
    party.join(ALICE, f'waitUrl="{url}"').hears_sync("Please hold")
    party.join(BOB, f'waitUrl="{url}" waitMethod="GET"', name="other").hears_sync("Please hold")
    methods = [asked.method for asked in party.stage.app.requests if asked.path == "/app/wait"]
    assert methods == ["POST", "GET"]


def test_conference_record(party: Party) -> None:
    """All is in one channel, from the moment at which two are joined."""
    callback = f'recordingStatusCallback="{party.stage.app.url}/recording"'
    alice = party.join(ALICE, f'{SILENT} record="record-from-start" trim="do-not-trim" {callback}')
    alice.wait(20)
    bob = party.join(BOB, SILENT)
    alice.say("One two three.")
    bob.say("Four five six.")
    party.leave()
    shown = party.recording()
    assert (shown["channels"], shown["source"], shown["call_sid"]) == (1, "Conference", None)
    assert 1 < int(str(shown["duration"])) < 15
    with urlopen(f"{shown['media_url']}.wav") as answer:
        sound = Sound.of_file(answer.read())
    assert len(sound.spans(silence=0.2)) >= 2


def test_conference_trim(party: Party) -> None:
    """Silence at both ends is cut, unless it says not to."""
    callback = f'recordingStatusCallback="{party.stage.app.url}/recording"'
    lengths = []
    for trim in ("trim-silence", "do-not-trim"):
        alice = party.join(ALICE, f'{SILENT} record="record-from-start" trim="{trim}" {callback}', name=trim)
        party.join(BOB, SILENT, name=trim)
        alice.wait(10)
        alice.say("One two three.")
        alice.wait(10)
        party.leave()
        lengths.append(int(str(party.recording()["duration"])))
    assert lengths[0] < 10
    assert lengths[1] >= 20


def test_conference_recording_status_callback(party: Party) -> None:
    """It is told where the recording is once that is complete."""
    attributes = f'record="record-from-start" recordingStatusCallback="{party.stage.app.url}/recording"'
    alice = party.join(ALICE, f"{SILENT} {attributes}")
    party.join(BOB, SILENT)
    alice.say("One two three.")
    party.leave()
    told = party.until(RecordingStatus="completed")
    assert (told.path, told.method, told["RecordingSource"]) == ("/app/recording", "POST", "Conference")
    assert told["ConferenceSid"] == party.shown["sid"]
    assert "CallSid" not in told
    assert told["RecordingUrl"].endswith(told["RecordingSid"])


def test_conference_recording_status_callback_method(party: Party) -> None:
    """GET, where it says so."""
    callback = f'recordingStatusCallback="{party.stage.app.url}/recording" recordingStatusCallbackMethod="GET"'
    alice = party.join(ALICE, f'{SILENT} record="record-from-start" {callback}')
    party.join(BOB, SILENT)
    alice.say("One two three.")
    party.leave()
    assert party.until(RecordingStatus="completed").method == "GET"


def test_conference_recording_status_callback_event(party: Party) -> None:
    """Of those events it is told; `absent` is a recording on which nothing is heard."""
    callback = f'recordingStatusCallback="{party.stage.app.url}/recording"'
    events = 'recordingStatusCallbackEvent="in-progress absent"'
    party.join(ALICE, f'{SILENT} record="record-from-start" {callback} {events}')
    party.join(BOB, SILENT).wait(2)
    party.leave()
    party.until(RecordingStatus="absent")
    assert [asked["RecordingStatus"] for asked in party.stage.app.requests if "RecordingStatus" in asked] == [
        "in-progress",
        "absent",
    ]


def test_conference_status_callback(party: Party) -> None:
    """It is told of all that happens, numbered, in order."""
    alice = party.join(ALICE, f'{SILENT} participantLabel="host" {party.status_callback}')
    bob = party.join(BOB, f'{SILENT} statusCallback="{party.stage.app.url}/other" statusCallbackEvent="join"')
    party.change(BOB, Muted="true")
    party.change(BOB, Muted="false")
    party.change(BOB, Hold="true")
    party.change(BOB, Hold="false")
    party.change(BOB, EndConferenceOnExit="true")
    party.change(BOB, EndConferenceOnExit="false")
    bob.say("Good morning to you all.")
    bob.wait(2)
    bob.hang_up()
    alice.hang_up()
    party.until(StatusCallbackEvent="conference-end")
    assert party.events == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-mute",
        "participant-unmute",
        "participant-hold",
        "participant-unhold",
        "participant-modify",
        "participant-modify",
        "participant-speech-start",
        "participant-speech-stop",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    assert [int(asked["SequenceNumber"]) for asked in party.told] == list(range(1, 15))
    assert {asked.path for asked in party.told} == {"/app/conference"}
    first, mute, end = party.told[0], party.told[3], party.told[-1]
    assert first["ParticipantLabel"] == "host"
    assert (first["CallSid"], first["Muted"], first["FriendlyName"]) == (party.sid(ALICE), "false", "room")
    assert (mute["CallSid"], mute["Muted"], mute["Hold"]) == (party.sid(BOB), "true", "false")
    assert party.told[-2]["ParticipantCallStatus"] == "completed"
    assert party.told[-2]["ReasonParticipantLeft"] == "participant_hung_up"
    assert end["ReasonConferenceEnded"] == "last-participant-left"
    assert end["ParticipantLabelEndingConference"] == "host"


def test_conference_status_callback_event(party: Party) -> None:
    """It is told of those that it names; of none by default."""
    url = f'statusCallback="{party.stage.app.url}/conference"'
    party.join(ALICE, f'{SILENT} {url} statusCallbackEvent="leave end"')
    party.join(BOB, SILENT)
    party.leave()
    party.until(StatusCallbackEvent="conference-end")
    assert party.events == ["participant-leave", "participant-leave", "conference-end"]
    party.join(ALICE, f"{SILENT} {url}", name="quiet").hang_up()
    party.stage.ended(party.sid(ALICE))
    assert not [asked for asked in party.told if asked["FriendlyName"] == "quiet"]


def test_conference_status_callback_method(party: Party) -> None:
    """GET, where it says so."""
    party.join(ALICE, f'{SILENT} {party.status_callback} statusCallbackMethod="GET"')
    assert party.until(StatusCallbackEvent="participant-join").method == "GET"


def test_conference_event_callback_url(party: Party) -> None:
    """Old applications are told of the recording by it."""
    url = f'eventCallbackUrl="{party.stage.app.url}/event"'
    alice = party.join(ALICE, f'{SILENT} record="record-from-start" {url}')
    party.join(BOB, SILENT)
    alice.say("One two three.")
    party.leave()
    told = party.until(EventName="conference-record-end")
    assert (told.path, told["ConferenceSid"]) == ("/app/event", party.shown["sid"])
    assert int(told["RecordingFileSize"]) > 8_000
    assert int(told["Duration"]) >= 1
    assert "/Recordings/RE" in told["RecordingUrl"]


def test_conference_region(party: Party) -> None:
    """REST shows that of the first."""
    party.join(ALICE, f'{SILENT} region="ie1"')
    party.join(BOB, f'{SILENT} region="au1"')
    assert party.shown["region"] == "ie1"


@pytest.mark.parametrize(("size", "jitter"), [("small", 30), ("medium", 30), ("large", 30), ("off", 0)])
def test_conference_jitter_buffer_size(party: Party, size: str, jitter: int) -> None:
    """With any buffer all is heard over a bad line too, without one over a good line."""
    alice = party.join(ALICE, SILENT)
    party.stage.plays(f'<Dial><Conference {SILENT} jitterBufferSize="{size}">room</Conference></Dial>')
    bob = party.stage.handset(BOB).dial(party.stage.hookflash.number, jitter=jitter)
    bob.answered_sync()
    bob.say("The line is bad.")
    alice.hears_sync("The line is bad.")


def test_conference_recording_configuration_id(party: Party) -> None:
    """It changes nothing: the recording is made."""
    callback = f'recordingStatusCallback="{party.stage.app.url}/recording" recordingConfigurationId="any"'
    alice = party.join(ALICE, f'{SILENT} record="record-from-start" {callback}')
    party.join(BOB, SILENT)
    alice.say("One two three.")
    party.leave()
    assert party.recording()["status"] == "completed"


def test_conference__is_left_by_the_star(party: Party) -> None:
    """With hangupOnStar of the <Dial>: the caller goes on with the next verb."""
    party.join(ALICE, SILENT)
    bob = party.join(BOB, SILENT, dial='hangupOnStar="true"', after="<Say>You have left.</Say>")
    bob.press("1*")
    bob.hears_sync("You have left")


def test_conference__lasts_as_long_as_the_dial_says(party: Party) -> None:
    """With its timeLimit, which begins when the caller comes."""
    party.join(ALICE, SILENT)
    bob = party.join(BOB, SILENT, dial='timeLimit="30"', after="<Say>Time is up.</Say>")
    assert 30 <= bob.hears_sync("Time is up") < 32


def test_conference__recorded_by_the_dial(party: Party) -> None:
    """Who says it is on the first channel, and what they hear of the others on the second."""
    alice = party.join(ALICE, SILENT)
    told = f'record="record-from-answer-dual" recordingStatusCallback="{party.stage.app.url}/r"'
    bob = party.join(BOB, SILENT, dial=told)
    alice.say("One two three.")
    bob.wait(2)
    bob.hang_up()
    done = party.until(RecordingStatus="completed")
    assert (done["RecordingSource"], done["RecordingChannels"], done["CallSid"]) == ("DialVerb", "2", party.sid(BOB))
    with urlopen(f"{done['RecordingUrl']}.wav") as answer:
        own, others = channels(answer.read())
    assert is_silent(own)
    assert not is_silent(others)


def test_conference__without_a_name(party: Party) -> None:
    """13237: nobody can take part; the action is told so."""
    action = f'action="{party.stage.page("after", "<Say>No such room.</Say>")}"'
    party.join(ALICE, SILENT, dial=action, name="").hears_sync("No such room")
    assert party.until(DialCallStatus="failed")
    assert party.stage.codes() == [13237]


def test_conference__beside_a_number(party: Party) -> None:
    """13000: it stands alone, and the number is not rung."""
    party.stage.plays(f"<Dial><Conference {SILENT}>room</Conference><Number>{BOB}</Number></Dial>")
    alice = party.stage.handset(ALICE).dial(party.stage.hookflash.number)
    alice.answered_sync()
    alice.wait(3)
    alice.hang_up()
    assert party.shown["friendly_name"] == "room"
    assert party.stage.codes() == [13000]


def test_conference__whose_callback_fails(party: Party) -> None:
    """16011 is told of the conference, which goes on."""
    events = f'statusCallback="{party.stage.app.url}/gone.xml" statusCallbackMethod="GET" statusCallbackEvent="join"'
    alice = party.join(ALICE, f"{SILENT} {events}")
    bob = party.join(BOB, SILENT)
    bob.say("Here I am.")
    alice.hears_sync("Here I am.")
    party.leave()
    party.stage.ended(party.sid(BOB))
    alerts = party.stage.rest("Notifications.json")["notifications"]
    assert "16011" in {each["error_code"] for each in alerts}


def test_conference__of_a_name_whose_conference_is_over(party: Party) -> None:
    """Who comes back at once comes to another."""
    again = f"<Dial><Conference {SILENT}>room</Conference></Dial>"
    alice = party.join(ALICE, f'{SILENT} endConferenceOnExit="true"', dial='timeLimit="5"', after=again)
    party.join(BOB, SILENT, after=again)
    first = party.shown["sid"]
    alice.wait(6)
    assert party.shown["sid"] != first
    party.calls[BOB].say("Here we are again.")
    alice.hears_sync("Here we are again.")


def test_conference__that_nobody_is_admitted_to(party: Party) -> None:
    """It was begun for a caller who could not take part, and is over with that."""
    alice = party.join(ALICE, f'{SILENT} coach="CA{"0" * 32}"', after="<Say>Nobody to coach.</Say>")
    alice.hears_sync("Nobody to coach")
    alice.over_sync()
    assert (party.status, party.shown["reason_conference_ended"]) == ("completed", "last-participant-left")
