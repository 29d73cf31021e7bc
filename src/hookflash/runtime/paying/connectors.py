"""Connectors: whoever charges cards and accounts for us, by name.

`loopback` stands for a gateway on a laptop and in tests: it moves no money. `http` hands each payment to a service of
the operator's as JSON, in the form that the original's generic connector has (Twilio docs, "Generic Pay Connector").

Rule: what was keyed goes to the connector and nowhere else: no log, no error, no timeline has it.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol

import aiohttp
import msgspec

from hookflash.domain.payment import Details, PaymentField, PaymentMethod, PaymentResult
from hookflash.domain.payment_order import PaymentError, PaymentOrder, Receipt
from hookflash.twiml.problems import TwimlCode

DEFAULT = "Default"
PATIENCE = 15  #: s for a gateway to answer
LONGEST_ANSWER = 65_536  #: bytes
REFUSED = "4000000000000002"  #: the card that the loop-back connector always refuses
_F = PaymentField


class ConnectorConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[payment_connectors.NAME]` of the file."""

    kind: Literal["loopback", "http"] = "http"
    url: str = ""  #: of an http connector: https, or http on this machine
    username: str = ""  #: of its Basic authentication
    password: str = ""
    methods: tuple[PaymentMethod, ...] = tuple(PaymentMethod)
    token_types: tuple[Annotated[str, msgspec.Meta(pattern="^(one-time|reusable|payment-method)$")], ...] = (
        "one-time",
        "reusable",
        "payment-method",
    )
    charges: bool = True  #: False: it only makes tokens


class Connector(Protocol):
    """Charges, or makes a token. Raises PaymentError."""

    async def pay(self, order: PaymentOrder, details: Details, *, transaction: str) -> Receipt:
        """`transaction` is the same when the same payment is tried again."""
        ...


class Connectors:
    """The connectors of a platform, by name. Raises ValueError for a table that cannot be used."""

    def __init__(self, tables: Mapping[str, Any], *, with_loopback: bool) -> None:
        """With `with_loopback` there is a `Default` that moves no money, unless the tables have one."""
        self._configs = {name: _read(name, table) for name, table in tables.items()}
        if with_loopback:
            self._configs.setdefault(DEFAULT, ConnectorConfig(kind="loopback"))

    def named(self, order: PaymentOrder) -> Connector:
        """The connector of `order`. Raises PaymentError when there is none, or it cannot do what is ordered."""
        config = self._configs.get(order.connector)
        if config is None:
            raise _invalid(
                TwimlCode.PAY_CONNECTOR,
                f"There is no payment connector {order.connector!r}: add [payment_connectors.{order.connector}]",
            )
        if order.rules.method not in config.methods:
            raise _invalid(TwimlCode.PAY_METHOD, f"The connector does not take {order.rules.method.value}")
        if order.amount and not config.charges:
            raise _invalid(TwimlCode.PAY_NO_CHARGES, "The connector only makes tokens: leave the amount out")
        if not order.amount and not config.token_types:
            raise _invalid(TwimlCode.PAY_NO_TOKENS, "The connector makes no tokens: give an amount")
        if not order.amount and order.token_type not in config.token_types:
            raise _invalid(TwimlCode.PAY_TOKEN_TYPE, f"The connector makes no {order.token_type} tokens")
        return Loopback() if config.kind == "loopback" else HttpConnector(config)


def _read(name: str, table: Any) -> ConnectorConfig:
    try:
        config = msgspec.convert(table, ConnectorConfig)
    except msgspec.ValidationError as error:
        raise ValueError(f"payment connector {name}: {error}") from None
    if config.kind == "http" and not _is_safe(config.url):
        raise ValueError(f"payment connector {name}: url must be https, or http to this machine")
    return config


def _is_safe(url: str) -> bool:
    return url.startswith(("https://", "http://127.0.0.1:", "http://localhost:", "http://[::1]:"))


def _invalid(code: TwimlCode, sentence: str) -> PaymentError:
    return PaymentError(int(code), sentence, result=PaymentResult.VALIDATION_ERROR)


class Loopback:
    """Moves no money: it takes every card but one."""

    async def pay(self, order: PaymentOrder, details: Details, *, transaction: str) -> Receipt:
        if details.values.get(_F.CARD_NUMBER) == REFUSED:
            raise _refused(order, "The loop-back connector refuses this card", "card_declined")
        name = hashlib.sha256(transaction.encode()).hexdigest()[:24]
        return (
            Receipt(confirmation=f"ch_{name}") if order.amount else Receipt(token=f"tok_{name}", profile=f"pr_{name}")
        )


class _Answer(msgspec.Struct):
    charge_id: str | None = None
    token_id: str | None = None
    profile_id: str | None = None
    error_code: str | int | None = None
    error_message: str | None = None


class HttpConnector:
    """Posts each payment to the operator's service."""

    def __init__(self, config: ConnectorConfig) -> None:
        self._config = config

    async def pay(self, order: PaymentOrder, details: Details, *, transaction: str) -> Receipt:
        config = self._config
        headers = {}
        if config.username:
            headers["Authorization"] = aiohttp.encode_basic_auth(config.username, config.password)
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            async with (
                aiohttp.ClientSession(headers=headers, timeout=timeout) as client,
                client.post(config.url, json=_body(order, details, transaction), allow_redirects=False) as answer,
            ):
                body = await answer.content.read(LONGEST_ANSWER)
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            sentence = f"The payment connector could not be reached: {type(error).__name__}"
            raise _refused(order, sentence, "unreachable") from None
        return _receipt(order, status, body)


def _body(order: PaymentOrder, details: Details, transaction: str) -> dict[str, Any]:
    values = details.values
    body: dict[str, Any] = {
        "transaction_id": transaction,
        "method": "charge" if order.amount else "tokenize",
        "description": order.description,
        "currency_code": order.currency.upper(),
        "parameters": [{"name": name, "value": value} for name, value in order.parameters.items()],
    }
    if order.amount:
        body["amount"] = order.amount
    else:
        body["token_type"] = order.token_type
    if order.rules.method is PaymentMethod.ACH_DEBIT:
        return body | {
            "bank_routing_number": values[_F.ROUTING_NUMBER],
            "bank_account_number": values[_F.ACCOUNT_NUMBER],
            "bank_account_type": order.bank_account_type,
        }
    expiry = values[_F.EXPIRATION_DATE]
    body |= {"cardnumber": values[_F.CARD_NUMBER], "expiry_month": expiry[:2], "expiry_year": f"20{expiry[2:]}"}
    if code := values.get(_F.SECURITY_CODE):
        body["cvv"] = code
    if postal_code := values.get(_F.POSTAL_CODE) or order.postal_code:
        body["postal_code"] = postal_code
    return body


def _receipt(order: PaymentOrder, status: int, body: bytes) -> Receipt:
    try:
        answer = msgspec.json.decode(body, type=_Answer, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _refused(order, f"The payment connector answered {status} with what is no JSON", str(status)) from None
    if answer.error_code not in (None, "", 0) or not 200 <= status < 300:
        sentence = answer.error_message or f"The payment connector answered {status}"
        raise _refused(order, sentence[:500], str(answer.error_code or status))
    if not (answer.charge_id if order.amount else answer.token_id):
        raise _refused(order, "The payment connector gave neither a charge nor a token", str(status))
    return Receipt(confirmation=answer.charge_id or "", token=answer.token_id or "", profile=answer.profile_id or "")


def _refused(order: PaymentOrder, sentence: str, said: str) -> PaymentError:
    code = TwimlCode.PAY_CHARGE_REFUSED if order.amount else TwimlCode.PAY_TOKEN_REFUSED
    return PaymentError(int(code), sentence, result=PaymentResult.CONNECTOR_ERROR, connector_error=said)
