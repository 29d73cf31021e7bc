"""Payments that an agent takes by REST, and messages of an application's own, while calls go on."""

import json
from typing import Any
from urllib.error import HTTPError

import pytest
from tests.scenarios.twiml.stage import BOB, Stage
from tests.unit.api.provoked import PAYMENTS

from hookflash.domain.user_message import MOST_SUBSCRIPTIONS
from hookflash.testing.call import Call

CARD = "4111111111111111"


@pytest.fixture
def caller(stage: Stage) -> Call:
    """Somebody who waits on the line."""
    return stage.call('<Say>Hold on.</Say><Pause length="3600"/>')


def update(stage: Stage, payment: dict[str, Any], key: str, **params: str) -> dict[str, Any]:
    form = {"IdempotencyKey": key, "StatusCallback": f"{stage.app.url}/paying", **params}
    return stage.rest(f"Calls/{stage.sid}/Payments/{payment['sid']}.json", form)


def begin(stage: Stage, **params: str) -> dict[str, Any]:
    form = {"IdempotencyKey": "begin", "StatusCallback": f"{stage.app.url}/paying", **params}
    return stage.rest(f"Calls/{stage.sid}/Payments.json", form)


def refused(stage: Stage, path: str, **params: str) -> int:
    """The code with which a request is refused."""
    with pytest.raises(HTTPError) as error:
        stage.rest(f"Calls/{stage.sid}/{path}", params)
    return int(json.load(error.value)["code"])


def test_an_agent_takes_a_payment_field_by_field(stage: Stage, caller: Call) -> None:
    """Each capture tells how far the caller is, masked; `complete` has it charged."""
    payment = begin(stage, ChargeAmount="20.45", PostalCode="false")
    assert payment["sid"].startswith("PK")
    assert stage.app.wait_for(PaymentConnector="Default")["ChargeAmount"] == "20.45"
    fields = {"payment-card-number": CARD + "#", "expiration-date": "1239", "security-code": "123#"}
    for field, keys in fields.items():
        update(stage, payment, field, Capture=field)
        caller.press(keys)
        caller.wait(1)
        told = stage.app.wait_for(Capture=field, PartialResult="false")
        assert "ErrorType" not in told
    assert told["Required"] == ""
    assert stage.app.wait_for(PartialResult="true")["Keyed"] == "x"
    update(stage, payment, "complete", Status="complete")
    told = stage.app.wait_for(Result="success", Sid=payment["sid"])
    assert told["PaymentConfirmationCode"].startswith("ch_")
    assert (told["PaymentCardNumber"], told["SecurityCode"]) == ("xxxxxxxxxxxx1111", "xxx")
    assert CARD not in str(stage.app.requests)


def test_the_same_key_begins_one_payment(stage: Stage, caller: Call) -> None:
    """A request that is sent again changes nothing."""
    assert begin(stage)["sid"] == begin(stage)["sid"]


def test_a_field_that_is_keyed_again_must_be_the_same(stage: Stage, caller: Call) -> None:
    payment = begin(stage, PaymentMethod="ach-debit")
    update(stage, payment, "1", Capture="bank-account-number")
    caller.press("12345#")
    caller.wait(1)
    update(stage, payment, "2", Capture="bank-account-number-matcher")
    caller.press("12346#")
    caller.wait(1)
    stage.app.wait_for(ErrorType="input-matching-failed")


def test_what_must_match_is_keyed_twice_before_it_is_paid(stage: Stage, caller: Call) -> None:
    """`RequireMatchingInputs` keeps the field among those that are required, until both were the same."""
    payment = begin(stage, PaymentMethod="ach-debit", RequireMatchingInputs="bank-account-number")
    fields = {
        "bank-routing-number": "110000000",
        "bank-account-number": "12345#",
        "bank-account-number-matcher": "12345#",
    }
    for field, keys in fields.items():
        path = f"Payments/{payment['sid']}.json"
        callback = {"IdempotencyKey": f"too early for {field}", "StatusCallback": f"{stage.app.url}/paying"}
        assert refused(stage, path, **callback, Status="complete") == 64021
        update(stage, payment, field, Capture=field)
        caller.press(keys)
        caller.wait(1)
        stage.app.wait_for(Capture=field, PartialResult="false")
    update(stage, payment, "complete", Status="complete")
    stage.app.wait_for(Result="success", Sid=payment["sid"])


def test_keys_of_a_payment_are_not_heard_by_the_agent(stage: Stage) -> None:
    """They go no further than the platform, while those before and after pass."""
    bob = stage.handset(BOB)
    caller = stage.call(f"<Dial>{BOB}</Dial>")
    agent = bob.rings_sync()
    agent.answered_sync()
    caller.press("1")
    payment = begin(stage)
    update(stage, payment, "number", Capture="payment-card-number")
    caller.press(CARD + "#")
    caller.wait(1)
    stage.app.wait_for(Capture="payment-card-number", PartialResult="false")
    caller.press("2")
    caller.wait(1)
    assert agent.keys == "12"


def test_a_payment_ends_with_its_call(stage: Stage, caller: Call) -> None:
    payment = begin(stage)
    update(stage, payment, "number", Capture="payment-card-number")
    caller.hang_up()
    stage.app.wait_for(Result="caller-hung-up", Sid=payment["sid"])


def test_what_payments_refuse(stage: Stage, caller: Call) -> None:
    """Each with its code; the call goes on."""
    callback = {"IdempotencyKey": "k", "StatusCallback": f"{stage.app.url}/paying"}
    codes = [
        refused(stage, "Payments.json", **callback, ChargeAmount="-1"),
        refused(stage, "Payments.json", **callback, PaymentConnector="Nobody"),
        refused(stage, "Payments.json", **callback, PaymentMethod="cash"),
    ]
    payment = begin(stage)
    path = f"Payments/{payment['sid']}.json"
    codes.append(refused(stage, path, **callback, Status="complete"))
    assert codes == sorted(code.number for code in PAYMENTS)
    update(stage, payment, "k", Status="cancel")  # what was refused was not done: its key is as new
    assert refused(stage, path, **{**callback, "IdempotencyKey": "again"}, Capture="postal-code") == 64021
    assert caller.status == "answered"


# -- messages of an application's own --


def test_a_message_reaches_the_phone(stage: Stage, caller: Call) -> None:
    """Once, however often the request is sent with its key."""
    for _ in range(2):
        sent = stage.rest(
            f"Calls/{stage.sid}/UserDefinedMessages.json", {"Content": '{"page": 3}', "IdempotencyKey": "a"}
        )
    assert sent["sid"].startswith("KX")
    caller.wait(0.1)
    assert caller.messages == ['{"page": 3}']


def test_what_the_phone_sends_is_told_to_subscribers(stage: Stage, caller: Call) -> None:
    """In order, until they unsubscribe."""
    path = f"Calls/{stage.sid}/UserDefinedMessageSubscriptions"
    stage.rest(f"{path}.json", {"Callback": f"{stage.app.url}/messages"})
    caller.send('{"rating": 5}')
    caller.send('{"rating": 4}')
    assert stage.app.wait_for(Content='{"rating": 5}')["SequenceNumber"] == "1"
    assert stage.app.wait_for(Content='{"rating": 4}')["SequenceNumber"] == "2"


def test_a_call_has_so_many_subscriptions(stage: Stage, caller: Call) -> None:
    """Each message of a phone is a request to every one of them."""
    for _ in range(MOST_SUBSCRIPTIONS):
        stage.rest(f"Calls/{stage.sid}/UserDefinedMessageSubscriptions.json", {"Callback": stage.app.url})
    assert refused(stage, "UserDefinedMessageSubscriptions.json", Callback=stage.app.url) == 20409


def test_messages_must_be_json_of_a_live_call(stage: Stage, caller: Call) -> None:
    assert refused(stage, "UserDefinedMessages.json", Content="{") == 20422
    assert refused(stage, "UserDefinedMessages.json", Content="9" * 10_241) == 20422
    stage.ended()
    assert refused(stage, "UserDefinedMessages.json", Content="{}") == 21220
