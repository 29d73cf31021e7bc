"""A conference as tests have it: phones that take part, what REST shows of it, what the application is told."""

from dataclasses import dataclass, field

from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.sounds import Sound
from tests.scenarios.twiml.stage import Stage

from hookflash.testing.call import Call

SILENT = 'waitUrl="" beep="false"'
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

    def change(self, number: str, **params: str) -> dict[str, object]:
        """POST to a participant."""
        answer: dict[str, object] = self.stage.rest(self.path(number), params)
        return answer

    def path(self, number: str) -> str:
        """Of a participant in REST."""
        return f"Conferences/{self.shown['sid']}/Participants/{self.sid(number)}.json"

    def recording(self) -> dict[str, object]:
        """That of the conference, once it is complete."""
        told = self.until(ConferenceSid=str(self.shown["sid"]), RecordingStatus="completed")
        row: dict[str, object] = self.stage.rest(f"Recordings/{told['RecordingSid']}.json")
        return row

    @property
    def shown(self) -> dict[str, object]:
        """The newest conference, as REST has it."""
        newest: dict[str, object] = self.stage.rest("Conferences.json")["conferences"][0]
        return newest

    @property
    def status(self) -> str:
        """Of the newest conference."""
        return str(self.shown["status"])

    def leave(self) -> None:
        """Everybody hangs up."""
        for call in self.calls.values():
            call.hang_up()


def heard(call: Call, seconds: float) -> Sound:
    """What a phone hears from now on."""
    start = Sound.of(call).seconds
    call.wait(seconds)
    return Sound.of(call).between(start)


def overheard(ear: Call, speaker: Call, text: str = "Can you hear me?") -> Sound:
    """What one phone hears while another says something."""
    start = Sound.of(ear).seconds
    speaker.say(text)
    ear.wait(0.5)
    return Sound.of(ear).between(start)


def has_beep(sound: Sound) -> bool:
    """Whether a tenth of a second of it is a beep."""
    steps = [at / 20 for at in range(int(sound.seconds * 20) - 1)]
    return any(
        piece.share(BEEP) > 0.8 for piece in (sound.between(at, at + 0.1) for at in steps) if piece.loudness > 100
    )


def is_silent(sound: Sound) -> bool:
    return not sound.spans()


def _spaced(attributes: str) -> str:
    return f" {attributes}" if attributes else ""
