"""The numbers of an account: buy, configure, hand over, give back."""

from typing import Any

import msgspec

from hookflash.actions.buy_number import KINDS, Purchase, buy_number, try_purchase
from hookflash.actions.update_number import NUMBERS, release_number, transfer_number, update_number
from hookflash.api.auth import Role
from hookflash.api.paging import Page, envelope_2010, read_paging
from hookflash.api.params import Param, choice, http_method, read_params, sid_of, web_url
from hookflash.api.product import API_2010
from hookflash.api.represent import Content
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Filter, Operation, Property, Resource, exact, fetches, lists, pattern, props
from hookflash.domain.countries import NumberKind
from hookflash.domain.numbers import IncomingPhoneNumber
from hookflash.store.store import Tx
from hookflash.store.tables import Condition

from .answering import (
    API_VERSION,
    APPLICATIONS,
    CALLER_ID_LOOKUP,
    FRIENDLY_NAME,
    SMS,
    SMS_FALLBACK,
    STATUS_CALLBACK,
    VOICE,
    VOICE_FALLBACK,
)

SOLD_APART = (NumberKind.LOCAL, NumberKind.MOBILE, NumberKind.TOLL_FREE)  #: kinds with a list of their own


def _beta(value: str) -> list[Condition]:
    """`true` includes numbers that are new to the platform, `false` leaves them out."""
    return [Condition("beta", "=", 0)] if value.lower() in ("false", "0") else []


NUMBER = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers",
    name="IncomingPhoneNumber",
    collection="incoming_phone_numbers",
    sid="PN",
    table=NUMBERS,
    summary="A number that the account has.",
    properties=(
        *props("sid", "account_sid", "friendly_name", "phone_number", "voice_url", "voice_method"),
        *props("voice_fallback_url", "voice_fallback_method", "voice_caller_id_lookup", "voice_application_sid"),
        *props("voice_receive_mode", "date_created", "date_updated", "sms_url", "sms_method", "sms_fallback_url"),
        *props("sms_fallback_method", "sms_application_sid"),
        Property("capabilities", lambda row: msgspec.structs.asdict(row.capabilities)),
        *props("status_callback", "status_callback_method", "api_version", "beta", "trunk_sid", "origin"),
        *props("address_requirements", "address_sid", "identity_sid", "bundle_sid"),
        *props("emergency_status", "emergency_address_sid", "emergency_address_status"),
        Property("status", lambda row: "in-use"),
        Property("type", lambda row: row.kind),
    ),
    params=(
        FRIENDLY_NAME,
        API_VERSION,
        Param("Url", "voice_url", web_url),  # its name of 2008
        Param("Method", "voice_method", http_method),
        *VOICE,
        *VOICE_FALLBACK,
        CALLER_ID_LOOKUP,
        Param("VoiceReceiveMode", "voice_receive_mode", choice("voice", "fax")),
        *SMS,
        *SMS_FALLBACK,
        *APPLICATIONS,
        *STATUS_CALLBACK,
        Param("TrunkSid", "trunk_sid", sid_of("TK")),
        Param("AddressSid", "address_sid", sid_of("AD")),
        Param("IdentitySid", "identity_sid", sid_of("RI")),
        Param("BundleSid", "bundle_sid", sid_of("BU")),
        Param("EmergencyStatus", "emergency_status", choice("Active", "Inactive")),
        Param("EmergencyAddressSid", "emergency_address_sid", sid_of("AD")),
    ),
    filters=(
        pattern("PhoneNumber", "phone_number"),
        exact("FriendlyName", "friendly_name"),
        Filter("Beta", _beta),
        exact("Origin", "origin"),
    ),
    children={"assigned_add_ons": "AssignedAddOns"},
)
_INSTANCE = f"{NUMBER.path}/{NUMBER.item}"


def _buys(kind: NumberKind | None = None) -> Operation:
    """Buy a number by its digits, or any local one of an area code; `kind` is that of a sub-list."""

    async def handler(request: ApiRequest) -> Answer:
        purchase = Purchase(
            phone_number=request.form.get("PhoneNumber"),
            area_code=request.form.get("AreaCode"),
            kind=kind,
            config=read_params(request.form, NUMBER.params, creating=True),
        )
        if request.principal.role is Role.TEST:
            return NUMBER.answer(request, try_purchase(purchase, request.sids["AccountSid"], request.now), 201)
        bought = await request.exchange.store.write(buy_number, purchase, account=request.account, now=request.now)
        return NUMBER.answer(request, bought, 201)

    path = f"{NUMBER.path}/{kind}" if kind else NUMBER.path
    return Operation("POST", path, handler, "create", test_credentials=kind is None)


def _lists(kind: NumberKind) -> Operation:
    async def handler(request: ApiRequest) -> Answer:
        page = await NUMBER.page(request, Condition("kind", "=", KINDS[kind]))
        return Answer(200, NUMBER.list_content(request, page))

    return Operation("GET", f"{NUMBER.path}/{kind}", handler, "list")


async def _update(request: ApiRequest) -> Answer:
    values = read_params(request.form, NUMBER.params, creating=False)
    return NUMBER.answer(request, await request.exchange.store.write(_change, request, values))


async def _change(tx: Tx, request: ApiRequest, values: dict[str, Any]) -> IncomingPhoneNumber:
    number = await NUMBER.row(tx, request)
    await update_number(tx, number, values, now=request.now)
    if "AccountSid" in request.form:
        await transfer_number(
            tx, number, request.form.get("AccountSid"), caller=request.principal.account, now=request.now
        )
    return number


async def _release(request: ApiRequest) -> Answer:
    if not await request.exchange.store.write(release_number, request.account.sid, request.sids["Sid"]):
        raise request.not_found()
    return Answer(204)


async def _list_add_ons(request: ApiRequest) -> Answer:
    """Nothing can be added on, so that each number's list is empty."""
    await request.exchange.store.read(NUMBER.row, request)
    page = Page(read_paging(request), [], "", "", more=False, total=0)
    tree = envelope_2010(request, "assigned_add_ons", page)
    return Answer(200, Content(tree, "AssignedAddOn", [], "AssignedAddOns", "assigned_add_ons"))


OPERATIONS = (
    lists(NUMBER),
    _buys(),
    *(_lists(kind) for kind in SOLD_APART),
    *(_buys(kind) for kind in SOLD_APART),
    fetches(NUMBER),
    Operation("POST", _INSTANCE, _update, "update"),
    Operation("DELETE", _INSTANCE, _release, "delete"),
    Operation("GET", f"{_INSTANCE}/AssignedAddOns", _list_add_ons, "list"),
)
