"""The connector over HTTP, with gateways that answer well, badly, late and not at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hookflash.domain.payment import Details, PaymentField, PaymentResult, Rules
from hookflash.domain.payment_order import PaymentError, PaymentOrder
from hookflash.runtime.paying import connectors
from hookflash.runtime.paying.connectors import Connectors

CARD = "4111111111111111"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def gateway() -> AsyncIterator[tuple[TestServer, list[Answer]]]:
    """A server that answers with the last of a list."""
    answers: list[Answer] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        return await answers[-1](request)

    app = web.Application()
    app.router.add_post("/", handle)
    server = TestServer(app, host="127.0.0.1")
    async with server:
        yield server, answers


def details() -> Details:
    return Details({PaymentField.CARD_NUMBER: CARD, PaymentField.EXPIRATION_DATE: "1239"})


async def pay(url: str, *, amount: str = "10") -> PaymentError:
    """Why a payment was refused."""
    order = PaymentOrder(rules=Rules(), connector="G", amount=amount)
    with pytest.raises(PaymentError) as refused:
        await Connectors({"G": {"url": url}}, with_loopback=False).named(order).pay(order, details(), transaction="PT1")
    assert CARD not in str(refused.value)
    return refused.value


def text(body: str, status: int = 200) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text=body, status=status)

    return answer


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("no json", 200, "200"),
        ("[]", 200, "200"),
        ("{}", 200, "200"),
        ('{"charge_id": "c"}', 500, "500"),
        ('{"error_code": 51, "error_message": "No money"}', 200, "51"),
        ('{"charge_id": {"a": 1}}', 200, "200"),
        ("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), 200, "200"),
    ],
)
async def test_what_is_no_receipt_refuses(
    gateway: tuple[TestServer, list[Answer]], body: str, status: int, said: str
) -> None:
    """Nothing is taken for a payment but a charge that the gateway names."""
    server, answers = gateway
    answers.append(text(body, status))
    error = await pay(str(server.make_url("/")))
    assert (error.code, error.result, error.connector_error) == (64008, PaymentResult.CONNECTOR_ERROR, said)


async def test_a_redirect_takes_the_card_nowhere_else(gateway: tuple[TestServer, list[Answer]]) -> None:
    """A gateway that points elsewhere has refused."""
    server, answers = gateway

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        answers.append(text('{"charge_id": "stolen"}'))
        raise web.HTTPTemporaryRedirect(str(server.make_url("/")))

    answers.append(elsewhere)
    assert (await pay(str(server.make_url("/")))).connector_error == "307"


async def test_a_gateway_that_is_not_there_refuses(unused_tcp_port: int) -> None:
    error = await pay(f"http://127.0.0.1:{unused_tcp_port}/", amount="")
    assert (error.code, error.connector_error) == (64010, "unreachable")


async def test_a_gateway_that_hangs_refuses(
    gateway: tuple[TestServer, list[Answer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller does not wait for ever."""
    server, answers = gateway

    async def hang(request: web.Request) -> web.StreamResponse:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nothing ends it but the patience of who asks")

    monkeypatch.setattr(connectors, "PATIENCE", 0.05)
    answers.append(hang)
    assert (await pay(str(server.make_url("/")))).connector_error == "unreachable"


@pytest.mark.parametrize(
    "table", [{"url": "http://gateway.example/"}, {"url": ""}, {"kind": "magic"}, {"url": "https://g", "extra": 1}]
)
def test_a_connector_that_would_leak_or_is_mistaken_is_refused_at_the_start(table: dict[str, object]) -> None:
    """A card never goes over a network in the clear."""
    with pytest.raises(ValueError, match="payment connector"):
        Connectors({"G": table}, with_loopback=False)


@pytest.mark.parametrize(
    ("table", "amount", "code"),
    [
        ({"methods": ["ach-debit"]}, "1", 64013),
        ({"charges": False}, "1", 64007),
        ({"token_types": []}, "", 64005),
        ({"token_types": ["one-time"]}, "", 64006),
    ],
)
def test_what_a_connector_cannot_do_is_known_before_anybody_keys(
    table: dict[str, object], amount: str, code: int
) -> None:
    order = PaymentOrder(rules=Rules(), connector="G", amount=amount)
    with pytest.raises(PaymentError) as error:
        Connectors({"G": {"url": "https://g.example", **table}}, with_loopback=False).named(order)
    assert (error.value.code, error.value.result) == (code, PaymentResult.VALIDATION_ERROR)


def test_an_operators_platform_moves_no_pretended_money() -> None:
    """The loop-back connector is for laptops."""
    order = PaymentOrder(rules=Rules())
    with pytest.raises(PaymentError):
        Connectors({}, with_loopback=False).named(order)
