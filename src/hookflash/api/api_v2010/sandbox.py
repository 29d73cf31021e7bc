"""The sandbox of 2010: a shared number that an account is reached at by its PIN."""

from typing import Any

from hookflash.actions.open_sandbox import open_sandbox
from hookflash.api.params import read_params
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, props
from hookflash.domain.numbers import Sandbox
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal

from .answering import SMS, STATUS_CALLBACK, VOICE

SANDBOX = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Sandbox",
    name="TwilioSandbox",
    collection="",
    sid="",
    item="",
    table=Table("sandboxes", Sandbox, key="account_sid"),
    summary="A number that all accounts share; a text that begins with the PIN goes to its account.",
    properties=(
        *props("pin", "account_sid"),
        Property("phone_number", lambda row: row.phone_number.removeprefix("+1")),
        *props("application_sid", "api_version", "voice_url", "voice_method", "sms_url", "sms_method"),
        *props("status_callback", "status_callback_method", "date_created", "date_updated"),
    ),
    params=(*VOICE, *SMS, *STATUS_CALLBACK),
)


async def _fetch(request: ApiRequest) -> Answer:
    return SANDBOX.answer(request, await request.exchange.store.write(_change, request, {}))


async def _update(request: ApiRequest) -> Answer:
    values = read_params(request.form, SANDBOX.params, creating=False)
    return SANDBOX.answer(
        request, await request.exchange.store.write(_change, request, {**values, "date_updated": request.now})
    )


async def _change(tx: Tx, request: ApiRequest, values: dict[str, Any]) -> Sandbox:
    sandbox = await open_sandbox(tx, request.account.sid, now=request.now)
    if values:
        await SANDBOX.table.update(tx, equal(account_sid=sandbox.account_sid), values)
    for name, value in values.items():
        setattr(sandbox, name, value)
    return sandbox


OPERATIONS = (
    Operation("GET", SANDBOX.path, _fetch, "fetch"),
    Operation("POST", SANDBOX.path, _update, "update"),
)
