"""`<Application>`: an application of the account that `<Dial>` calls, over a line within the platform."""

from typing import Any

from tests.scenarios.plugin_support import Asked
from tests.scenarios.twiml.stage import ALICE, BOB, Stage


def application(stage: Stage, verbs: str, **settings: str) -> str:
    """An application whose VoiceUrl, `/app/other`, answers so; returns its SID."""
    settings = {"FriendlyName": "other", "VoiceUrl": stage.page("other", verbs), **settings}
    return str(stage.rest("Applications.json", settings)["sid"])


def asked(stage: Stage) -> Asked:
    """The first request for the documents of the application."""
    return next(seen for seen in stage.app.requests if seen.path == "/app/other")


def child(stage: Stage) -> Any:
    (row,) = stage.rest(f"Calls.json?ParentCallSid={stage.sid}")["calls"]
    return row


def test_application(stage: Stage) -> None:
    """A call of its own, below the caller's, runs its documents; each hears the other, and its end ends the Dial."""
    verbs = '<Gather numDigits="1" action="/app/more"><Say>This is the other application</Say></Gather>'
    sid = application(stage, verbs)
    stage.page("more", "<Say>You pressed a key</Say>")
    call = stage.call(f"<Dial><Application>{sid}</Application></Dial><Say>Back again</Say>")
    call.hears_sync("This is the other application")
    call.press("7")
    call.hears_sync("You pressed a key")
    call.hears_sync("Back again")
    more = next(seen for seen in stage.app.requests if seen.path == "/app/more")
    assert (more["Digits"], more["ApplicationSid"], more["ParentCallSid"]) == ("7", sid, stage.sid)
    assert more["CallSid"] == asked(stage)["CallSid"] == child(stage)["sid"]
    assert (asked(stage)["To"], asked(stage)["From"], asked(stage)["CallStatus"]) == (sid, ALICE, "ringing")
    assert (child(stage)["direction"], child(stage)["to"]) == ("outbound-dial", sid)


def test_application__dials_on(stage: Stage) -> None:
    """Its `<Dial>` joins the caller with whoever it rings, two lines on; a hang-up ends all of them."""
    sid = application(stage, f"<Dial>{BOB}</Dial>")
    stage.handset(BOB).answers(says="This is Bob")
    call = stage.call(f"<Dial><Application>{sid}</Application></Dial>")
    call.hears_sync("This is Bob")
    phone = stage.handset(BOB).rings_sync()
    call.say("And this is Alice")
    phone.hears_sync("And this is Alice")
    call.hang_up()
    phone.over_sync()
    assert child(stage)["status"] == "completed"


def test_application__records(stage: Stage) -> None:
    """What it records is what the caller says."""
    sid = application(stage, '<Record action="/app/kept" finishOnKey="#"/>')
    stage.page("kept", "<Say>Thank you</Say>")
    call = stage.call(f"<Dial><Application>{sid}</Application></Dial>")
    call.wait(2)
    call.say("My message is this")
    call.press("#")
    call.hears_sync("Thank you")
    kept = next(seen for seen in stage.app.requests if seen.path == "/app/kept")
    assert int(kept["RecordingDuration"]) >= 1


def test_application__that_calls_itself(stage: Stage) -> None:
    """13215: after ten of them no further one is called, and all go on."""
    sid = application(stage, "<Hangup/>")
    stage.page("other", f"<Dial><Application>{sid}</Application></Dial><Say>The end of it</Say>")
    stage.call(f"<Dial><Application>{sid}</Application></Dial>").hears_sync("The end of it")
    asked = [seen for seen in stage.app.requests if seen.path == "/app/other"]
    assert len(asked) == 10
    (alert,) = stage.rest(f"Calls/{asked[-1]['CallSid']}/Notifications.json")["notifications"]
    assert alert["error_code"] == "13215"


def test_application__that_refuses(stage: Stage) -> None:
    """The Dial is told so, and its action goes on."""
    sid = application(stage, '<Reject reason="busy"/>')
    after = stage.page("after", "<Say>It is busy</Say>")
    call = stage.call(f'<Dial action="{after}"><Application>{sid}</Application></Dial>')
    call.hears_sync("It is busy")
    ended = next(seen for seen in stage.app.requests if seen.path == "/app/after")
    assert (ended["DialCallStatus"], ended["DialBridged"]) == ("busy", "false")


def test_application__that_there_is_not(stage: Stage) -> None:
    """13215: the debugger is told, and the next verb runs."""
    call = stage.call(f"<Dial><Application>AP{'0' * 32}</Application></Dial><Say>Next</Say>")
    call.hears_sync("Next")
    assert stage.codes() == [13215]


def test_application__stands_alone(stage: Stage) -> None:
    """13000: a number beside it is not rung."""
    sid = application(stage, "<Say>Only me</Say>")
    call = stage.call(f"<Dial><Number>{BOB}</Number><Application>{sid}</Application></Dial>")
    call.hears_sync("Only me")
    assert child(stage)["to"] == sid
    assert stage.codes() == [13000]


def test_application_sid(stage: Stage) -> None:
    """The SID, where parameters stand beside it; each of them comes with every request."""
    sid = application(stage, "<Redirect>/app/second</Redirect>")
    stage.page("second", "<Say>The second document</Say>")
    noun = f'<ApplicationSid>{sid}</ApplicationSid><Parameter name="Order" value="7"/>'
    stage.call(f"<Dial><Application>{noun}</Application></Dial>").hears_sync("The second document")
    second = next(seen for seen in stage.app.requests if seen.path == "/app/second")
    assert asked(stage)["Param_Order"] == second["Param_Order"] == "7"


def test_application_customer_id(stage: Stage) -> None:
    """Comes with its requests."""
    sid = application(stage, "<Say>Here</Say>")
    stage.call(f'<Dial><Application customerId="customer-7">{sid}</Application></Dial>').hears_sync("Here")
    assert asked(stage)["CustomerId"] == "customer-7"


def test_application_customer_id__that_nobody_sets(stage: Stage) -> None:
    """It is the account that calls."""
    sid = application(stage, "<Say>Here</Say>")
    stage.call(f"<Dial><Application>{sid}</Application></Dial>").hears_sync("Here")
    assert asked(stage)["CustomerId"] == asked(stage)["AccountSid"]


def test_application_copy_parent_to(stage: Stage) -> None:
    """The application sees the number that the caller called."""
    sid = application(stage, "<Say>Here</Say>")
    stage.call(f'<Dial><Application copyParentTo="true">{sid}</Application></Dial>').hears_sync("Here")
    assert (asked(stage)["To"], asked(stage)["ApplicationSid"]) == (stage.hookflash.number, sid)


def test_application_url(stage: Stage) -> None:
    """It is not requested: there is nobody to hear it before the application does."""
    sid = application(stage, "<Say>Here</Say>")
    whisper = stage.page("whisper", "<Say>Hush</Say>")
    stage.call(f'<Dial><Application url="{whisper}">{sid}</Application></Dial>').hears_sync("Here")
    assert "/app/whisper" not in [seen.path for seen in stage.app.requests]


def test_application_method(stage: Stage) -> None:
    """That of `url`: the application's own says how its documents are requested."""
    sid = application(stage, "<Say>Here</Say>", VoiceMethod="GET")
    stage.call(f'<Dial><Application method="POST">{sid}</Application></Dial>').hears_sync("Here")
    assert asked(stage).method == "GET"


def told(stage: Stage, attributes: str = "") -> list[Asked]:
    """What the status callback of the application's call was told, in order, once all is over."""
    sid = application(stage, "<Say>Here</Say>")
    noun = f'<Application statusCallback="{stage.app.url}/child" {attributes}>{sid}</Application>'
    stage.call(f"<Dial>{noun}</Dial>").over_sync()
    stage.app.wait_for(To=sid, CallStatus="completed")
    events = [seen for seen in stage.app.requests if seen.path == "/app/child"]
    return sorted(events, key=lambda seen: int(seen["SequenceNumber"]))


def test_application_status_callback(stage: Stage) -> None:
    """Told of the end of its call."""
    (end,) = told(stage)
    assert (end["CallStatus"], end["ParentCallSid"], end.method) == ("completed", stage.sid, "POST")


def test_application_status_callback_event(stage: Stage) -> None:
    """Of those that are named."""
    events = told(stage, 'statusCallbackEvent="initiated ringing answered completed"')
    assert [event["CallStatus"] for event in events] == ["initiated", "ringing", "in-progress", "completed"]


def test_application_status_callback_method(stage: Stage) -> None:
    """How it is requested."""
    (end,) = told(stage, 'statusCallbackMethod="GET"')
    assert end.method == "GET"
