"""`<Recording>` of `<Start>`: the call is recorded beside its document."""

from typing import Any
from urllib.request import urlopen

import pytest
from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.sounds import Sound, beep
from tests.scenarios.twiml.stage import Stage

from hookflash.testing.call import Call

CALLBACK = 'recordingStatusCallback="app/kept"'


def recorded(stage: Stage, attributes: str = CALLBACK, *, then: str = "") -> Call:
    """A call that is recorded, and hears a tone of 700 Hz for two seconds, then silence; the caller speaks then."""
    url = stage.file("tone.wav", beep(700, seconds=2))
    noun = f"<Recording {attributes}/>"
    rest = f'<Play>{url}</Play><Say>Go on.</Say>{then}<Pause length="6"/>'
    call = stage.call(f"<Start>{noun}</Start>{rest}")
    call.hears_sync("Go on.")
    call.say("Please call me back tomorrow.")
    return call


def told(stage: Stage, status: str = "completed") -> Asked:
    """What the application was told of it; the call is hung up if need be."""
    stage.ended()
    return stage.app.wait_for(RecordingStatus=status)


def kept(asked: Asked, channels: int = 1) -> Sound:
    """Its sound, as one channel; `channels`: of the file as it lies there."""
    with urlopen(f"{asked['RecordingUrl']}.wav") as answer:
        assert int.from_bytes(answer.read()[22:24], "little") == channels
    with urlopen(f"{asked['RecordingUrl']}.wav?RequestedChannels=1") as answer:
        return Sound.of_file(answer.read())


def shown(stage: Stage) -> dict[str, Any]:
    """Its resource."""
    [row] = stage.rest(f"Calls/{stage.sid}/Recordings.json")["recordings"]
    return dict(row)


def test_recording(stage: Stage) -> None:
    """Both sides of the call, on two channels, from then on to its end; the next verb has run at once."""
    recorded(stage).over_sync()
    asked = told(stage)
    assert (asked["RecordingSource"], asked["RecordingTrack"]) == ("StartCallRecordingAPI", "both")
    assert (asked["RecordingChannels"], asked["CallSid"]) == ("2", stage.sid)
    sound = kept(asked, channels=2)
    assert sound.between(0.5, 1.5).share(700) > 0.9
    assert sound.between(3.5).loudness > 100
    assert stage.codes() == []


def test_recording_name(stage: Stage) -> None:
    """`<Stop>` ends it by its name: it lacks what comes after."""
    recorded(
        stage, f'{CALLBACK} name="mine" trim="do-not-trim"', then='<Stop><Recording name="mine"/></Stop>'
    ).over_sync()
    assert 2.5 < kept(told(stage), channels=2).seconds < 4


def test_recording_name__given_twice(stage: Stage) -> None:
    """16108: there is one recording."""
    then = '<Start><Recording name="mine"/></Start>'
    recorded(stage, f'{CALLBACK} name="mine"', then=then)
    assert stage.codes() == [16108]
    assert shown(stage)["status"] == "completed"


def test_recording_recording_status_callback(stage: Stage) -> None:
    """It is told of the end, once."""
    recorded(stage)
    asked = told(stage)
    assert (asked.method, asked.path) == ("POST", "/app/kept")
    assert len([each for each in stage.app.requests if "RecordingStatus" in each]) == 1


def test_recording_recording_status_callback__that_is_none(stage: Stage) -> None:
    """13256: nobody is told; the recording is there."""
    recorded(stage, 'recordingStatusCallback="ftp://a/"')
    assert stage.codes() == [13256]
    assert shown(stage)["status"] == "completed"


def test_recording_recording_status_callback_method(stage: Stage) -> None:
    """By GET, if it says so."""
    recorded(stage, f'{CALLBACK} recordingStatusCallbackMethod="GET"')
    assert told(stage).method == "GET"


def test_recording_recording_status_callback_event(stage: Stage) -> None:
    """Of the beginning, if it asks for that alone."""
    recorded(stage, f'{CALLBACK} recordingStatusCallbackEvent="in-progress"')
    told(stage, "in-progress")
    assert [each["RecordingStatus"] for each in stage.app.requests if "RecordingStatus" in each] == ["in-progress"]


def test_recording_recording_status_callback_event__that_there_is_not(stage: Stage) -> None:
    """13621: it is not recorded."""
    recorded(stage, f'{CALLBACK} recordingStatusCallbackEvent="started"')
    assert stage.codes() == [13621]
    assert stage.rest(f"Calls/{stage.sid}/Recordings.json")["recordings"] == []


@pytest.mark.parametrize(("trim", "least", "most"), [("trim-silence", 2.5, 7), ("do-not-trim", 8, 11)])
def test_recording_trim(stage: Stage, trim: str, least: float, most: float) -> None:
    """Silence at both ends is cut, unless it may not be."""
    recorded(stage, f'{CALLBACK} trim="{trim}"').over_sync()
    assert least < kept(told(stage), channels=2).seconds < most


@pytest.mark.parametrize(("track", "has_tone", "has_speech"), [("inbound", False, True), ("outbound", True, False)])
def test_recording_track(stage: Stage, track: str, has_tone: bool, has_speech: bool) -> None:
    """What the caller says, or what the caller hears."""
    recorded(stage, f'{CALLBACK} track="{track}" channels="mono" trim="do-not-trim"').over_sync()
    asked = told(stage)
    sound = kept(asked)
    assert asked["RecordingTrack"] == track
    assert (sound.between(0.5, 1.5).loudness > 100) == has_tone
    assert (sound.between(4).loudness > 50) == has_speech


def test_recording_track__that_is_none(stage: Stage) -> None:
    """13622: both are."""
    recorded(stage, f'{CALLBACK} track="left"')
    assert told(stage)["RecordingTrack"] == "both"
    assert stage.codes() == [13622]


@pytest.mark.parametrize(("channels", "number"), [("mono", 1), ("dual", 2)])
def test_recording_channels(stage: Stage, channels: str, number: int) -> None:
    """One for both sides, or one for each."""
    recorded(stage, f'{CALLBACK} channels="{channels}"').over_sync()
    asked = told(stage)
    assert asked["RecordingChannels"] == str(number)
    assert kept(asked, channels=number).between(0.5, 1.5).share(700) > 0.9


def test_recording_recording_configuration_id(stage: Stage) -> None:
    """It means nothing here: the recording is as ever."""
    recorded(stage, f'{CALLBACK} recordingConfigurationId="x"')
    assert told(stage)["RecordingChannels"] == "2"
    assert stage.codes() == []
