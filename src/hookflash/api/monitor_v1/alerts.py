"""Alerts: what the debugger saw, as Monitor shows it."""

from typing import Any

from hookflash.api.params import parse_moment
from hookflash.api.product import Product
from hookflash.api.request import ApiRequest
from hookflash.api.resource import Filter, Property, Resource, exact, fetches, lists, props
from hookflash.domain.alert import Alert
from hookflash.store.tables import Condition, Table

MONITOR_V1 = Product("monitor", "v1")
ROWS = Table("alerts", Alert)


class AlertResource(Resource[Alert]):
    """With a link to our page about the code."""

    def tree(self, request: ApiRequest, row: Alert) -> dict[str, Any]:
        page = f"{request.exchange.public_url}/docs/errors/{row.error_code}"
        return {**super().tree(request, row), "more_info": page}


def _since(value: str) -> list[Condition] | None:
    span = parse_moment(value)
    return [Condition("date_created", ">=", span[0])] if span else None


def _until(value: str) -> list[Condition] | None:
    span = parse_moment(value)
    return [Condition("date_created", "<=", span[1])] if span else None


_SHOWN: dict[str, Any] = {
    "product": MONITOR_V1,
    "path": "/v1/Alerts",
    "name": "Alert",
    "collection": "alerts",
    "sid": "NO",
    "table": ROWS,
    "summary": "Something that went wrong: a webhook, a document, a status callback.",
}
_PROPERTIES = (
    *props("sid", "account_sid"),
    Property("api_version", lambda row: "2010-04-01"),
    Property("log_level", lambda row: row.level),
    Property("error_code", lambda row: str(row.error_code)),
    Property("alert_text", lambda row: row.sentence),
    *props("resource_sid", "service_sid", "request_method", "request_url", "date_created", "date_updated"),
    Property("date_generated", lambda row: row.date_created, is_date=True),
)
ALERT = AlertResource(
    **_SHOWN,
    properties=_PROPERTIES,
    filters=(exact("LogLevel", "level"), Filter("StartDate", _since), Filter("EndDate", _until)),
)
ALERT_INSTANCE = AlertResource(
    **_SHOWN,
    properties=(*_PROPERTIES, *props("request_variables", "request_headers", "response_headers", "response_body")),
)

OPERATIONS = (lists(ALERT), fetches(ALERT_INSTANCE))
