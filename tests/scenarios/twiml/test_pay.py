"""`<Pay>`, at the far end: what the caller hears and keys, what the application and the connector are told."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.plugin_support import running_app
from tests.scenarios.twiml.stage import Stage

from hookflash.testing.call import Call
from hookflash.testing.platform import Platform
from hookflash.testing.server import BackgroundServer

CARD = "4111111111111111"
AMEX = "378282246310005"
NUMBER, DATE, POSTAL, CODE = "card number", "expiration date", "postal code", "security code"


@dataclass
class Gateway:
    """What charges cards, as the operator of a platform runs it."""

    answer: dict[str, Any] = field(default_factory=lambda: {"charge_id": "ch_1", "token_id": "tok_1"})
    orders: list[dict[str, Any]] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)
    url: str = ""


@pytest.fixture(scope="module")
def running_gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            gateway.orders.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            gateway.logins.append(self.headers["Authorization"])
            answer = json.dumps(gateway.answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        gateway.url = f"http://127.0.0.1:{server.server_address[1]}/pay"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield gateway
        server.shutdown()
        thread.join()


@pytest.fixture
def gateway(running_gateway: Gateway) -> Gateway:
    """The gateway, as it takes everything."""
    running_gateway.answer = {"charge_id": "ch_1", "token_id": "tok_1"}
    running_gateway.orders.clear()
    return running_gateway


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the platform."""
    return tmp_path_factory.mktemp("paying")


@pytest.fixture(scope="module")
def platform(data: Path, running_gateway: Gateway) -> Iterator[Platform]:
    connectors = {
        "Gateway": {"url": running_gateway.url, "username": "us", "password": "secret"},
        "Tokens": {"url": running_gateway.url, "charges": False, "token_types": ["one-time"]},
    }
    with BackgroundServer(data, payment_connectors=connectors) as ready:
        yield Platform(ready)


@pytest.fixture
def stage(platform: Platform) -> Iterator[Stage]:
    with running_app() as app:
        platform.configure(voice_url=app.url, status_callback=app.url + "/status")
        stage = Stage(platform, app)
        stage.page("done", '<Pause length="9"/>')
        yield stage
        stage.clear()


def pays(stage: Stage, attributes: str = "", inside: str = "") -> Call:
    """A caller who is asked to pay; the application is told at /done."""
    return stage.call(f'<Pay action="{stage.app.url}/done" {attributes}>{inside}</Pay>')


def keys(call: Call, *entries: tuple[str, str]) -> None:
    """Key each entry once its prompt is heard."""
    for prompt, pressed in entries:
        call.hears_sync(prompt)
        call.press(pressed)


def end_of(stage: Stage, call: Call, result: str = "success") -> dict[str, str]:
    """What the application is told in the end."""
    call.wait(8)
    return stage.app.wait_for(Result=result)


def expiry(stage: Stage) -> str:
    """A month that has not passed, on the platform's clock."""
    return f"12{(1970 + stage.hookflash.clock.now() // 31_556_952_000 + 2) % 100}"


def pays_all(stage: Stage, attributes: str = "", inside: str = "") -> dict[str, str]:
    """A payment with card and date alone; returns what the application is told in the end."""
    call = pays(stage, f'postalCode="false" securityCode="false" {attributes}', inside)
    keys(call, (NUMBER, CARD + "#"), (DATE, expiry(stage)))
    return end_of(stage, call)


def test_pay(stage: Stage, data: Path) -> None:
    """The application learns that it was paid, and with what, masked; nothing that was written has the card or code."""
    call = pays(stage, 'chargeAmount="10.00"')
    stage.rest(f"Calls/{stage.sid}/Recordings.json", {})
    keys(call, (NUMBER, CARD + "#"), (DATE, expiry(stage)), (POSTAL, "94105#"), (CODE, "123#"))
    told = end_of(stage, call)
    assert told["PaymentCardNumber"] == "xxxxxxxxxxxx1111"
    assert (told["PaymentCardType"], told["SecurityCode"], told["PaymentCardPostalCode"]) == ("visa", "xxx", "94105")
    assert told["ExpirationDate"] == expiry(stage)
    assert told["PaymentConfirmationCode"].startswith("ch_")
    stage.ended()
    written = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert stage.sid.encode() in written
    assert CARD.encode() not in written


def test_pay__a_star_gives_up(stage: Stage) -> None:
    """The caller may leave at any field."""
    call = pays(stage)
    keys(call, (NUMBER, CARD + "#"), (DATE, "*"))
    told = end_of(stage, call, "caller-interrupted-with-star")
    assert told["PaymentCardNumber"] == "xxxxxxxxxxxx1111"


def test_pay__a_caller_who_hangs_up_is_told_of(stage: Stage) -> None:
    """The action is requested all the same."""
    call = pays(stage)
    call.hears_sync(NUMBER)
    call.hang_up()
    assert stage.app.wait_for(Result="caller-hung-up")["CallStatus"] == "completed"


def test_pay__a_refused_charge_is_told_with_what_was_said(stage: Stage, gateway: Gateway) -> None:
    """The gateway's words and code reach the application, and the debugger."""
    gateway.answer = {"error_code": "51", "error_message": "Insufficient funds"}
    call = pays(stage, 'paymentConnector="Gateway" chargeAmount="5" postalCode="false" securityCode="false"')
    keys(call, (NUMBER, CARD + "#"), (DATE, expiry(stage)))
    told = end_of(stage, call, "payment-connector-error")
    assert (told["PayErrorCode"], told["PaymentError"], told["ConnectorError"]) == ("64008", "Insufficient funds", "51")
    assert stage.codes() == [64008]


def test_pay__a_pound_too_many_is_forgiven(stage: Stage) -> None:
    """Who ends the date with it, which had ended by itself, is asked for the next field all the same."""
    call = pays(stage, 'postalCode="false"')
    keys(call, (NUMBER, CARD + "#"), (DATE, expiry(stage) + "#"), (CODE, "123#"))
    assert end_of(stage, call)["SecurityCode"] == "xxx"


def test_pay_input(stage: Stage) -> None:
    """Only keys are an input; any other is told, and keys are taken."""
    call = pays(stage, 'input="speech"')
    keys(call, (NUMBER, "*"))
    assert stage.codes() == [64020]


def test_pay_action(stage: Stage) -> None:
    """Without one the document itself is told."""
    call = stage.call("<Pay/>")
    call.hears_sync(NUMBER)
    stage.plays('<Pause length="9"/>')
    call.press("*")
    assert end_of(stage, call, "caller-interrupted-with-star")["CallSid"] == stage.sid


def test_pay_status_callback(stage: Stage) -> None:
    """It hears of each field as it is asked for, with what is known so far, masked."""
    pays_all(stage, f'statusCallback="{stage.app.url}/progress"')
    assert stage.app.wait_for(For="payment-card-number")["Attempt"] == "1"
    told = stage.app.wait_for(For="expiration-date")
    assert told["PaymentCardNumber"] == "xxxxxxxxxxxx1111"
    assert "ExpirationDate" not in told


def test_pay_status_callback_method(stage: Stage) -> None:
    """GET puts the parameters into the URL."""
    stage.app.files["/app/progress"] = b""
    call = pays(stage, f'statusCallback="{stage.app.url}/progress" statusCallbackMethod="GET"')
    keys(call, (NUMBER, "*"))
    end_of(stage, call, "caller-interrupted-with-star")
    sid = stage.ended()["sid"]
    attempts = [event for event in stage.rest(f"Calls/{sid}/Events.json")["events"] if "For" in str(event)]
    assert {event["request"]["method"] for event in attempts} == {"GET"}


def test_pay_payment_method(stage: Stage, gateway: Gateway) -> None:
    """A bank account is asked for instead of a card."""
    call = pays(stage, 'paymentMethod="ach-debit" paymentConnector="Gateway" chargeAmount="3.20"')
    keys(call, ("routing number", "110000000"), ("bank account", "000123456789#"))
    told = end_of(stage, call)
    assert (told["BankRoutingNumber"], told["BankAccountNumber"]) == ("110000000", "xxxxxxxx6789")
    assert gateway.orders[-1]["bank_account_number"] == "000123456789"


def test_pay_bank_account_type(stage: Stage, gateway: Gateway) -> None:
    """The gateway is told the kind of account, and so is the action."""
    call = pays(stage, 'paymentMethod="ach-debit" bankAccountType="consumer-savings" paymentConnector="Gateway"')
    keys(call, ("routing number", "110000000"), ("bank account", "000123456789#"))
    assert end_of(stage, call)["BankAccountType"] == "consumer-savings"
    assert gateway.orders[-1]["bank_account_type"] == "consumer-savings"


def test_pay_timeout(stage: Stage) -> None:
    """So long a silence after the prompt is no entry."""
    call = pays(stage, 'timeout="20"')
    call.hears_sync(NUMBER)
    call.wait(19)
    assert all("Result" not in seen for seen in stage.app.requests)
    end_of(stage, call, "too-many-failed-attempts")


def test_pay_max_attempts(stage: Stage) -> None:
    """A wrong entry is asked for again, so often; the callback says why."""
    call = pays(stage, f'maxAttempts="2" statusCallback="{stage.app.url}/progress"')
    keys(call, (NUMBER, "4111111111111112#"), (NUMBER, CARD + "#"), (DATE, "0199"), (DATE, "1399"))
    told = end_of(stage, call, "too-many-failed-attempts")
    assert told["PaymentCardNumber"] == "xxxxxxxxxxxx1111"
    assert stage.app.wait_for(ErrorType="invalid-card-number")["Attempt"] == "2"
    stage.app.wait_for(ErrorType="invalid-date", For="expiration-date")


def test_pay_security_code(stage: Stage) -> None:
    """Without, it is not asked for."""
    call = pays(stage, 'securityCode="false"')
    keys(call, (NUMBER, CARD + "#"), (DATE, expiry(stage)), (POSTAL, "94105#"))
    assert "SecurityCode" not in end_of(stage, call)


def test_pay_postal_code(stage: Stage, gateway: Gateway) -> None:
    """One that is known is not asked for, and the gateway is told."""
    call = pays(stage, 'postalCode="94301" paymentConnector="Gateway"')
    keys(call, (NUMBER, CARD + "#"), (DATE, expiry(stage)), (CODE, "123#"))
    end_of(stage, call)
    assert gateway.orders[-1]["postal_code"] == "94301"


def test_pay_min_postal_code_length(stage: Stage) -> None:
    """A shorter one is wrong."""
    call = pays(stage, f'minPostalCodeLength="5" statusCallback="{stage.app.url}/progress"')
    keys(call, (NUMBER, CARD + "#"), (DATE, expiry(stage)), (POSTAL, "9410#"))
    end_of(stage, call, "too-many-failed-attempts")
    stage.app.wait_for(For="postal-code", ErrorType="invalid-postal-code")


def test_pay_payment_connector(stage: Stage, gateway: Gateway) -> None:
    """The connector of that name is asked, with its login; a name that nobody has is an error."""
    call = pays(stage, 'paymentConnector="Gateway" chargeAmount="7.50" postalCode="false"')
    keys(call, (NUMBER, CARD + "#"), (DATE, expiry(stage)), (CODE, "123#"))
    assert end_of(stage, call)["PaymentConfirmationCode"] == "ch_1"
    assert gateway.orders[-1]["cardnumber"] == CARD
    assert gateway.orders[-1]["cvv"] == "123"
    assert gateway.logins[-1] == "Basic dXM6c2VjcmV0"


def test_pay_payment_connector__that_is_not_there(stage: Stage) -> None:
    """The caller is not asked for a card that nobody can charge."""
    call = pays(stage, 'paymentConnector="Nobody"')
    assert end_of(stage, call, "validation-error")["PayErrorCode"] == "64004"


def test_pay_token_type(stage: Stage, gateway: Gateway) -> None:
    """The gateway makes a token of that kind; one that it does not make is an error."""
    told = pays_all(stage, 'paymentConnector="Tokens" tokenType="one-time"')
    assert told["PaymentToken"] == "tok_1"
    assert (gateway.orders[-1]["method"], gateway.orders[-1]["token_type"]) == ("tokenize", "one-time")
    call = pays(stage, 'paymentConnector="Tokens" tokenType="reusable"')
    assert end_of(stage, call, "validation-error")["PayErrorCode"] == "64006"


def test_pay_charge_amount(stage: Stage, gateway: Gateway) -> None:
    """That is what the gateway charges."""
    pays_all(stage, 'paymentConnector="Gateway" chargeAmount="12.34"')
    assert (gateway.orders[-1]["method"], gateway.orders[-1]["amount"]) == ("charge", "12.34")


def test_pay_currency(stage: Stage, gateway: Gateway) -> None:
    """The gateway is told the currency; one without cents takes none."""
    pays_all(stage, 'paymentConnector="Gateway" chargeAmount="1200" currency="jpy"')
    assert gateway.orders[-1]["currency_code"] == "JPY"
    stage.dial('<Pay chargeAmount="12.50" currency="jpy"/>').over_sync()
    assert stage.codes(stage.app.requests[-1]["CallSid"]) == [64003]


def test_pay_language(stage: Stage) -> None:
    """The platform's own words come in that language."""
    call = pays(stage, 'language="de-DE"')
    call.hears_sync("Bitte geben Sie Ihre Kartennummer ein")


def test_pay_description(stage: Stage, gateway: Gateway) -> None:
    """The gateway is told what it is for."""
    pays_all(stage, 'paymentConnector="Gateway" description="Two pizzas"')
    assert gateway.orders[-1]["description"] == "Two pizzas"


def test_pay_valid_card_types(stage: Stage) -> None:
    """Other cards are wrong, and told as such."""
    call = pays(stage, f'validCardTypes="visa mastercard" statusCallback="{stage.app.url}/progress"')
    keys(call, (NUMBER, AMEX + "#"))
    end_of(stage, call, "too-many-failed-attempts")
    stage.app.wait_for(ErrorType="invalid-card-type")


def test_parameter(stage: Stage, gateway: Gateway) -> None:
    """What stands in `<Pay>` is handed to the gateway."""
    pays_all(stage, 'paymentConnector="Gateway"', '<Parameter name="till" value="7"/>')
    assert gateway.orders[-1]["parameters"] == [{"name": "till", "value": "7"}]


def test_parameter_name(stage: Stage, gateway: Gateway) -> None:
    """One without a name is left out."""
    pays_all(stage, 'paymentConnector="Gateway"', '<Parameter value="7"/><Parameter name="b" value="8"/>')
    assert [each["name"] for each in gateway.orders[-1]["parameters"]] == ["b"]


def test_parameter_value(stage: Stage, gateway: Gateway) -> None:
    """Of two with one name the last counts."""
    pays_all(stage, 'paymentConnector="Gateway"', '<Parameter name="a" value="1"/><Parameter name="a" value="2"/>')
    assert [each["value"] for each in gateway.orders[-1]["parameters"]] == ["2"]


# -- the application's own words --


def prompt(attributes: str, words: str) -> str:
    return f"<Prompt {attributes}><Say>{words}</Say></Prompt>"


def test_prompt(stage: Stage) -> None:
    """It is heard in the place of the platform's words, to the end."""
    call = pays(stage, "", prompt('for="payment-card-number"', "Your shiny card, please."))
    call.hears_sync("Your shiny card")


def test_prompt_for(stage: Stage) -> None:
    """Several places may have the same words; others keep the platform's."""
    call = pays(
        stage,
        'postalCode="false"',
        prompt('for="payment-card-number expiration-date"', "Now key it in, my friend.")
        + prompt('for="payment-processing"', "We are talking to your bank."),
    )
    keys(call, ("key it in", CARD + "#"), ("key it in", expiry(stage)), (CODE, "123#"))
    call.hears_sync("talking to your bank")


def test_prompt_card_type(stage: Stage) -> None:
    """Only who pays with such a card hears it."""
    inside = prompt('for="security-code" cardType="amex"', "The four digits on the front of it.")
    call = pays(stage, 'postalCode="false"', inside)
    keys(call, (NUMBER, AMEX + "#"), (DATE, expiry(stage)), ("digits on the front", "1234"))
    assert end_of(stage, call)["PaymentCardType"] == "amex"


def test_prompt_attempt(stage: Stage) -> None:
    """It is heard at these attempts."""
    call = pays(stage, 'maxAttempts="2"', prompt('for="payment-card-number" attempt="2"', "Look at it again."))
    keys(call, (NUMBER, "1#"), ("Look at it again", "*"))
    end_of(stage, call, "caller-interrupted-with-star")


def test_prompt_error_type(stage: Stage) -> None:
    """It is heard after such a mistake only."""
    inside = prompt('for="payment-card-number" errorType="timeout"', "Are you still there?") + prompt(
        'for="payment-card-number" errorType="invalid-card-number"', "This is no card of ours."
    )
    call = pays(stage, 'maxAttempts="3"', inside)
    keys(call, (NUMBER, "1234#"))
    call.hears_sync("no card of ours")
    call.wait(6)
    keys(call, ("still there", "*"))
    end_of(stage, call, "caller-interrupted-with-star")


def test_prompt_require_matching_inputs(stage: Stage) -> None:
    """The field is asked for twice, and the second must be the same."""
    again = prompt('for="bank-account-number" requireMatchingInputs="true"', "Once more, to be sure.")
    attributes = f'paymentMethod="ach-debit" maxAttempts="2" statusCallback="{stage.app.url}/progress"'
    call = pays(stage, attributes, again)
    keys(call, ("routing number", "110000000"), ("bank account", "00012345#"), ("Once more", "00012346#"))
    keys(call, ("bank account", "00012345#"), ("Once more", "00012345#"))
    assert end_of(stage, call)["BankAccountNumber"] == "xxxx2345"
    stage.app.wait_for(ErrorType="input-matching-failed")
