"""`<Client>`: phones that are rung by a name, here a handset's; tests/scenarios/calls has phones that register."""

from tests.scenarios.twiml import phones
from tests.scenarios.twiml.phones import CLIENT
from tests.scenarios.twiml.stage import Stage


def test_client(stage: Stage) -> None:
    """It is rung by its name, shows who calls, and the two hear each other."""
    phones.is_rung_and_joined(stage, CLIENT)


def test_client__of_whom_no_phone_is_registered(stage: Stage) -> None:
    """It is not answered, as if nobody were there; the call goes on."""
    call = stage.call(f'<Dial action="{stage.page("after", "<Pause/>")}"><Client>nobody</Client></Dial>')
    after = stage.app.wait_for(DialCallStatus="no-answer")
    assert after["DialBridged"] == "false"
    row = stage.rest(f"Calls/{after['DialCallSid']}.json")
    assert (row["to"], row["status"]) == ("client:nobody", "no-answer")
    call.hang_up()


def test_client__called_by_rest(stage: Stage) -> None:
    """`To` may be a client, with parameters in its query."""
    CLIENT.takes_calls(stage)
    stage.call_from_app("<Say>For Ann</Say>", To="client:ann?FirstName=Jane")
    phone = CLIENT.rings(stage)
    phone.hears_sync("For Ann")
    assert phone.headers == {"X-FirstName": "Jane"}


def test_identity(stage: Stage) -> None:
    """The name, where parameters stand beside it."""
    CLIENT.takes_calls(stage)
    stage.call("<Dial><Client><Identity>ann</Identity></Client></Dial>")
    CLIENT.rings(stage)


def test_parameter(stage: Stage) -> None:
    """Each reaches the phone, as a header of the application."""
    CLIENT.takes_calls(stage)
    stage.call(
        '<Dial><Client><Identity>ann</Identity><Parameter name="FirstName" value="Jane"/>'
        '<Parameter name="X-Order" value="7"/></Client></Dial>'
    )
    assert CLIENT.rings(stage).headers == {"X-FirstName": "Jane", "X-Order": "7"}


def test_parameter_name(stage: Stage) -> None:
    """13252: one that cannot be the name of a header brings nothing anywhere; the phone is not rung."""
    CLIENT.takes_calls(stage)
    named = '<Identity>ann</Identity><Parameter name="First Name" value="Jane"/>'
    stage.dial(f"<Dial><Client>{named}</Client></Dial>").over_sync()
    assert stage.codes() == [13252]


def test_parameter_value(stage: Stage) -> None:
    """It comes as it was written."""
    CLIENT.takes_calls(stage)
    stage.call(
        '<Dial><Client><Identity>ann</Identity><Parameter name="Note" value="two words &amp; more"/></Client></Dial>'
    )
    assert CLIENT.rings(stage).headers == {"X-Note": "two words & more"}


def test_client_client_notification_url(stage: Stage) -> None:
    """Nobody is pushed to: the phone is rung all the same, and nothing is requested there."""
    CLIENT.takes_calls(stage)
    stage.call(f'<Dial><Client clientNotificationUrl="{stage.app.url}/push">ann</Client></Dial>')
    CLIENT.rings(stage)
    stage.ended()
    assert "/app/push" not in [seen.path for seen in stage.app.requests]


def test_client_url(stage: Stage) -> None:
    """Who answers hears a document before the two are joined."""
    phones.hears_a_whisper(stage, CLIENT)


def test_client_method(stage: Stage) -> None:
    """How `url` is requested."""
    phones.hears_a_whisper(stage, CLIENT, method="GET")


def test_client_status_callback(stage: Stage) -> None:
    """Told of the end of the call to the phone."""
    phones.is_told_of_the_end(stage, CLIENT)


def test_client_status_callback_event(stage: Stage) -> None:
    """Of those that are named."""
    phones.is_told_of_each(stage, CLIENT)


def test_client_status_callback_method(stage: Stage) -> None:
    """How it is requested."""
    phones.is_told_by(stage, CLIENT, "GET")
