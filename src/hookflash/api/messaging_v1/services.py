"""Messaging services: common settings of a pool of senders."""

from hookflash.actions.change_pool import delete_service
from hookflash.api.params import (
    Param,
    boolean,
    choice,
    friendly_name,
    http_method,
    integer,
    text,
    web_url,
)
from hookflash.api.represent import Content
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, creates, fetches, lists, props, updates
from hookflash.domain.service import Service
from hookflash.errors import Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table

from .product import MESSAGING_V1

SERVICE = Resource(
    product=MESSAGING_V1,
    path="/v1/Services",
    name="Service",
    collection="services",
    sid="MG",
    table=Table("services", Service),
    summary="A messaging service: a pool of senders with common settings.",
    properties=props(
        "sid",
        "account_sid",
        "friendly_name",
        "date_created",
        "date_updated",
        "inbound_request_url",
        "inbound_method",
        "fallback_url",
        "fallback_method",
        "status_callback",
        "sticky_sender",
        "mms_converter",
        "smart_encoding",
        "scan_message_content",
        "fallback_to_long_code",
        "area_code_geomatch",
        "synchronous_validation",
        "validity_period",
        "usecase",
        "us_app_to_person_registered",
        "use_inbound_webhook_on_number",
    ),
    params=(
        Param("FriendlyName", "friendly_name", friendly_name, required=Code.MISSING_PARAMETER),
        Param("InboundRequestUrl", "inbound_request_url", web_url),
        Param("InboundMethod", "inbound_method", http_method),
        Param("FallbackUrl", "fallback_url", web_url),
        Param("FallbackMethod", "fallback_method", http_method),
        Param("StatusCallback", "status_callback", web_url),
        Param("StickySender", "sticky_sender", boolean),
        Param("MmsConverter", "mms_converter", boolean),
        Param("SmartEncoding", "smart_encoding", boolean),
        Param("ScanMessageContent", "scan_message_content", choice("inherit", "enable", "disable")),
        Param("FallbackToLongCode", "fallback_to_long_code", boolean),
        Param("AreaCodeGeomatch", "area_code_geomatch", boolean),
        Param("ValidityPeriod", "validity_period", integer(1, 36_000, Code.INVALID_VALIDITY)),
        Param("SynchronousValidation", "synchronous_validation", boolean),
        Param("Usecase", "usecase", text(64)),
        Param("UseInboundWebhookOnNumber", "use_inbound_webhook_on_number", boolean),
    ),
    children={
        "phone_numbers": "PhoneNumbers",
        "short_codes": "ShortCodes",
        "alpha_senders": "AlphaSenders",
        "messages": "Messages",
        "us_app_to_person": "Compliance/Usa2p",
        "us_app_to_person_usecases": "Compliance/Usa2p/Usecases",
        "channel_senders": "ChannelSenders",
        "destination_alpha_senders": "DestinationAlphaSenders",
    },
)

#: What a service may say it is for: its word, a title, and what that means.
USECASES = (
    ("notifications", "Notify my users", "Alerts and reminders that people asked for"),
    ("marketing", "Market my services", "Offers and news"),
    ("verification", "Verify user identity", "One-time codes and log-ins"),
    ("discussion", "Engage in a discussion", "Conversations between people, or with an agent"),
    ("poll", "Poll my users", "Surveys and votes"),
    ("undeclared", "Something else", "Not said, or none of the others"),
)


async def _usecases(request: ApiRequest) -> Answer:
    cases = [{"usecase": word, "friendly_name": title, "purpose": purpose} for word, title, purpose in USECASES]
    return Answer(200, Content({"usecases": cases}, "Usecases"))


async def _delete(request: ApiRequest) -> Answer:
    await request.exchange.store.write(_drop, request)
    return Answer(204)


async def _drop(tx: Tx, request: ApiRequest) -> None:
    service = await SERVICE.row(tx, request)
    await SERVICE.table.delete(tx, SERVICE.item_conditions(request))
    await delete_service(tx, service.account_sid, service.sid)


OPERATIONS = (
    lists(SERVICE),
    creates(SERVICE),
    Operation("GET", f"{SERVICE.path}/Usecases", _usecases, "fetch"),
    fetches(SERVICE),
    updates(SERVICE),
    Operation("DELETE", f"{SERVICE.path}/{{Sid}}", _delete, "delete"),
)
