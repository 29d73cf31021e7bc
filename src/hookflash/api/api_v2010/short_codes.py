"""Short codes: the operator adds them, an account configures its own."""

from hookflash.api.product import API_2010
from hookflash.api.resource import Resource, exact, fetches, lists, props, updates
from hookflash.domain.numbers import ShortCode
from hookflash.store.tables import Table

from .answering import API_VERSION, FRIENDLY_NAME, SMS, SMS_FALLBACK

SHORT_CODE = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes",
    name="ShortCode",
    collection="short_codes",
    sid="SC",
    table=Table("short_codes", ShortCode),
    summary="A number of three to eight digits that sends and receives texts.",
    properties=props(
        *("sid", "account_sid", "friendly_name", "short_code", "date_created", "date_updated", "api_version"),
        *("sms_url", "sms_method", "sms_fallback_url", "sms_fallback_method"),
    ),
    params=(FRIENDLY_NAME, API_VERSION, *SMS, *SMS_FALLBACK),
    filters=(exact("FriendlyName", "friendly_name"), exact("ShortCode", "short_code")),
)

OPERATIONS = (lists(SHORT_CODE), fetches(SHORT_CODE), updates(SHORT_CODE))
