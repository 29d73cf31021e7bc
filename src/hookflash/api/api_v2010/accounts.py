"""Accounts: one's own and its subaccounts."""

from typing import Any

from hookflash.actions.create_subaccount import create_subaccount
from hookflash.actions.update_account import update_account
from hookflash.api.auth import Role
from hookflash.api.params import Param, choice, friendly_name, read_params
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, exact, lists, props
from hookflash.domain.account import Account, AccountStatus
from hookflash.errors import Code
from hookflash.store.tables import Condition, Table, equal


class Accounts(Resource[Account]):
    """A list of accounts is one's own and, for a parent, those it owns."""

    def scope_conditions(self, request: ApiRequest) -> list[Condition]:
        own = request.account
        return equal(owner_sid=own.sid) if own.is_parent else equal(sid=own.sid)

    def tree(self, request: ApiRequest, row: Account) -> dict[str, Any]:
        """The token is shown to those who signed in with one."""
        with_token = request.principal.role is Role.ACCOUNT
        token = request.exchange.vault.open(row.auth_token) if with_token else None
        return {"auth_token": token, **super().tree(request, row)}


ACCOUNT = Accounts(
    product=API_2010,
    path="/2010-04-01/Accounts",
    name="Account",
    collection="accounts",
    sid="AC",
    table=Table("accounts", Account),
    summary="An account or subaccount: what everything else belongs to.",
    properties=(
        *props("sid", "friendly_name"),
        Property("owner_account_sid", lambda row: row.owner_sid),
        *props("status", "type", "date_created", "date_updated"),
    ),
    params=(
        Param("FriendlyName", "friendly_name", friendly_name),
        Param("Status", "status", choice(*AccountStatus, refuse=Code.INVALID_ACCOUNT_STATUS)),
    ),
    filters=(exact("FriendlyName", "friendly_name"), exact("Status", "status")),
    item="{AccountSid}",
    children={
        "available_phone_numbers": "AvailablePhoneNumbers",
        "calls": "Calls",
        "conferences": "Conferences",
        "incoming_phone_numbers": "IncomingPhoneNumbers",
        "notifications": "Notifications",
        "outgoing_caller_ids": "OutgoingCallerIds",
        "recordings": "Recordings",
        "transcriptions": "Transcriptions",
        "addresses": "Addresses",
        "signing_keys": "SigningKeys",
        "connect_apps": "ConnectApps",
        "sip": "SIP",
        "authorized_connect_apps": "AuthorizedConnectApps",
        "usage": "Usage",
        "keys": "Keys",
        "applications": "Applications",
        "short_codes": "SMS/ShortCodes",
        "queues": "Queues",
        "messages": "Messages",
        "sms_messages": "SMS/Messages",
        "sandbox": "Sandbox",
        "balance": "Balance",
    },
)
_INSTANCE = f"{ACCOUNT.path}/{ACCOUNT.item}"


async def _create(request: ApiRequest) -> Answer:
    name = friendly_name("FriendlyName", request.form.get("FriendlyName"))
    exchange = request.exchange
    account = await exchange.store.write(create_subaccount, exchange.vault, request.account, name, now=request.now)
    return ACCOUNT.answer(request, account, 201)


async def _fetch(request: ApiRequest) -> Answer:
    return ACCOUNT.answer(request, request.account)


async def _update(request: ApiRequest) -> Answer:
    values = read_params(request.form, ACCOUNT.params, creating=False)
    if "status" in values:
        values["status"] = AccountStatus(values["status"])
    account = await request.exchange.store.write(update_account, request.account.sid, now=request.now, **values)
    request.exchange.auth.forget()
    return ACCOUNT.answer(request, account)


OPERATIONS = (
    lists(ACCOUNT, needs_main=True),
    Operation("POST", ACCOUNT.path, _create, "create", needs_main=True),
    Operation("GET", _INSTANCE, _fetch, "fetch", needs_main=True, of_inactive=True),
    Operation("POST", _INSTANCE, _update, "update", needs_main=True, of_inactive=True),
)
