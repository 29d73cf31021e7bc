"""The pool of a messaging service: its numbers, short codes and names."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from hookflash.actions.change_pool import add_alpha_sender, add_number, add_short_code
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, deletes, fetches, lists, props
from hookflash.domain.numbers import IncomingPhoneNumber, ShortCode
from hookflash.domain.service import SenderKind, Service, ServiceSender
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Table, equal

from .product import MESSAGING_V1
from .services import SERVICE

_BELOW = f"{SERVICE.path}/{{ServiceSid}}"
_TABLE = Table("service_senders", ServiceSender)
_NUMBERS = Table("incoming_phone_numbers", IncomingPhoneNumber)
_CODES = Table("short_codes", ShortCode)


def _of_kind(kind: SenderKind, *more: Condition) -> tuple[Condition, ...]:
    return (Condition("kind", "=", kind.value), *more)


def _sender(name: str) -> Property:
    return Property(name, lambda row: row.sender)


PHONE_NUMBER = Resource(
    product=MESSAGING_V1,
    path=f"{_BELOW}/PhoneNumbers",
    name="PhoneNumber",
    collection="phone_numbers",
    sid="PN",
    table=_TABLE,
    summary="A number in the pool of a messaging service.",
    properties=(
        *props("sid", "account_sid", "service_sid", "date_created", "date_updated"),
        _sender("phone_number"),
        *props("country_code", "capabilities"),
    ),
    scope={"ServiceSid": "service_sid"},
    condition=_of_kind(SenderKind.PHONE_NUMBER),
)
SHORT_CODE = replace(
    PHONE_NUMBER,
    path=f"{_BELOW}/ShortCodes",
    name="ShortCode",
    collection="short_codes",
    sid="SC",
    summary="A short code in the pool of a messaging service.",
    properties=(*PHONE_NUMBER.properties[:5], _sender("short_code"), *PHONE_NUMBER.properties[6:]),
    condition=_of_kind(SenderKind.SHORT_CODE),
)
ALPHA_SENDER = replace(
    PHONE_NUMBER,
    path=f"{_BELOW}/AlphaSenders",
    name="AlphaSender",
    collection="alpha_senders",
    sid="AI",
    summary="A name in the pool of a messaging service, for every country that takes names.",
    properties=(*PHONE_NUMBER.properties[:5], _sender("alpha_sender"), *props("capabilities")),
    condition=_of_kind(SenderKind.ALPHA_SENDER, Condition("country_code", "=", "")),
)
DESTINATION_ALPHA_SENDER = replace(
    ALPHA_SENDER,
    path=f"{_BELOW}/DestinationAlphaSenders",
    name="DestinationAlphaSender",
    summary="A name in the pool of a messaging service, for one country or for all.",
    properties=(*ALPHA_SENDER.properties, Property("iso_country_code", lambda row: row.country_code or None)),
    condition=_of_kind(SenderKind.ALPHA_SENDER),
)
CHANNEL_SENDER = replace(
    PHONE_NUMBER,
    path=f"{SERVICE.path}/{{MessagingServiceSid}}/ChannelSenders",
    name="ChannelSender",
    collection="senders",
    sid="XE",
    summary="An address of another channel in the pool of a messaging service; there are none yet.",
    scope={"MessagingServiceSid": "service_sid"},
    condition=_of_kind(SenderKind.CHANNEL_SENDER),
)

Add = Callable[[Tx, ApiRequest, Service], Awaitable[ServiceSender]]


async def _add_number(tx: Tx, request: ApiRequest, service: Service) -> ServiceSender:
    sid = _required(request, "PhoneNumberSid")
    number = await _NUMBERS.fetch(tx, equal(account_sid=request.account.sid, sid=sid))
    if number is None:
        raise ApiError(Code.NOT_FOUND, path=f"/PhoneNumbers/{sid[:40]}")
    return await add_number(tx, number, service.sid, now=request.now)


async def _add_short_code(tx: Tx, request: ApiRequest, service: Service) -> ServiceSender:
    sid = _required(request, "ShortCodeSid")
    code = await _CODES.fetch(tx, equal(account_sid=request.account.sid, sid=sid))
    if code is None:
        raise ApiError(Code.NOT_FOUND, path=f"/ShortCodes/{sid[:40]}")
    return await add_short_code(tx, code, service.sid, now=request.now)


async def _add_alpha_sender(tx: Tx, request: ApiRequest, service: Service) -> ServiceSender:
    name = _required(request, "AlphaSender")
    return await add_alpha_sender(
        tx, name, account_sid=service.account_sid, service_sid=service.sid, country_code="", now=request.now
    )


async def _add_destination_alpha_sender(tx: Tx, request: ApiRequest, service: Service) -> ServiceSender:
    name, country = _required(request, "AlphaSender"), request.form.get("IsoCountryCode").upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ApiError(Code.INVALID_PARAMETER, name="IsoCountryCode", why="it must have two letters")
    return await add_alpha_sender(
        tx, name, account_sid=service.account_sid, service_sid=service.sid, country_code=country, now=request.now
    )


async def _add_channel_sender(tx: Tx, request: ApiRequest, service: Service) -> ServiceSender:
    raise ApiError(Code.NOT_FOUND, path=f"/Channels/Senders/{_required(request, 'Sid')[:40]}")


def _required(request: ApiRequest, name: str) -> str:
    value = request.form.get(name)
    if not value:
        raise ApiError(Code.MISSING_PARAMETER, name=name)
    return value


async def _service(tx: Tx, request: ApiRequest, resource: Resource[ServiceSender]) -> Service:
    """The service that the path is about. Raises ApiError (20404)."""
    (parent,) = resource.scope
    service = await SERVICE.table.fetch(tx, equal(account_sid=request.account.sid, sid=request.sids[parent]))
    if service is None:
        raise request.not_found()
    return service


def _adds(resource: Resource[ServiceSender], add: Add) -> Operation:
    async def action(tx: Tx, request: ApiRequest) -> ServiceSender:
        return await add(tx, request, await _service(tx, request, resource))

    async def handler(request: ApiRequest) -> Answer:
        return resource.answer(request, await request.exchange.store.write(action, request), 201)

    return Operation("POST", resource.path, handler, "create")


def _lists(resource: Resource[ServiceSender]) -> Operation:
    page = lists(resource)

    async def handler(request: ApiRequest) -> Answer:
        await request.exchange.store.read(_service, request, resource)
        return await page.handler(request)

    return Operation("GET", resource.path, handler, "list")


_POOLS: tuple[tuple[Resource[ServiceSender], Add], ...] = (
    (PHONE_NUMBER, _add_number),
    (SHORT_CODE, _add_short_code),
    (ALPHA_SENDER, _add_alpha_sender),
    (DESTINATION_ALPHA_SENDER, _add_destination_alpha_sender),
    (CHANNEL_SENDER, _add_channel_sender),
)
OPERATIONS = tuple(
    operation
    for resource, add in _POOLS
    for operation in (_lists(resource), _adds(resource, add), fetches(resource), deletes(resource))
)
