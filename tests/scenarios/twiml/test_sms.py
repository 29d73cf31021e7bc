"""`<Sms>` and `<Message>` in a call: a text goes out, and the call goes on."""

from urllib.request import urlopen

import pytest
from tests.scenarios.twiml.sounds import beep
from tests.scenarios.twiml.stage import ALICE, BOB, Stage

VERBS = ("Sms", "Message")


@pytest.fixture(params=VERBS)
def verb(request: pytest.FixtureRequest) -> str:
    """Both verbs are one."""
    return str(request.param)


def sends(stage: Stage, verb: str, to: str = ALICE) -> None:
    """The caller gets a text from the number; the call goes on at once."""
    call = stage.call(f"<{verb}>Your code is 123.</{verb}><Say>On.</Say>")
    assert call.hears_sync("On.") < 1
    text = stage.handset(to).received_sync("Your code is 123.")
    assert text.sender == stage.hookflash.number
    assert stage.codes() == []


def test_sms(stage: Stage) -> None:
    """To who calls, from the number that was called."""
    sends(stage, "Sms")


def test_message(stage: Stage) -> None:
    """As `<Sms>`."""
    sends(stage, "Message")


def test_sms__of_nothing(stage: Stage, verb: str) -> None:
    """14103: without text or media it is skipped."""
    stage.call(f"<{verb}/><Say>On.</Say>").hears_sync("On.")
    assert stage.codes() == [14103]


def test_body(stage: Stage, verb: str) -> None:
    """The text, where it is not that of the verb itself; several are joined."""
    stage.call(f"<{verb}><Body>Your </Body><Body>code.</Body></{verb}><Say>On.</Say>").hears_sync("On.")
    assert stage.handset(ALICE).received_sync("code.").body == "Your code."


def test_media(stage: Stage, verb: str) -> None:
    """The handset gets the file; its URL may be relative to the document."""
    stage.file("low.wav", beep(440))
    stage.call(f"<{verb}>Listen.<Media>app/low.wav</Media></{verb}><Say>On.</Say>").hears_sync("On.")
    (url,) = stage.handset(ALICE).received_sync("Listen.").media_urls
    with urlopen(url) as answer:
        assert answer.read() == beep(440)


def test_media__that_is_no_url(stage: Stage, verb: str) -> None:
    """21620: nothing is sent."""
    stage.call(f"<{verb}>Look.<Media>ftp://x/</Media></{verb}><Say>On.</Say>").hears_sync("On.")
    assert stage.codes() == [21620]
    assert stage.handset(ALICE).inbox() == []


def to(stage: Stage, verb: str) -> None:
    stage.call(f'<{verb} to="{BOB}">Hello Bob.</{verb}><Say>On.</Say>').hears_sync("On.")
    assert stage.handset(BOB).received_sync("Hello Bob.").sender == stage.hookflash.number
    assert stage.handset(ALICE).inbox() == []


def test_sms_to(stage: Stage) -> None:
    """Whom it goes to."""
    to(stage, "Sms")


def test_message_to(stage: Stage) -> None:
    """Whom it goes to."""
    to(stage, "Message")


def from_(stage: Stage, verb: str) -> None:
    other = str(stage.hookflash.ready["numbers"][1])
    stage.call(f'<{verb} from="{other}">Hello.</{verb}><Say>On.</Say>').hears_sync("On.")
    assert stage.handset(ALICE).received_sync("Hello.").sender == other


def test_sms_from(stage: Stage) -> None:
    """Who it comes from."""
    from_(stage, "Sms")


def test_message_from(stage: Stage) -> None:
    """Who it comes from."""
    from_(stage, "Message")


def test_sms_from__somebody_else(stage: Stage, verb: str) -> None:
    """A number that is not the account's sends nothing; `action` is told `invalid`."""
    done = stage.page("done", "<Say>On.</Say>")
    stage.call(f'<{verb} from="+12025550199" action="{done}">Hello.</{verb}>').hears_sync("On.")
    told = stage.app.wait_for(SmsStatus="invalid")
    assert "SmsSid" not in told
    assert stage.handset(ALICE).inbox() == []


def action(stage: Stage, verb: str) -> None:
    done = stage.page("done", "<Say>Sent.</Say>")
    stage.call(f'<{verb} action="{done}">Hello.</{verb}><Say>Never.</Say>').hears_sync("Sent.")
    told = stage.app.wait_for(SmsStatus="sending")
    assert told["SmsSid"] == stage.handset(ALICE).received_sync("Hello.").message_sid
    assert (told.method, told.path) == ("POST", "/app/done")


def test_sms_action(stage: Stage) -> None:
    """Its document goes on, told what became of the text."""
    action(stage, "Sms")


def test_message_action(stage: Stage) -> None:
    """Its document goes on, told what became of the text."""
    action(stage, "Message")


def method(stage: Stage, verb: str) -> None:
    done = stage.page("done", "<Say>Sent.</Say>")
    stage.call(f'<{verb} action="{done}" method="GET">Hello.</{verb}>').hears_sync("Sent.")
    assert stage.app.wait_for(SmsStatus="sending").method == "GET"


def test_sms_method(stage: Stage) -> None:
    """How `action` is requested."""
    method(stage, "Sms")


def test_message_method(stage: Stage) -> None:
    """How `action` is requested."""
    method(stage, "Message")


def test_sms_method__that_there_is_not(stage: Stage, verb: str) -> None:
    """14104: it is POST."""
    done = stage.page("done", "<Say>Sent.</Say>")
    stage.call(f'<{verb} action="{done}" method="PUT">Hello.</{verb}>').hears_sync("Sent.")
    assert stage.app.wait_for(SmsStatus="sending").method == "POST"
    assert stage.codes() == [14104]


def status_callback(stage: Stage, verb: str) -> None:
    stage.call(f'<{verb} statusCallback="app/sms">Hello.</{verb}><Say>On.</Say>').hears_sync("On.")
    sid = stage.handset(ALICE).received_sync("Hello.").message_sid
    assert stage.app.wait_for(MessageStatus="delivered", MessageSid=sid).path == "/app/sms"


def test_sms_status_callback(stage: Stage) -> None:
    """It is told of each status."""
    status_callback(stage, "Sms")


def test_message_status_callback(stage: Stage) -> None:
    """It is told of each status."""
    status_callback(stage, "Message")
