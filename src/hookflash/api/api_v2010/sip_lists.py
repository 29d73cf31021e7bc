"""SIP credential lists and IP access control lists: who may call and register, to be mapped to domains."""

import re
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from hookflash.api.params import Param, friendly_name, integer, read_params
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, deletes, fetches, lists, props, updates
from hookflash.domain.sids import make_sid
from hookflash.domain.sip import CredentialList, IpAccessControlList, SipCredential, SipDomain, SipIpAddress, SipMapping
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal

_SIP = "/2010-04-01/Accounts/{AccountSid}/SIP"
_MAPPINGS = Table("sip_mappings", SipMapping)
_DOMAINS = Table("sip_domains", SipDomain)
_USERNAME = re.compile(r"[A-Za-z0-9._-]{1,32}")
_NAME = Param("FriendlyName", "friendly_name", friendly_name, required=Code.MISSING_PARAMETER)


def _username(name: str, value: str) -> str:
    if not _USERNAME.fullmatch(value):
        raise ApiError(Code.INVALID_SIP_CREDENTIAL)
    return value


def _password(name: str, value: str) -> str:
    strong = len(value) >= 12 and all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    if not strong or len(value) > 256:
        raise ApiError(Code.WEAK_SIP_PASSWORD)
    return value


def _address(name: str, value: str) -> str:
    try:
        return str(ip_address(value.strip()))
    except ValueError:
        raise ApiError(Code.INVALID_SIP_ADDRESS, why=f"{name} is not an IP address: {value[:60]}") from None


CREDENTIAL_LIST = Resource(
    product=API_2010,
    path=f"{_SIP}/CredentialLists",
    name="SipCredentialList",
    collection="credential_lists",
    sid="CL",
    table=Table("sip_credential_lists", CredentialList),
    summary="SIP users that may call a domain, or register with it.",
    properties=props("sid", "account_sid", "friendly_name", "date_created", "date_updated"),
    params=(_NAME,),
    children={"credentials": "Credentials"},
)
CREDENTIAL = Resource(
    product=API_2010,
    path=f"{_SIP}/CredentialLists/{{CredentialListSid}}/Credentials",
    name="SipCredential",
    collection="credentials",
    sid="CR",
    table=Table("sip_credentials", SipCredential),
    summary="A user and a password, which is never shown.",
    properties=props("sid", "account_sid", "credential_list_sid", "username", "date_created", "date_updated"),
    params=(
        Param("Username", "username", _username, required=Code.INVALID_SIP_CREDENTIAL),
        Param("Password", "password", _password, required=Code.WEAK_SIP_PASSWORD),
    ),
    scope={"CredentialListSid": "credential_list_sid"},
)
ACCESS_LIST = Resource(
    product=API_2010,
    path=f"{_SIP}/IpAccessControlLists",
    name="SipIpAccessControlList",
    collection="ip_access_control_lists",
    sid="AL",
    table=Table("sip_ip_access_control_lists", IpAccessControlList),
    summary="Addresses that may call a domain.",
    properties=props("sid", "account_sid", "friendly_name", "date_created", "date_updated"),
    params=(_NAME,),
    children={"ip_addresses": "IpAddresses"},
)
IP_ADDRESS = Resource(
    product=API_2010,
    path=f"{_SIP}/IpAccessControlLists/{{IpAccessControlListSid}}/IpAddresses",
    name="SipIpAddress",
    collection="ip_addresses",
    sid="IP",
    table=Table("sip_ip_addresses", SipIpAddress),
    summary="An address, or a network of them.",
    properties=props(
        *("sid", "account_sid", "friendly_name", "ip_address", "cidr_prefix_length", "ip_access_control_list_sid"),
        *("date_created", "date_updated"),
    ),
    params=(
        _NAME,
        Param("IpAddress", "ip_address", _address, required=Code.MISSING_PARAMETER),
        Param("CidrPrefixLength", "cidr_prefix_length", integer(0, 128)),
    ),
    scope={"IpAccessControlListSid": "ip_access_control_list_sid"},
)


async def _parent(tx: Tx, request: ApiRequest, list_: Resource[Any], child: Resource[Any]) -> None:
    """Raises ApiError (20404) when the list that the path names is not there."""
    (name,) = child.scope
    if await list_.table.fetch(tx, equal(account_sid=request.account.sid, sid=request.sids[name])) is None:
        raise request.not_found()


async def _username_is_taken(tx: Tx, row: SipCredential) -> bool:
    key = equal(account_sid=row.account_sid, credential_list_sid=row.credential_list_sid, username=row.username)
    return await CREDENTIAL.table.fetch(tx, key) is not None


def _changes(operation: Operation) -> Operation:
    """`operation`, after which the switch is told who may call."""

    async def handler(request: ApiRequest) -> Answer:
        answer = await operation.handler(request)
        await request.exchange.admit()
        return answer

    return replace(operation, handler=handler)


def _creates(resource: Resource[Any], parent: Resource[Any] | None = None) -> Operation:
    async def insert(tx: Tx, request: ApiRequest, values: dict[str, Any]) -> Any:
        if parent is not None:
            await _parent(tx, request, parent, resource)
        row = resource.table.row(
            account_sid=request.account.sid,
            sid=make_sid(resource.sid, request.now),
            date_created=request.now,
            date_updated=request.now,
            **{column: request.sids[name] for name, column in resource.scope.items()},
            **values,
        )
        if isinstance(row, SipCredential) and await _username_is_taken(tx, row):
            raise ApiError(Code.INVALID_SIP_CREDENTIAL)
        await resource.table.insert(tx, row)
        return row

    async def handler(request: ApiRequest) -> Answer:
        values = _sealed(request, read_params(request.form, resource.params, creating=True))
        return resource.answer(request, await request.exchange.store.write(insert, request, values), 201)

    return Operation("POST", resource.path, handler, "create")


def _lists_below(parent: Resource[Any], resource: Resource[Any]) -> Operation:
    page = lists(resource)

    async def handler(request: ApiRequest) -> Answer:
        await request.exchange.store.read(_parent, request, parent, resource)
        return await page.handler(request)

    return replace(page, handler=handler)


def _updates_credential() -> Operation:
    async def change(tx: Tx, request: ApiRequest, values: dict[str, Any]) -> SipCredential:
        row = await CREDENTIAL.row(tx, request)
        await CREDENTIAL.table.update(tx, CREDENTIAL.item_conditions(request), {**values, "date_updated": request.now})
        row.date_updated = request.now
        return row

    async def handler(request: ApiRequest) -> Answer:
        password = tuple(param for param in CREDENTIAL.params if param.field == "password")
        values = _sealed(request, read_params(request.form, password, creating=False))
        return CREDENTIAL.answer(request, await request.exchange.store.write(change, request, values))

    return Operation("POST", f"{CREDENTIAL.path}/{CREDENTIAL.item}", handler, "update")


def _deletes_list(resource: Resource[Any]) -> Operation:
    """A list that a domain uses stays."""

    async def drop(tx: Tx, request: ApiRequest) -> None:
        row = await resource.row(tx, request)
        mapping = await _MAPPINGS.fetch(tx, equal(account_sid=row.account_sid, sid=row.sid))
        if mapping is not None:
            domain = await _DOMAINS.fetch(tx, equal(account_sid=row.account_sid, sid=mapping.domain_sid))
            raise ApiError(Code.SIP_LIST_IN_USE, domain=domain.domain_name if domain else mapping.domain_sid)
        await resource.table.delete(tx, resource.item_conditions(request))

    async def handler(request: ApiRequest) -> Answer:
        await request.exchange.store.write(drop, request)
        return Answer(204)

    return Operation("DELETE", f"{resource.path}/{resource.item}", handler, "delete")


def _sealed(request: ApiRequest, values: dict[str, Any]) -> dict[str, Any]:
    if "password" in values:
        values["password"] = request.exchange.vault.seal(values["password"])
    return values


OPERATIONS = (
    *(
        operation
        for list_ in (CREDENTIAL_LIST, ACCESS_LIST)
        for operation in (lists(list_), _creates(list_), fetches(list_), updates(list_), _deletes_list(list_))
    ),
    _lists_below(CREDENTIAL_LIST, CREDENTIAL),
    _changes(_creates(CREDENTIAL, CREDENTIAL_LIST)),
    fetches(CREDENTIAL),
    _changes(_updates_credential()),
    _changes(deletes(CREDENTIAL)),
    _lists_below(ACCESS_LIST, IP_ADDRESS),
    _changes(_creates(IP_ADDRESS, ACCESS_LIST)),
    fetches(IP_ADDRESS),
    _changes(updates(IP_ADDRESS)),
    _changes(deletes(IP_ADDRESS)),
)
