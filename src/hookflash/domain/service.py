"""Messaging services: a pool of senders with common settings."""

from enum import StrEnum

import msgspec

from .message import DEFAULT_VALIDITY


class Service(msgspec.Struct, kw_only=True):
    """A row of `services`."""

    account_sid: str
    sid: str
    friendly_name: str
    inbound_request_url: str | None = None
    inbound_method: str | None = "POST"
    fallback_url: str | None = None
    fallback_method: str | None = "POST"
    status_callback: str | None = None
    sticky_sender: bool = True
    mms_converter: bool = True
    smart_encoding: bool = True
    scan_message_content: str = "inherit"
    fallback_to_long_code: bool = True
    area_code_geomatch: bool = True
    synchronous_validation: bool = False
    validity_period: int = DEFAULT_VALIDITY
    usecase: str = "undeclared"
    us_app_to_person_registered: bool = False
    use_inbound_webhook_on_number: bool = False
    date_created: int
    date_updated: int


class SenderKind(StrEnum):
    PHONE_NUMBER = "phone-number"
    SHORT_CODE = "short-code"
    ALPHA_SENDER = "alpha-sender"
    CHANNEL_SENDER = "channel-sender"


class ServiceSender(msgspec.Struct, kw_only=True):
    """A row of `service_senders`: one sender of a pool."""

    account_sid: str
    service_sid: str
    sid: str
    kind: SenderKind
    sender: str
    country_code: str
    capabilities: list[str]
    date_created: int
    date_updated: int
