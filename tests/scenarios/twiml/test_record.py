"""`<Record>`: what the caller says is kept, and the application is told where."""

from urllib.request import urlopen

import pytest
from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.sounds import Sound
from tests.scenarios.twiml.stage import Stage


@pytest.fixture(autouse=True)
def after(stage: Stage) -> None:
    """Where recordings are told: it says so."""
    stage.page("done", "<Say>Thank you.</Say>")


def told(stage: Stage) -> Asked:
    """What the application was told of the recording."""
    return next(asked for asked in stage.app.requests if "RecordingUrl" in asked and "RecordingStatus" not in asked)


def kept(url: str) -> Sound:
    """The sound of a recording, as anybody gets it."""
    with urlopen(f"{url}.wav") as answer:
        return Sound.of_file(answer.read())


def test_record(stage: Stage) -> None:
    """What the caller says is in the file; the verbs behind are never run."""
    call = stage.call('<Record action="app/done" timeout="3" playBeep="false"/><Say>Never.</Say>')
    call.say("Please call me back tomorrow.")
    call.hears_sync("Thank you.")
    asked = told(stage)
    assert (asked.path, asked["RecordingDuration"]) == ("/app/done", str(round(kept(asked["RecordingUrl"]).seconds)))
    assert kept(asked["RecordingUrl"]).loudness > 500
    assert stage.codes() == []


def test_record__ends_with_the_call(stage: Stage) -> None:
    """Who hangs up has left a message too; `action` is told, and nobody hears what it answers."""
    call = stage.call('<Record action="app/done" timeout="10" trim="do-not-trim"/>')
    call.wait(4)
    call.hang_up()
    assert int(stage.app.wait_for(Digits="hangup")["RecordingDuration"]) in (2, 3, 4)


def test_record_action(stage: Stage) -> None:
    """It is told of the recording, and its document goes on."""
    stage.call('<Record action="app/done" timeout="2"/>').hears_sync("Thank you.")
    assert {"RecordingUrl", "RecordingSid", "RecordingDuration"} <= {*told(stage)}


def test_record_action__is_the_document_itself(stage: Stage) -> None:
    """Without one, what asked is told."""
    call = stage.call('<Record timeout="2"/>')
    stage.plays("<Say>Thank you.</Say>")
    call.hears_sync("Thank you.")
    assert told(stage).path == "/app"


def test_record_action__of_a_document_without_url(stage: Stage) -> None:
    """11100: there is nothing to be told: the verb is skipped."""
    sid = stage.call_from_app("<Record/><Say>On.</Say>")
    call = stage.handset("+14155551302").rings_sync()
    assert call.hears_sync("On.") < 1
    assert stage.codes(sid) == [11100]


def test_record_method(stage: Stage) -> None:
    """`GET` puts what is told into the query."""
    stage.call('<Record action="app/done" method="GET" timeout="2"/>').hears_sync("Thank you.")
    assert told(stage).method == "GET"


def test_record_method__that_there_is_not(stage: Stage) -> None:
    """13610: it is POST."""
    stage.call('<Record action="app/done" method="PUT" timeout="2"/>').hears_sync("Thank you.")
    assert (told(stage).method, stage.codes()) == ("POST", [13610])


def test_record_timeout(stage: Stage) -> None:
    """So much silence ends it."""
    call = stage.call('<Record action="app/done" timeout="7"/>')
    assert 7 < call.hears_sync("Thank you.") < 9


def test_record_timeout__of_nothing(stage: Stage) -> None:
    """With 0 no silence ends it."""
    call = stage.call('<Record action="app/done" timeout="0" maxLength="30"/>')
    assert 30 < call.hears_sync("Thank you.") < 32


def test_record_timeout__that_is_none(stage: Stage) -> None:
    """13611: five seconds do."""
    call = stage.call('<Record action="app/done" timeout="long"/>')
    assert 5 < call.hears_sync("Thank you.") < 7
    assert stage.codes() == [13611]


def test_record_finish_on_key(stage: Stage) -> None:
    """A key that is named ends it, and is told; another does not."""
    call = stage.call('<Record action="app/done" finishOnKey="*#" timeout="20"/>')
    call.wait(2)
    call.press("1")
    call.wait(3)
    call.press("#")
    assert 5 < call.hears_sync("Thank you.") < 8
    assert told(stage)["Digits"] == "#"


def test_record_finish_on_key__is_any(stage: Stage) -> None:
    """Unless some are named."""
    call = stage.call('<Record action="app/done" timeout="20"/>')
    call.wait(2)
    call.press("7")
    call.hears_sync("Thank you.")
    assert told(stage)["Digits"] == "7"


def test_record_finish_on_key__that_is_empty(stage: Stage) -> None:
    """No key ends it."""
    call = stage.call('<Record action="app/done" finishOnKey="" timeout="4"/>')
    call.press("7#")
    call.hears_sync("Thank you.")
    assert "Digits" not in told(stage)


def test_record_finish_on_key__that_is_none(stage: Stage) -> None:
    """13613: any does."""
    call = stage.call('<Record action="app/done" finishOnKey="x" timeout="20"/>')
    call.wait(2)
    call.press("7")
    call.hears_sync("Thank you.")
    assert stage.codes() == [13613]


def test_record_max_length(stage: Stage) -> None:
    """It is no longer than that."""
    stage.page("done", '<Say>Thank you.</Say><Pause length="30"/>')
    call = stage.call('<Record action="app/done" maxLength="3" trim="do-not-trim" timeout="20"/>')
    call.say("I have a great deal to say, and shall go on saying it for as long as anybody listens to me.")
    call.hears_sync("Thank you.")
    assert told(stage)["RecordingDuration"] == "3"
    assert kept(told(stage)["RecordingUrl"]).seconds == pytest.approx(3, abs=0.2)


def test_record_max_length__that_is_none(stage: Stage) -> None:
    """13612: an hour."""
    call = stage.call('<Record action="app/done" maxLength="1" timeout="4"/>')
    assert 4 < call.hears_sync("Thank you.") < 6
    assert stage.codes() == [13612]


def test_record_play_beep(stage: Stage) -> None:
    """The caller hears a beep before it, or none."""
    verbs = '<Record action="app/done" timeout="2" playBeep="{}"/>'
    assert stage.heard(verbs.format("true")).between(0, 1.5).spans()
    assert not stage.heard(verbs.format("false")).between(0, 1.5).spans()


def test_record_play_beep__that_is_no_truth(stage: Stage) -> None:
    """13616: a beep is heard."""
    assert stage.heard('<Record action="app/done" timeout="2" playBeep="x"/>').between(0, 1.5).spans()
    assert stage.codes() == [13616]


@pytest.mark.parametrize("trim", ["trim-silence", "do-not-trim"])
def test_record_trim(stage: Stage, trim: str) -> None:
    """Silence at both ends is in the file, or cut off."""
    call = stage.call(f'<Record action="app/done" timeout="3" trim="{trim}" playBeep="false"/>')
    call.wait(2)
    call.say("Hello.")
    call.hears_sync("Thank you.")
    file = kept(told(stage)["RecordingUrl"])
    assert (file.seconds > 4) == (trim == "do-not-trim")
    assert file.spans()


def test_record_trim__that_is_none(stage: Stage) -> None:
    """13699: silence is cut off."""
    call = stage.call('<Record action="app/done" timeout="3" trim="x" playBeep="false"/>')
    call.wait(2)
    call.say("Hello.")
    call.hears_sync("Thank you.")
    assert kept(told(stage)["RecordingUrl"]).seconds < 4
    assert stage.codes() == [13699]


def test_record_recording_status_callback(stage: Stage) -> None:
    """It is told when the file is there."""
    call = stage.call('<Record action="app/done" timeout="2" recordingStatusCallback="app/recorded"/>')
    call.say("Hello.")
    call.hears_sync("Thank you.")
    asked = stage.app.wait_for(RecordingStatus="completed")
    assert (asked.method, asked.path) == ("POST", "/app/recorded")
    assert kept(asked["RecordingUrl"]).spans()


def test_record_recording_status_callback__that_is_no_url(stage: Stage) -> None:
    """13256: nobody is told."""
    stage.call('<Record action="app/done" timeout="2" recordingStatusCallback="x y"/>').hears_sync("Thank you.")
    assert stage.codes() == [13256]


def test_record_recording_status_callback_method(stage: Stage) -> None:
    """`GET` puts what is told into the query."""
    callback = 'recordingStatusCallback="app/recorded" recordingStatusCallbackMethod="GET"'
    call = stage.call(f'<Record action="app/done" timeout="2" {callback}/>')
    call.say("Hello.")
    call.hears_sync("Thank you.")
    assert stage.app.wait_for(RecordingStatus="completed").method == "GET"


def test_record_recording_status_callback_event(stage: Stage) -> None:
    """It is told of the events that are named."""
    callback = 'recordingStatusCallback="app/recorded" recordingStatusCallbackEvent="in-progress completed"'
    call = stage.call(f'<Record action="app/done" timeout="2" {callback}/>')
    call.say("Hello.")
    call.hears_sync("Thank you.")
    assert stage.app.wait_for(RecordingStatus="in-progress")["RecordingSid"] == told(stage)["RecordingSid"]
    assert stage.app.wait_for(RecordingStatus="completed")


def test_record_recording_status_callback_event__that_there_is_not(stage: Stage) -> None:
    """13621, an error: the verb is skipped."""
    stage.call('<Record recordingStatusCallbackEvent="started"/><Say>On.</Say>').hears_sync("On.")
    assert [(alert.code, alert.level) for alert in stage.alerts()] == [(13621, "error")]


def test_record_recording_configuration_id(stage: Stage) -> None:
    """It changes nothing: there are no configurations here."""
    stage.call('<Record action="app/done" timeout="2" trim="do-not-trim" recordingConfigurationId="x"/>').hears_sync(
        "Thank you."
    )
    assert (told(stage)["RecordingDuration"], stage.codes()) == ("2", [])


# -- texts of recordings --


def texts(stage: Stage) -> list[dict[str, str]]:
    """What the application was told of the text."""
    return [asked for asked in stage.app.requests if "TranscriptionSid" in asked]


def test_record_transcribe(stage: Stage) -> None:
    """The engine that needs no set-up says why it cannot make a text; the recording is kept, and so is the verdict."""
    verb = '<Record action="app/done" timeout="2" trim="do-not-trim" transcribe="true" transcribeCallback="app/text"/>'
    call = stage.call(verb)
    call.say("Please call me back tomorrow.")
    call.hears_sync("Thank you.")
    stage.app.wait_for(TranscriptionStatus="failed")
    (alert,) = stage.alerts()
    [text] = stage.rest("Transcriptions.json")["transcriptions"]
    assert (text["status"], text["recording_sid"]) == ("failed", told(stage)["RecordingSid"])
    assert (alert.code, alert.level) == (13620, "warning")
    assert "by its hints only" in alert.text


def test_record_transcribe__of_more_than_may_be(stage: Stage) -> None:
    """13615: the recording ends after two minutes."""
    call = stage.call('<Record action="app/done" timeout="0" maxLength="600" trim="do-not-trim" transcribe="true"/>')
    assert call.hears_sync("Thank you.", timeout=300) < 125
    assert told(stage)["RecordingDuration"] == "120"
    assert stage.codes()[0] == 13615


def test_record_transcribe__of_less_than_must_be(stage: Stage) -> None:
    """13617: less than two seconds are not transcribed, and the application hears so."""
    verb = '<Record action="app/done" transcribe="true" transcribeCallback="app/text" trim="do-not-trim" timeout="0"/>'
    call = stage.call(verb)
    call.wait(0.5)
    call.press("1")
    call.hears_sync("Thank you.")
    assert stage.app.wait_for(TranscriptionStatus="failed")["RecordingSid"] == told(stage)["RecordingSid"]
    assert stage.codes() == [13617]


def test_record_transcribe__that_is_no_truth(stage: Stage) -> None:
    """13614: no text is made."""
    stage.call('<Record action="app/done" timeout="2" transcribe="x"/>').hears_sync("Thank you.")
    assert stage.codes() == [13614]
    assert stage.rest("Transcriptions.json")["transcriptions"] == []


def test_record_transcribe_callback(stage: Stage) -> None:
    """It is told once: what became of it, of which recording, and in which call."""
    verb = '<Record action="app/done" timeout="2" trim="do-not-trim" transcribe="true" transcribeCallback="app/text"/>'
    call = stage.call(verb)
    call.say("Please call me back tomorrow.")
    call.hears_sync("Thank you.")
    asked = stage.app.wait_for(TranscriptionStatus="failed")
    assert (asked.method, asked.path, asked["CallSid"]) == ("POST", "/app/text", stage.sid)
    assert asked["RecordingUrl"] == told(stage)["RecordingUrl"]
    assert asked["TranscriptionUrl"].endswith(asked["TranscriptionSid"])
    assert (asked["TranscriptionType"], asked["Direction"]) == ("fast", "inbound")
    stage.ended()
    assert len(texts(stage)) == 1


def test_record_transcribe_callback__that_is_no_url(stage: Stage) -> None:
    """13257: nobody is told."""
    stage.call('<Record action="app/done" timeout="2" transcribeCallback="ftp://a/"/>').hears_sync("Thank you.")
    assert stage.codes() == [13257]
