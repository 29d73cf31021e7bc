"""Token rotation: a secondary token beside the primary one, then in its place."""

from typing import Any

from hookflash.actions.rotate_token import add_secondary, drop_secondary, promote
from hookflash.api.product import Product, iso_8601
from hookflash.api.represent import Content
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation

ACCOUNTS_V1 = Product("accounts", "v1")
SECONDARY = "/v1/AuthTokens/Secondary"
PROMOTE = "/v1/AuthTokens/Promote"


async def _create_secondary(request: ApiRequest) -> Answer:
    exchange = request.exchange
    token = await exchange.store.write(add_secondary, exchange.vault, request.account.sid, now=request.now)
    exchange.auth.forget()
    return _answer(request, 201, SECONDARY, {"secondary_auth_token": token}, made=request.now)


async def _delete_secondary(request: ApiRequest) -> Answer:
    exchange = request.exchange
    if not await exchange.store.write(drop_secondary, request.account.sid, now=request.now):
        raise request.not_found()
    exchange.auth.forget()
    return Answer(204)


async def _promote(request: ApiRequest) -> Answer:
    exchange = request.exchange
    account = await exchange.store.write(promote, request.account.sid, now=request.now)
    if account is None:
        raise request.not_found()
    exchange.auth.forget()
    token = exchange.vault.open(account.auth_token)
    return _answer(request, 200, PROMOTE, {"auth_token": token}, made=account.date_created)


def _answer(request: ApiRequest, status: int, path: str, token: dict[str, Any], *, made: int) -> Answer:
    tree = {
        "account_sid": request.account.sid,
        **token,
        "date_created": iso_8601(made // 1000),
        "date_updated": iso_8601(request.now // 1000),
        "url": request.base + path,
    }
    return Answer(status, Content(tree, "AuthToken"))


OPERATIONS = (
    Operation("POST", SECONDARY, _create_secondary, "create secondary", needs_main=True),
    Operation("DELETE", SECONDARY, _delete_secondary, "delete secondary", needs_main=True),
    Operation("POST", PROMOTE, _promote, "promote", needs_main=True),
)
