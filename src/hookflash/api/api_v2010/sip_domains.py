"""SIP domains: addresses `sip:anything@name` whose calls an account answers."""

import re
from dataclasses import replace

from hookflash.actions.map_sip_list import change_auth_type, map_list
from hookflash.api.params import Param, boolean, friendly_name, http_method, read_params, sid_of, web_url
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, fetches, lists, props
from hookflash.domain.sids import make_sid
from hookflash.domain.sip import SipDomain, SipMapping
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Table, equal

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))*")

DOMAIN = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/SIP/Domains",
    name="SipDomain",
    collection="domains",
    sid="SD",
    table=Table("sip_domains", SipDomain),
    summary="A name whose SIP addresses ring at an account; who may call is mapped to it.",
    properties=props(
        *("sid", "account_sid", "domain_name", "friendly_name", "auth_type", "api_version"),
        *("voice_url", "voice_method", "voice_fallback_url", "voice_fallback_method"),
        *("voice_status_callback_url", "voice_status_callback_method", "sip_registration"),
        *("emergency_calling_enabled", "secure", "byoc_trunk_sid", "emergency_caller_sid"),
        *("date_created", "date_updated"),
    ),
    params=(
        Param("DomainName", "domain_name", lambda name, value: value.strip().lower(), required=Code.MISSING_PARAMETER),
        Param("FriendlyName", "friendly_name", friendly_name),
        Param("VoiceUrl", "voice_url", web_url),
        Param("VoiceMethod", "voice_method", http_method),
        Param("VoiceFallbackUrl", "voice_fallback_url", web_url),
        Param("VoiceFallbackMethod", "voice_fallback_method", http_method),
        Param("VoiceStatusCallbackUrl", "voice_status_callback_url", web_url),
        Param("VoiceStatusCallbackMethod", "voice_status_callback_method", http_method),
        Param("SipRegistration", "sip_registration", boolean),
        Param("EmergencyCallingEnabled", "emergency_calling_enabled", boolean),
        Param("Secure", "secure", boolean),
        Param("ByocTrunkSid", "byoc_trunk_sid", sid_of("BY")),
        Param("EmergencyCallerSid", "emergency_caller_sid", sid_of("PN")),
    ),
    children={
        "credential_list_mappings": "CredentialListMappings",
        "ip_access_control_list_mappings": "IpAccessControlListMappings",
        "auth_calls_credential_list_mappings": "Auth/Calls/CredentialListMappings",
        "auth_calls_ip_access_control_list_mappings": "Auth/Calls/IpAccessControlListMappings",
        "auth_registrations_credential_list_mappings": "Auth/Registrations/CredentialListMappings",
    },
)


def _mapping(below: str, kind: str, collection: str, purpose: str) -> Resource[SipMapping]:
    name = {"CL": "CredentialListMapping", "AL": "IpAccessControlListMapping"}[kind]
    is_old = not below
    return Resource(
        product=API_2010,
        path=f"{DOMAIN.path}/{{DomainSid}}/{below}{name}s",
        name=f"Sip{name}",
        collection=collection,
        sid=kind,
        table=Table("sip_mappings", SipMapping),
        summary=f"A list that says who may {'register' if purpose == 'registrations' else 'call'}.",
        properties=props(
            "sid", "account_sid", *(("domain_sid",) if is_old else ()), "friendly_name", "date_created", "date_updated"
        ),
        scope={"DomainSid": "domain_sid"},
        condition=(Condition("purpose", "=", purpose), Condition("sid", "LIKE", f"{kind}%")),
        has_uri=is_old,
    )


MAPPINGS = (
    _mapping("", "CL", "credential_list_mappings", "calls"),
    _mapping("", "AL", "ip_access_control_list_mappings", "calls"),
    _mapping("Auth/Calls/", "CL", "contents", "calls"),
    _mapping("Auth/Calls/", "AL", "contents", "calls"),
    _mapping("Auth/Registrations/", "CL", "contents", "registrations"),
)


def _check_name(request: ApiRequest, name: str) -> None:
    suffixes = request.exchange.settings.sip_domains
    if not _HOST.fullmatch(name) or not any(name.endswith(f".{suffix}") for suffix in suffixes):
        raise ApiError(Code.INVALID_SIP_DOMAIN, suffixes=" or ".join(f".{suffix}" for suffix in suffixes))


async def _check_free(tx: Tx, name: str, sid: str) -> None:
    """Raises ApiError (21231) when a domain other than `sid` has the name, of whatever account."""
    other = await DOMAIN.table.fetch(tx, equal(domain_name=name))
    if other is not None and other.sid != sid:
        raise ApiError(Code.SIP_DOMAIN_IN_USE, name=name)


async def _insert(tx: Tx, request: ApiRequest, domain: SipDomain) -> SipDomain:
    await _check_free(tx, domain.domain_name, domain.sid)
    await DOMAIN.table.insert(tx, domain)
    return domain


async def _create(request: ApiRequest) -> Answer:
    values = read_params(request.form, DOMAIN.params, creating=True)
    _check_name(request, values["domain_name"])
    domain = SipDomain(
        account_sid=request.account.sid,
        sid=make_sid("SD", request.now),
        date_created=request.now,
        date_updated=request.now,
        **values,
    )
    await request.exchange.store.write(_insert, request, domain)
    await request.exchange.admit()
    return DOMAIN.answer(request, domain, 201)


async def _change(tx: Tx, request: ApiRequest, values: dict[str, object]) -> SipDomain:
    domain = await DOMAIN.row(tx, request)
    values = {**values, "date_updated": request.now}
    if "domain_name" in values:
        await _check_free(tx, str(values["domain_name"]), domain.sid)
    await DOMAIN.table.update(tx, DOMAIN.item_conditions(request), values)
    for name, value in values.items():
        setattr(domain, name, value)
    return domain


async def _update(request: ApiRequest) -> Answer:
    values = read_params(request.form, DOMAIN.params, creating=False)
    if "domain_name" in values:
        _check_name(request, values["domain_name"])
    domain = await request.exchange.store.write(_change, request, values)
    await request.exchange.admit()
    return DOMAIN.answer(request, domain)


async def _drop(tx: Tx, request: ApiRequest) -> None:
    if not await DOMAIN.table.delete(tx, DOMAIN.item_conditions(request)):
        raise request.not_found()


async def _delete(request: ApiRequest) -> Answer:
    await request.exchange.store.write(_drop, request)
    await request.exchange.admit()
    return Answer(204)


async def _domain_of(tx: Tx, request: ApiRequest) -> SipDomain:
    """The domain that a path below it names. Raises ApiError (20404)."""
    sid = request.sids["DomainSid"]
    domain = await DOMAIN.table.fetch(tx, equal(account_sid=request.account.sid, sid=sid))
    if domain is None:
        raise request.not_found()
    return domain


def _lists_mappings(resource: Resource[SipMapping]) -> Operation:
    page = lists(resource)

    async def handler(request: ApiRequest) -> Answer:
        await request.exchange.store.read(_domain_of, request)
        return await page.handler(request)

    return replace(page, handler=handler)


def _maps(resource: Resource[SipMapping], purpose: str) -> Operation:
    async def add(tx: Tx, request: ApiRequest, sid: str) -> SipMapping:
        domain = await _domain_of(tx, request)
        return await map_list(tx, domain, sid, purpose, now=request.now)

    async def handler(request: ApiRequest) -> Answer:
        name = "CredentialListSid" if resource.sid == "CL" else "IpAccessControlListSid"
        param = Param(name, "sid", sid_of(resource.sid), required=Code.MISSING_PARAMETER)
        sid = read_params(request.form, (param,), creating=True)["sid"]
        mapping = await request.exchange.store.write(add, request, sid or "")
        await request.exchange.admit()
        return resource.answer(request, mapping, 201)

    return Operation("POST", resource.path, handler, "create")


def _unmaps(resource: Resource[SipMapping]) -> Operation:
    async def drop(tx: Tx, request: ApiRequest) -> None:
        domain = await _domain_of(tx, request)
        if not await resource.table.delete(tx, resource.item_conditions(request)):
            raise request.not_found()
        await change_auth_type(tx, domain, now=request.now)

    async def handler(request: ApiRequest) -> Answer:
        await request.exchange.store.write(drop, request)
        await request.exchange.admit()
        return Answer(204)

    return Operation("DELETE", f"{resource.path}/{resource.item}", handler, "delete")


_ONE = f"{DOMAIN.path}/{DOMAIN.item}"
OPERATIONS = (
    lists(DOMAIN),
    Operation("POST", DOMAIN.path, _create, "create"),
    fetches(DOMAIN),
    Operation("POST", _ONE, _update, "update"),
    Operation("DELETE", _ONE, _delete, "delete"),
    *(
        operation
        for resource in MAPPINGS
        for operation in (
            _lists_mappings(resource),
            _maps(resource, "registrations" if "/Registrations/" in resource.path else "calls"),
            fetches(resource),
            _unmaps(resource),
        )
    ),
)
