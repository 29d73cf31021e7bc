"""Calls in the shipped pytest plugin, used as its users do: an application on a port, and handsets that call it."""

import io
import math
import struct
import wave
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.scenarios.plugin_support import App, rest, running_app

from hookflash.own.client import ServerError
from hookflash.testing.call import Call, NotHeardError
from hookflash.testing.platform import Platform

ALICE = "+14155551301"
BOB = "+14155551302"
RATE = 8_000  #: Hz
GREETING = "You have reached the voicemail of Bob. Please leave a message after the tone and I will call you back."
HOLD = '<Response><Say>Please hold.</Say><Pause length="600"/></Response>'


@pytest.fixture
def app(hookflash: Platform) -> Iterator[App]:
    """An application that answers calls to the first number of the account."""
    with running_app() as app:
        hookflash.configure(voice_url=app.url, status_callback=app.url + "/status")
        yield app
        hookflash.reset()


@pytest.fixture
def call_from_app(hookflash: Platform, app: App) -> Callable[..., str]:
    """Places a call to Bob as an application does; gives its SID."""

    def place(twiml: str = "<Response/>", **params: str) -> str:
        answer = rest(
            hookflash,
            "Calls.json",
            {"To": BOB, "From": hookflash.number, "Twiml": twiml, "StatusCallback": app.url, **params},
        )
        return str(answer["sid"])

    return place


def dialled(hookflash: Platform, **line: float) -> Call:
    call = hookflash.handset(ALICE).dial(hookflash.number, **line)
    call.answered_sync()
    return call


def ended(hookflash: Platform, app: App, sid: str) -> dict[str, Any]:
    """A call of the REST API, once its last callback has come."""
    final = ("completed", "busy", "no-answer", "failed", "canceled")
    with app.came:
        assert app.came.wait_for(
            lambda: any(seen["CallSid"] == sid and seen["CallStatus"] in final for seen in app.requests), timeout=10
        )
    return rest(hookflash, f"Calls/{sid}.json")


def tune(*, silent_ms: int = 0) -> bytes:
    """Two seconds of a rising tone, and then of silence, as a wav file."""
    samples = [0] * (2 * RATE + silent_ms * RATE // 1_000)
    samples[: 2 * RATE] = [int(9_000 * math.sin(2 * math.pi * (300 + at / 20) * at / RATE)) for at in range(2 * RATE)]
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


# -- a handset calls --


def test_a_handset_goes_through_a_menu(hookflash: Platform, app: App) -> None:
    """It hears the prompt, presses a key that the app gets, and hears what the app says to it."""
    app.document = f'<Response><Gather numDigits="1" action="{app.url}/menu"><Say>Press one.</Say></Gather></Response>'
    app.documents["/app/menu"] = '<Response><Say>You pressed one.</Say><Pause length="60"/></Response>'
    call = dialled(hookflash)
    assert (call.number, call.peer, call.status, call.cause) == (ALICE, hookflash.number, "answered", "")
    began = call.hears_sync("press one")
    call.press("1")
    assert call.hears_sync("You pressed one") > began
    call.hang_up()
    assert (call.status, call.cause) == ("over", "local")
    assert app.wait_for(Digits="1")["From"] == ALICE
    assert call.transcript() == ["Press one.", "You pressed one."]


async def test_every_wait_can_be_awaited(hookflash: Platform, app: App) -> None:
    """In a test that is a coroutine the same calls are awaited."""
    app.document = "<Response><Say>Good morning.</Say></Response>"
    call = hookflash.handset(ALICE).dial(hookflash.number)
    await call.answered()
    await call.hears("Good morning")
    await call.over()
    assert call.cause == "remote"


def test_three_minutes_are_over_at_once(hookflash: Platform, app: App) -> None:
    """The clock of the platform jumps: the call of three minutes lasts that long for everybody but the test."""
    app.document = "<Response>" + '<Say>Please hold.</Say><Pause length="60"/>' * 3 + "<Say>Goodbye.</Say></Response>"
    before = hookflash.clock.now()
    call = dialled(hookflash)
    assert call.hears_sync("Goodbye", timeout=300) >= 180
    call.over_sync()
    assert hookflash.clock.now() - before >= 180_000
    sid = app.wait_for(From=ALICE)["CallSid"]
    assert int(ended(hookflash, app, sid)["duration"]) >= 180


def test_time_passes_while_the_test_waits(hookflash: Platform, app: App) -> None:
    """`wait` is as long as it says, for the platform."""
    app.document = HOLD
    call = dialled(hookflash)
    before = hookflash.clock.now()
    call.wait(30)
    assert 30_000 <= hookflash.clock.now() - before < 31_000
    assert call.status == "answered"


def test_a_file_is_heard_by_its_address(hookflash: Platform, app: App) -> None:
    """What counts is its audio; the URL only names it."""
    app.files["/app/tune.wav"] = tune()
    app.document = f"<Response><Play>{app.url}/tune.wav</Play><Pause/></Response>"
    call = dialled(hookflash)
    assert call.hears_sync("tune.wav") < 0.5
    assert call.transcript() == [f"{app.url}/tune.wav"]


def test_what_was_heard_is_not_heard_again(hookflash: Platform, app: App) -> None:
    """The second `hears` listens from where the first has ended."""
    app.document = '<Response><Say>Again.</Say><Pause length="5"/><Say>Again.</Say></Response>'
    call = dialled(hookflash)
    first = call.hears_sync("Again")
    assert call.hears_sync("Again") > first + 5
    with pytest.raises(NotHeardError):
        call.hears_sync("Again")


def test_what_begins_in_the_silence_at_an_end_is_heard(hookflash: Platform, app: App) -> None:
    """Speech is made with silence at its end; a key may stop it there, and what comes then is heard all the same."""
    app.files["/app/tune.wav"] = tune(silent_ms=350)
    prompt = f"<Play>{app.url}/tune.wav</Play>"
    app.document = f'<Response><Gather numDigits="1" action="{app.url}/on">{prompt}</Gather></Response>'
    app.documents["/app/on"] = "<Response><Say>Thank you very much.</Say></Response>"
    call = dialled(hookflash)
    call.wait(1.8)
    call.press("1")
    tune_at = call.hears_sync("tune.wav")
    assert call.hears_sync("Thank you very much") < tune_at + 2.35


def test_what_is_not_heard_fails_with_what_was(hookflash: Platform, app: App) -> None:
    """The message lists what the handset heard, and when."""
    app.document = "<Response><Say>We are closed.</Say></Response>"
    call = dialled(hookflash)
    with pytest.raises(NotHeardError, match=r"did not hear 'We are open' \(the call is over\); it heard\n") as failure:
        call.hears_sync("We are open")
    assert "'We are closed.'" in str(failure.value)


def test_a_patient_ear_gives_up_in_time(hookflash: Platform, app: App) -> None:
    """On a call that goes on, the failure says how long was waited."""
    app.document = HOLD
    call = dialled(hookflash)
    with pytest.raises(NotHeardError, match=r"\(waited 5 s\)"):
        call.hears_sync("Hello", timeout=5)


def test_a_bad_line_is_understood(hookflash: Platform, app: App) -> None:
    """A few lost and late packets are what people have: speech is still recognised."""
    app.document = "<Response><Say>Your order has left our house this morning.</Say></Response>"
    call = dialled(hookflash, loss=0.03, jitter=20, latency=80)
    call.hears_sync("Your order has left our house")


def test_what_does_not_arrive_is_not_heard(hookflash: Platform, app: App) -> None:
    """The audio that arrives is judged, not what the platform says it has played."""
    app.document = "<Response><Say>Nobody will hear this.</Say></Response>"
    call = dialled(hookflash, loss=1.0)
    with pytest.raises(NotHeardError, match="nothing known"):
        call.hears_sync("Nobody will hear this")


def test_keys_of_the_app_reach_the_handset(hookflash: Platform, app: App) -> None:
    """`keys` has what the other side pressed."""
    app.document = '<Response><Play digits="12w#"/></Response>'
    call = dialled(hookflash)
    call.over_sync()
    assert call.keys == "12#"


def test_what_a_handset_says_is_recorded(hookflash: Platform, app: App) -> None:
    """Speech goes into the call: the recording is as long as it, and the app is told."""
    app.document = f'<Response><Record action="{app.url}/done" timeout="2"/></Response>'
    app.documents["/app/done"] = "<Response/>"
    call = dialled(hookflash)
    call.wait(2)
    call.say("Please call me back tomorrow.")
    call.over_sync()
    (recorded,) = [int(params["RecordingDuration"]) for params in app.requests if "RecordingDuration" in params]
    assert 1 <= recorded <= 4


def test_what_was_played_before_a_reset_is_forgotten(hookflash: Platform, app: App) -> None:
    """A transcript names what this server has played since; what sounds alike was maybe played long ago."""
    app.document = "<Response><Say>Nice to hear you.</Say></Response>"
    dialled(hookflash).over_sync()
    hookflash.reset()
    app.document = "<Response><Say>Nice to hear you</Say></Response>"
    call = dialled(hookflash)
    call.over_sync()
    assert call.transcript() == ["Nice to hear you"]


def test_the_audio_of_a_call_is_a_wav_file(hookflash: Platform, app: App) -> None:
    """As the handset received it: mono, 16 bits, 8 kHz, silent where nothing was said."""
    app.document = '<Response><Say>Listen.</Say><Pause length="1"/></Response>'
    call = dialled(hookflash)
    call.over_sync()
    with wave.open(io.BytesIO(call.audio())) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        pcm = sound.readframes(sound.getnframes())
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    assert max(map(abs, samples)) > 3_000
    assert max(map(abs, samples[-RATE // 2 :])) < 100


def test_a_call_that_is_refused_is_not_answered(hookflash: Platform, app: App) -> None:
    """`answered` fails with the reason, and does not wait for its whole time."""
    app.document = '<Response><Reject reason="busy"/></Response>'
    call = hookflash.handset(ALICE).dial(hookflash.number)
    with pytest.raises(AssertionError, match=f"the call of \\{ALICE} is over \\(busy\\), not answered"):
        call.answered_sync()


def test_nothing_can_be_done_on_a_call_that_is_over(hookflash: Platform, app: App) -> None:
    """Keys and words end in a sentence; to hang up twice is no fault."""
    app.document = "<Response><Say>Goodbye.</Say></Response>"
    call = dialled(hookflash)
    call.over_sync()
    with pytest.raises(ServerError, match="The call is over"):
        call.press("1")
    with pytest.raises(ServerError, match="The call is over"):
        call.say("hello")
    call.hang_up()


def test_a_call_that_goes_on_is_not_over(hookflash: Platform, app: App) -> None:
    """`over` fails when its time has passed."""
    app.document = HOLD
    call = dialled(hookflash)
    with pytest.raises(AssertionError, match="is answered, not over"):
        call.over_sync(timeout=5)


# -- a handset is called --


def test_a_handset_answers_by_itself(hookflash: Platform, app: App, call_from_app: Callable[..., str]) -> None:
    """Told nothing it picks up after a second, and hears what the app says."""
    bob = hookflash.handset(BOB)
    bob.answers()
    sid = call_from_app("<Response><Say>Your code is one two three.</Say></Response>")
    call = bob.rings_sync()
    assert (call.peer, call.status) == (hookflash.number, "ringing")
    call.hears_sync("Your code is one two three")
    call.over_sync()
    assert ended(hookflash, app, sid)["status"] == "completed"


async def test_a_handset_rings_until_it_is_answered(hookflash: Platform, call_from_app: Callable[..., str]) -> None:
    """`manual` leaves it to the test."""
    bob = hookflash.handset(BOB)
    bob.answers("manual")
    call_from_app('<Response><Pause length="60"/></Response>')
    call = await bob.rings()
    call.wait(5)
    assert call.status == "ringing"
    call.answer()
    assert call.status == "answered"
    call.hang_up()


def test_nobody_calls(hookflash: Platform) -> None:
    """`rings` fails when its time has passed; calls of before do not count."""
    with pytest.raises(AssertionError, match="Nobody called"):
        hookflash.handset(BOB).rings_sync(timeout=2)


def test_a_handset_speaks_and_presses_by_itself(
    hookflash: Platform, app: App, call_from_app: Callable[..., str]
) -> None:
    """What it was told to say and press happens once it has answered."""
    hookflash.handset(BOB).answers(says="Hello?", keys="42#", hangs_up_after=60_000)
    call_from_app(f'<Response><Gather action="{app.url}/keys" timeout="10"/></Response>')
    call = hookflash.handset(BOB).rings_sync()
    call.over_sync(timeout=120)
    assert app.wait_for(Digits="42")["To"] == BOB


@pytest.mark.parametrize(
    ("answering", "status"),
    [
        ({"how": "busy"}, "busy"),
        ({"how": "no-answer"}, "no-answer"),
        ({"how": "reject"}, "busy"),
        ({"how": "reject", "status": 404}, "failed"),
    ],
)
def test_a_handset_does_not_answer(
    hookflash: Platform, app: App, call_from_app: Callable[..., str], answering: dict[str, Any], status: str
) -> None:
    """Each way not to answer is the status of the call that the API documents for it."""
    bob = hookflash.handset(BOB)
    bob.answers(**answering)
    sid = call_from_app(Timeout="5")
    bob.rings_sync().over_sync()
    assert ended(hookflash, app, sid)["status"] == status


def test_a_machine_answers(hookflash: Platform, app: App, call_from_app: Callable[..., str]) -> None:
    """Voicemail greets and beeps: the app is told of a machine, and speaks after the beep."""
    bob = hookflash.handset(BOB)
    bob.answers("voicemail", says=GREETING)
    call_from_app("<Response><Say>This is the shop.</Say></Response>", MachineDetection="DetectMessageEnd")
    call = bob.rings_sync()
    call.hears_sync("This is the shop")
    call.over_sync()
    assert app.wait_for(CallStatus="completed")["AnsweredBy"] == "machine_end_beep"


ANSWERING = [
    pytest.param({"says": "Hello?"}, "human", id="a person"),
    pytest.param({"how": "voicemail", "says": GREETING}, "machine_start", id="a machine"),
]


@pytest.mark.parametrize(("answering", "found"), ANSWERING)
def test_who_answers_is_found_before_the_document(
    hookflash: Platform, app: App, answering: dict[str, Any], found: str
) -> None:
    """The document is asked for with the finding: at the end of a person's greeting, in the midst of a machine's."""
    bob = hookflash.handset(BOB)
    bob.answers(**answering)
    app.documents["/app/found"] = "<Response><Say>This is the shop.</Say></Response>"
    call = {"To": BOB, "From": hookflash.number, "Url": f"{app.url}/found", "MachineDetection": "Enable"}
    rest(hookflash, "Calls.json", call)
    phone = bob.rings_sync()
    phone.hears_sync("This is the shop")
    phone.over_sync()
    (asked,) = [asked for asked in app.requests if asked.path == "/app/found"]
    assert asked["AnsweredBy"] == found


@pytest.mark.parametrize(("answering", "found"), ANSWERING)
def test_who_answers_is_found_beside_the_document(
    hookflash: Platform, app: App, call_from_app: Callable[..., str], answering: dict[str, Any], found: str
) -> None:
    """With AsyncAmd, who answers hears the document at once, and a callback of its own has the finding."""
    bob = hookflash.handset(BOB)
    bob.answers(**answering)
    asynchronous = {"AsyncAmd": "true", "AsyncAmdStatusCallback": f"{app.url}/amd"}
    sid = call_from_app(
        '<Response><Say>This is the shop.</Say><Pause length="8"/></Response>',
        MachineDetection="Enable",
        **asynchronous,
    )
    phone = bob.rings_sync()
    assert phone.hears_sync("This is the shop") < 1
    phone.over_sync()
    (asked,) = [asked for asked in app.requests if asked.path == "/app/amd"]
    assert (asked["CallSid"], asked["AnsweredBy"]) == (sid, found)
    assert 1_200 <= int(asked["MachineDetectionDuration"]) <= 4_000


# -- two handsets --


def test_two_handsets_hear_each_other(hookflash: Platform, app: App) -> None:
    """A dialled handset is bridged with the caller: each hears what the other says."""
    app.document = f'<Response><Dial action="{app.url}/after">{BOB}</Dial></Response>'
    app.documents["/app/after"] = "<Response><Say>They are gone.</Say></Response>"
    bob = hookflash.handset(BOB)
    bob.answers("manual")
    alice = hookflash.handset(ALICE).dial(hookflash.number)
    call = bob.rings_sync()
    call.answer()
    alice.answered_sync()
    alice.wait(1)
    alice.say("Is anybody there?")
    call.hears_sync("Is anybody there?")
    call.say("Yes, I am here.")
    alice.hears_sync("Yes, I am here.")
    call.hang_up()
    alice.hears_sync("They are gone")
    assert app.wait_for(DialCallStatus="completed")["DialBridged"] == "true"


@pytest.mark.parametrize(
    ("answering", "status"),
    [({"how": "busy"}, "busy"), ({"how": "no-answer"}, "no-answer"), ({"how": "reject", "status": 404}, "failed")],
)
def test_a_dial_that_is_not_answered(hookflash: Platform, app: App, answering: dict[str, Any], status: str) -> None:
    """The action of Dial is told how it came."""
    app.document = f'<Response><Dial timeout="5" action="{app.url}/after">{BOB}</Dial></Response>'
    app.documents["/app/after"] = "<Response><Say>Try later.</Say></Response>"
    hookflash.handset(BOB).answers(**answering)
    alice = hookflash.handset(ALICE).dial(hookflash.number)
    alice.hears_sync("Try later")
    assert app.wait_for(DialCallStatus=status)["From"] == ALICE
