"""Notifications: what the debugger saw, as the API of 2010 shows it."""

from typing import Any

from hookflash.api.monitor_v1.alerts import ROWS, AlertResource
from hookflash.api.product import API_2010
from hookflash.api.resource import Filter, Property, dates, fetches, lists, props
from hookflash.store.tables import Condition

_LOGS = {"0": "error", "1": "warning"}
_NUMBERS = {level: log for log, level in _LOGS.items()}


def _log(value: str) -> list[Condition] | None:
    return [Condition("level", "=", _LOGS[value])] if value in _LOGS else None


_SHOWN: dict[str, Any] = {
    "product": API_2010,
    "path": "/2010-04-01/Accounts/{AccountSid}/Notifications",
    "name": "Notification",
    "collection": "notifications",
    "sid": "NO",
    "table": ROWS,
    "summary": "Something that went wrong: a webhook, a document, a status callback.",
}
_PROPERTIES = (
    *props("sid", "account_sid"),
    Property("call_sid", lambda row: None),
    Property("api_version", lambda row: "2010-04-01"),
    Property("log", lambda row: _NUMBERS[row.level]),
    Property("error_code", lambda row: str(row.error_code)),
    Property("message_text", lambda row: row.sentence),
    Property("message_date", lambda row: row.date_created, is_date=True),
    *props("request_method", "request_url", "date_created", "date_updated"),
)
NOTIFICATION = AlertResource(
    **_SHOWN, properties=_PROPERTIES, filters=(Filter("Log", _log), *dates("MessageDate", "date_created"))
)
NOTIFICATION_INSTANCE = AlertResource(
    **_SHOWN, properties=(*_PROPERTIES, *props("request_variables", "response_headers", "response_body"))
)

OPERATIONS = (lists(NOTIFICATION), fetches(NOTIFICATION_INSTANCE))
