"""Applications: URLs that several numbers share."""

from hookflash.api.params import Param, boolean, web_url
from hookflash.api.product import API_2010
from hookflash.api.resource import Resource, creates, deletes, exact, fetches, lists, props, updates
from hookflash.domain.numbers import Application
from hookflash.store.tables import Table

from .answering import (
    API_VERSION,
    CALLER_ID_LOOKUP,
    FRIENDLY_NAME,
    SMS,
    SMS_FALLBACK,
    STATUS_CALLBACK,
    VOICE,
    VOICE_FALLBACK,
)

APPLICATION = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Applications",
    name="Application",
    collection="applications",
    sid="AP",
    table=Table("applications", Application),
    summary="A set of URLs that several numbers share.",
    properties=props(
        *("sid", "date_created", "date_updated", "account_sid", "friendly_name", "api_version"),
        *("voice_url", "voice_method", "voice_fallback_url", "voice_fallback_method", "status_callback"),
        *("status_callback_method", "voice_caller_id_lookup", "sms_url", "sms_method", "sms_fallback_url"),
        *("sms_fallback_method", "sms_status_callback", "message_status_callback"),
        "public_application_connect_enabled",
    ),
    params=(
        FRIENDLY_NAME,
        API_VERSION,
        *VOICE,
        *VOICE_FALLBACK,
        CALLER_ID_LOOKUP,
        *STATUS_CALLBACK,
        *SMS,
        *SMS_FALLBACK,
        Param("SmsStatusCallback", "sms_status_callback", web_url),
        Param("MessageStatusCallback", "message_status_callback", web_url),
        Param("PublicApplicationConnectEnabled", "public_application_connect_enabled", boolean),
    ),
    filters=(exact("FriendlyName", "friendly_name"),),
)

OPERATIONS = (
    lists(APPLICATION),
    creates(APPLICATION),
    fetches(APPLICATION),
    updates(APPLICATION),
    deletes(APPLICATION),
)
