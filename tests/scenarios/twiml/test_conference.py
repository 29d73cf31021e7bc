"""`<Conference>`: callers who hear each other. Alice is the first to come, unless a test says otherwise."""

from dataclasses import dataclass, field

import pytest
from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.stage import ALICE, BOB, Stage

from hookflash.testing.call import Call

BEEP = 1_000.0  #: Hz


@dataclass
class Party:
    """A conference, and who takes part in it."""

    stage: Stage
    calls: dict[str, Call] = field(default_factory=dict)

    def join(self, number: str, attributes: str = "", *, dial: str = "", after: str = "", name: str = "room") -> Call:
        """A phone calls and takes part."""
        verbs = f"<Dial{_spaced(dial)}><Conference{_spaced(attributes)}>{name}</Conference></Dial>{after}"
        self.stage.plays(verbs)
        call = self.stage.handset(number).dial(self.stage.hookflash.number)
        self.stage.calls.append(call)
        call.answered_sync()
        self.calls[number] = call
        return call

    def sid(self, number: str) -> str:
        """Of the call of a phone."""
        return self.stage.app.wait_for(From=number)["CallSid"]

    @property
    def status_callback(self) -> str:
        """Attributes that have the application told of everything."""
        events = "start end join leave mute hold modify speaker announcement"
        return f'statusCallback="{self.stage.app.url}/conference" statusCallbackEvent="{events}"'

    @property
    def told(self) -> list[Asked]:
        """What the application was told of conferences, in the order in which it came."""
        return [
            asked for asked in self.stage.app.requests if "StatusCallbackEvent" in asked and "ConferenceSid" in asked
        ]

    @property
    def events(self) -> list[str]:
        return [asked["StatusCallbackEvent"] for asked in self.told]

    def until(self, **wanted: str) -> Asked:
        return self.stage.app.wait_for(**wanted)

    @property
    def shown(self) -> dict[str, object]:
        """The newest conference, as REST has it."""
        newest: dict[str, object] = self.stage.rest("Conferences.json")["conferences"][0]
        return newest

    def leave(self) -> None:
        """Everybody hangs up."""
        for call in self.calls.values():
            call.hang_up()


def _spaced(attributes: str) -> str:
    return f" {attributes}" if attributes else ""


@pytest.fixture
def party(stage: Stage) -> Party:
    return Party(stage)


SILENT = 'waitUrl="" beep="false"'


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
