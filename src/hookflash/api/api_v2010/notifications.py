"""Notifications: what the debugger saw, as the API of 2010 shows it."""

from typing import Any

from hookflash.api.monitor_v1.alerts import ROWS, AlertResource
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Filter, Operation, Property, dates, fetches, lists, props
from hookflash.domain.alert import Alert
from hookflash.store.tables import Condition

from .call_events import the_call

_LOGS = {"0": "error", "1": "warning"}
_NUMBERS = {level: log for log, level in _LOGS.items()}


def _log(value: str) -> list[Condition] | None:
    return [Condition("level", "=", _LOGS[value])] if value in _LOGS else None


def _call_sid(row: Alert) -> str | None:
    sid = row.resource_sid or ""
    return sid if sid.startswith("CA") else None


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
    Property("call_sid", _call_sid),
    Property("api_version", lambda row: "2010-04-01"),
    Property("log", lambda row: _NUMBERS[row.level]),
    Property("error_code", lambda row: str(row.error_code)),
    Property("message_text", lambda row: row.sentence),
    Property("message_date", lambda row: row.date_created, is_date=True),
    *props("request_method", "request_url", "date_created", "date_updated"),
)
_DETAILS = props("request_variables", "response_headers", "response_body")
_FILTERS = (Filter("Log", _log), *dates("MessageDate", "date_created"))
_OF_CALL: dict[str, Any] = {
    **_SHOWN,
    "path": "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Notifications",
    "summary": "Something that went wrong in a call.",
    "scope": {"CallSid": "resource_sid"},
}

NOTIFICATION = AlertResource(**_SHOWN, properties=_PROPERTIES, filters=_FILTERS)
NOTIFICATION_INSTANCE = AlertResource(**_SHOWN, properties=(*_PROPERTIES, *_DETAILS))
CALL_NOTIFICATION = AlertResource(**_OF_CALL, properties=_PROPERTIES, filters=_FILTERS)
CALL_NOTIFICATION_INSTANCE = AlertResource(**_OF_CALL, properties=(*_PROPERTIES, *_DETAILS))
_page_of_call = lists(CALL_NOTIFICATION)


async def _list_of_call(request: ApiRequest) -> Answer:
    await the_call(request)
    return await _page_of_call.handler(request)


OPERATIONS = (
    lists(NOTIFICATION),
    fetches(NOTIFICATION_INSTANCE),
    Operation("GET", CALL_NOTIFICATION.path, _list_of_call, "list"),
    fetches(CALL_NOTIFICATION_INSTANCE),
)
