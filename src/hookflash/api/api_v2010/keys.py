"""API keys, under both of their names: Keys and SigningKeys."""

import secrets
from dataclasses import replace

from hookflash.api.params import read_params
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, deletes, fetches, lists, props, updates
from hookflash.domain.account import ApiKey, KeyKind
from hookflash.domain.sids import make_sid
from hookflash.store.tables import Table
from hookflash.store.vault import hash_secret

from .answering import FRIENDLY_NAME

KEY = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Keys",
    name="Key",
    collection="keys",
    sid="SK",
    table=Table("api_keys", ApiKey),
    summary="A second way to sign in, which can be taken back without changing the token.",
    properties=props("sid", "friendly_name", "date_created", "date_updated"),
    params=(FRIENDLY_NAME,),
    has_uri=False,
)
SIGNING_KEY = replace(
    KEY,
    path="/2010-04-01/Accounts/{AccountSid}/SigningKeys",
    name="SigningKey",
    collection="signing_keys",
    summary="The older name of Keys.",
)


def _creates(resource: Resource[ApiKey]) -> Operation:
    async def handler(request: ApiRequest) -> Answer:
        values = read_params(request.form, resource.params, creating=True)
        secret = secrets.token_hex(16)
        key = ApiKey(
            account_sid=request.account.sid,
            sid=make_sid("SK", request.now),
            friendly_name=values.get("friendly_name", ""),
            kind=KeyKind.STANDARD,
            secret_hash=hash_secret(secret),
            date_created=request.now,
            date_updated=request.now,
        )
        await request.exchange.store.write(resource.table.insert, key)
        answer = resource.answer(request, key, 201)
        if answer.content is not None:
            answer.content.tree["secret"] = secret
        return answer

    return Operation("POST", resource.path, handler, "create", needs_main=True)


def _deletes(resource: Resource[ApiKey]) -> Operation:
    plain = deletes(resource, needs_main=True)

    async def handler(request: ApiRequest) -> Answer:
        answer = await plain.handler(request)
        request.exchange.auth.forget()
        return answer

    return replace(plain, handler=handler)


OPERATIONS = tuple(
    operation
    for resource in (KEY, SIGNING_KEY)
    for operation in (
        lists(resource, needs_main=True),
        _creates(resource),
        fetches(resource, needs_main=True),
        updates(resource, needs_main=True),
        _deletes(resource),
    )
)
