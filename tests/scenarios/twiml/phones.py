"""What holds for every noun of `<Dial>` that rings a phone; each has tests of its name that say so of it.

A `Rung` is the noun and the handset behind it: numbers, clients and SIP addresses all can be simulated.
"""

from dataclasses import dataclass
from typing import Any

from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.stage import ALICE, BOB, Stage

from hookflash.testing.call import Call

GREETING = "You have reached the voice mail of Robert. Please leave a message after the tone, and he will call back."


@dataclass(frozen=True)
class Rung:
    """A noun and whom it rings: `name` is the handset's, `text` what stands in the noun."""

    noun: str
    name: str
    text: str

    def written(self, attributes: str = "") -> str:
        return f"<{self.noun} {attributes}>{self.text}</{self.noun}>"

    def takes_calls(self, stage: Stage, how: str = "answer", **answering: Any) -> None:
        stage.handset(self.name).answers(how, **answering)

    def rings(self, stage: Stage) -> Call:
        return stage.handset(self.name).rings_sync()


NUMBER = Rung("Number", BOB, BOB)
CLIENT = Rung("Client", "client:ann", "ann")
SIP = Rung("Sip", "sip:bob@example.com", "sip:bob@example.com")


def is_rung_and_joined(stage: Stage, rung: Rung) -> None:
    """It shows who calls, and the two hear each other."""
    rung.takes_calls(stage, says="This is the other side")
    call = stage.call(f"<Dial>{rung.written()}</Dial>")
    phone = rung.rings(stage)
    assert phone.peer == ALICE
    call.hears_sync("This is the other side")
    call.say("And this is Alice")
    phone.hears_sync("And this is Alice")
    call.hang_up()
    phone.over_sync()
    (row,) = stage.rest(f"Calls.json?ParentCallSid={stage.sid}")["calls"]
    assert (row["to"], row["direction"], row["status"]) == (rung.name, "outbound-dial", "completed")


def hears_a_whisper(stage: Stage, rung: Rung, method: str = "POST") -> None:
    """Who answers hears a document before the two are joined; the caller does not."""
    rung.takes_calls(stage)
    whisper = stage.page("whisper", "<Say>A call for you</Say>")
    verb = "" if method == "POST" else f'method="{method}"'
    noun = rung.written(f'url="{whisper}" {verb}')
    call = stage.call(f"<Dial>{noun}</Dial>")
    rung.rings(stage).hears_sync("A call for you")
    call.wait(2)
    assert "A call for you" not in call.transcript()
    asked = stage.app.wait_for(To=rung.name, CallStatus="in-progress")
    assert (asked.path, asked.method, asked["ParentCallSid"]) == ("/app/whisper", method, stage.sid)


def told(stage: Stage, rung: Rung, attributes: str = "") -> list[Asked]:
    """What the status callback of a call to it was told, in order, once all is over."""
    rung.takes_calls(stage, hangs_up_after=2_000)
    noun = rung.written(f'statusCallback="{stage.app.url}/child" {attributes}')
    call = stage.call(f"<Dial>{noun}</Dial>")
    call.over_sync()
    stage.app.wait_for(To=rung.name, CallStatus="completed")
    events = [seen for seen in stage.app.requests if seen.path == "/app/child"]
    return sorted(events, key=lambda seen: int(seen["SequenceNumber"]))


def is_told_of_the_end(stage: Stage, rung: Rung) -> None:
    """Of the end of the call to the phone, which is below that of the caller; of nothing else."""
    (end,) = told(stage, rung)
    assert (end["CallStatus"], end["ParentCallSid"], end["Direction"]) == ("completed", stage.sid, "outbound-dial")
    assert (end["To"], end["From"], end["SequenceNumber"], end.method) == (rung.name, ALICE, "0", "POST")


def is_told_of_each(stage: Stage, rung: Rung) -> None:
    """Of those events that are named, in their order."""
    events = told(stage, rung, 'statusCallbackEvent="initiated ringing answered completed"')
    assert [event["CallStatus"] for event in events] == ["initiated", "ringing", "in-progress", "completed"]
    vouched = [event.get("StirStatus") for event in events]
    assert vouched == ([None, "B", "B", None] if rung.noun == "Number" else [None] * 4)


def is_told_by(stage: Stage, rung: Rung, method: str) -> None:
    (end,) = told(stage, rung, f'statusCallbackMethod="{method}"')
    assert end.method == method


def detected(stage: Stage, rung: Rung, attributes: str = "", **answering: Any) -> Asked:
    """What `amdStatusCallback` is told of who answers."""
    rung.takes_calls(stage, **answering)
    given = f'machineDetection="Enable" amdStatusCallback="{stage.app.url}/amd" {attributes}'
    call = stage.call(f"<Dial>{rung.written(given)}</Dial>")
    rung.rings(stage)
    call.wait(30)
    call.hang_up()
    return next(seen for seen in stage.app.requests if seen.path == "/app/amd")


def tells_machines_from_people(stage: Stage, rung: Rung) -> None:
    """The bridge does not wait for it: the caller hears the greeting, and the callback comes afterwards."""
    found = detected(stage, rung, how="voicemail", says=GREETING)
    assert found["AnsweredBy"] == "machine_start"
    assert found["CallSid"] != stage.sid
    stage.app.requests.clear()
    assert detected(stage, rung, says="Hello?")["AnsweredBy"] == "human"


def gives_up_in_time(stage: Stage, rung: Rung) -> None:
    """3 seconds into a long greeting whose length is not known yet, nobody is known."""
    found = detected(
        stage,
        rung,
        'machineDetectionTimeout="3" machineDetectionSpeechThreshold="6000"',
        how="voicemail",
        says=GREETING,
    )
    assert found["AnsweredBy"] == "unknown"
    assert 2_900 <= int(found["MachineDetectionDuration"]) <= 3_200


def takes_longer_speech_for_a_machine(stage: Stage, rung: Rung) -> None:
    """A greeting of some two seconds: a machine's where one may be announced, a person's where not."""
    greeting = "Hello, this is Robert speaking."
    found = detected(stage, rung, 'machineDetectionSpeechThreshold="1000"', says=greeting)
    assert found["AnsweredBy"] == "machine_start"
    stage.app.requests.clear()
    found = detected(stage, rung, 'machineDetectionSpeechThreshold="6000"', says=greeting)
    assert found["AnsweredBy"] == "human"


def waits_for_silence(stage: Stage, rung: Rung) -> None:
    """A person is known that much after the last word."""
    soon = int(
        detected(stage, rung, 'machineDetectionSpeechEndThreshold="500"', says="Hello?")["MachineDetectionDuration"]
    )
    stage.app.requests.clear()
    late = int(
        detected(stage, rung, 'machineDetectionSpeechEndThreshold="3000"', says="Hello?")["MachineDetectionDuration"]
    )
    assert 2_300 <= late - soon <= 2_700


def gives_up_on_silence(stage: Stage, rung: Rung) -> None:
    """Nobody is known when nothing is said for that long."""
    found = detected(stage, rung, 'machineDetectionSilenceTimeout="2000"')
    assert found["AnsweredBy"] == "unknown"
    assert 1_900 <= int(found["MachineDetectionDuration"]) <= 2_200


def detection_is_told_by(stage: Stage, rung: Rung, method: str) -> None:
    assert detected(stage, rung, f'amdStatusCallbackMethod="{method}"', says="Hello?").method == method
