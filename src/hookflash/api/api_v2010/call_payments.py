"""Payments of a call that an agent takes: begun, captured field by field, and made, while the call goes on."""

from collections.abc import Callable
from typing import Any

import msgspec

from hookflash.actions.take_payment import load_payment
from hookflash.api.params import Form, Param, boolean, choice, integer, read_params, text, web_url
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, props
from hookflash.domain.call import NoSuchCallError
from hookflash.domain.clock import SECOND
from hookflash.domain.payment import (
    CARD_TYPES,
    USUAL_CARDS,
    PaymentField,
    PaymentMethod,
    Rules,
    fits_currency,
    read_amount,
    read_currency,
)
from hookflash.domain.payment_order import (
    IncompletePaymentError,
    NoSuchPaymentError,
    Payment,
    PaymentError,
    PaymentOrder,
    PaymentUnderWayError,
)
from hookflash.errors import ApiError, Code
from hookflash.store.tables import Table

from .call_events import the_call
from .calls import CALL

_KEY = Param("IdempotencyKey", "key", text(255), Code.MISSING_PARAMETER)
_CALLBACK = Param("StatusCallback", "url", web_url, Code.MISSING_PARAMETER)
_REFUSE = Code.PAYMENT_PARAMETER


def _read(read: Callable[[str], str], refuse: Code) -> Callable[[str, str], str]:
    """A rule of the domain as one of parameters."""

    def rule(name: str, value: str) -> str:
        try:
            return read(value)
        except ValueError as problem:
            raise ApiError(refuse, name=name, why=str(problem)) from None

    return rule


def _cards(name: str, value: str) -> tuple[str, ...]:
    cards = tuple(value.split())
    if not cards or any(card not in CARD_TYPES for card in cards):
        raise ApiError(_REFUSE, name=name, why=f"must name some of {', '.join(CARD_TYPES)}")
    return cards


def _fields(name: str, value: str) -> tuple[PaymentField, ...]:
    try:
        return tuple(PaymentField(word) for word in value.replace(",", " ").split())
    except ValueError:
        raise ApiError(_REFUSE, name=name, why=f"must name some of {', '.join(PaymentField)}") from None


def _parameters(name: str, value: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(value, type=dict[str, str])
    except msgspec.DecodeError:
        raise ApiError(_REFUSE, name=name, why="must be a JSON object of texts") from None


CREATE = (
    _KEY,
    _CALLBACK,
    Param("PaymentMethod", "method", choice(*PaymentMethod, refuse=_REFUSE)),
    Param(
        "BankAccountType",
        "bank_account_type",
        choice("consumer-checking", "consumer-savings", "commercial-checking", refuse=_REFUSE),
    ),
    Param("ChargeAmount", "amount", _read(read_amount, Code.PAYMENT_AMOUNT)),
    Param("Currency", "currency", _read(read_currency, _REFUSE)),
    Param("Description", "description", text(1_000)),
    Param("Input", "input", choice("dtmf", refuse=_REFUSE)),
    Param("MinPostalCodeLength", "least_postal_code", integer(1, 12, _REFUSE)),
    Param("Parameter", "parameters", _parameters),
    Param("PaymentConnector", "connector", text(100)),
    Param("PostalCode", "postal_code", boolean),
    Param("SecurityCode", "security_code", boolean),
    Param("Timeout", "timeout", integer(1, 600, _REFUSE)),
    Param("TokenType", "token_type", choice("one-time", "reusable", "payment-method", refuse=_REFUSE)),
    Param("ValidCardTypes", "cards", _cards),
    Param("RequireMatchingInputs", "matching", _fields),
    Param("Confirmation", "confirmation", boolean),
)
UPDATE = (
    _KEY,
    _CALLBACK,
    Param(
        "Capture",
        "capture",
        choice(*(field + end for field in PaymentField for end in ("", "-matcher")), refuse=_REFUSE),
    ),
    Param("Status", "status", choice("complete", "cancel", refuse=_REFUSE)),
)
PAYMENT = Resource[Payment](
    product=CALL.product,
    path=f"{CALL.path}/{{CallSid}}/Payments",
    name="Payment",
    collection="payments",
    sid="PK",
    table=Table("payments", Payment),
    summary="A payment that an agent takes during a call; the caller keys, nobody else hears the keys.",
    properties=props("account_sid", "call_sid", "sid", "date_created", "date_updated"),
    params=CREATE,
    scope={"CallSid": "call_sid"},
)
_ITEM = f"{PAYMENT.path}/{PAYMENT.item}"


def order_of(form: Form) -> tuple[PaymentOrder, str, str]:
    """What is ordered, its idempotency key, and whom to tell. Raises ApiError."""
    values = read_params(form, CREATE, creating=True)
    amount, currency = values.get("amount", ""), values.get("currency", "usd")
    if not fits_currency(amount, currency):
        raise ApiError(Code.PAYMENT_AMOUNT, name="ChargeAmount", why=f"has decimals, {currency} has none")
    rules = Rules(
        method=PaymentMethod(values.get("method", PaymentMethod.CREDIT_CARD)),
        security_code=values.get("security_code", True),
        postal_code=values.get("postal_code", True),
        least_postal_code=values.get("least_postal_code", 0),
        cards=values.get("cards", USUAL_CARDS),
    )
    order = PaymentOrder(
        rules=rules,
        connector=values.get("connector") or "Default",
        amount=amount,
        currency=currency,
        token_type=values.get("token_type", "reusable"),
        description=values.get("description", ""),
        bank_account_type=values.get("bank_account_type", "consumer-checking"),
        parameters=values.get("parameters", {}),
        matching=values.get("matching", ()),
        key_ms=values.get("timeout", 5) * SECOND,
    )
    return order, values["key"], values["url"]


async def _create(request: ApiRequest) -> Answer:
    order, key, url = order_of(request.form)
    call = await the_call(request)
    try:
        payment = await request.exchange.telephony.payments.begin(call.sid, order, url=url, key=key)
    except NoSuchCallError:
        raise ApiError(Code.NOT_IN_PROGRESS, "Call is not in-progress. Cannot take a payment.") from None
    except PaymentError as error:
        raise ApiError(Code.PAYMENT_CONNECTOR, error.sentence) from None
    return PAYMENT.answer(request, payment, 201)


async def _update(request: ApiRequest) -> Answer:
    values = read_params(request.form, UPDATE, creating=True)
    sids = request.sids
    payment = await request.exchange.store.read(load_payment, request.account.sid, sids["CallSid"], sids["Sid"])
    if payment is None:
        raise request.not_found()
    try:
        await _perform(request, payment, values)
    except (NoSuchPaymentError, NoSuchCallError):
        raise ApiError(Code.PAYMENT_OPERATION, "The payment is over") from None
    except PaymentUnderWayError:
        raise ApiError(Code.PAYMENT_OPERATION, "The payment is being made") from None
    except IncompletePaymentError as missing:
        raise ApiError(Code.PAYMENT_OPERATION, f"The payment still needs {missing}") from None
    return PAYMENT.answer(request, payment, 202)


async def _perform(request: ApiRequest, payment: Payment, values: dict[str, Any]) -> None:
    session = request.exchange.telephony.payments.get(payment.sid)
    with session.once(values["key"]) as is_new:
        if not is_new:
            return
        session.tell_to(values["url"])
        if "capture" in values:
            await session.capture(values["capture"])
        if values.get("status") == "complete":
            await session.complete()
        elif values.get("status") == "cancel":
            await session.cancel()


OPERATIONS = (
    Operation("POST", PAYMENT.path, _create, "create"),
    Operation("POST", _ITEM, _update, "update"),
)
