"""Messages, their media and feedback, and the SMS/Messages of 2010: create, list, fetch, redact, cancel, delete."""

from hookflash.actions.send_message import MESSAGES, SMS_MESSAGES, Rules, SendMessage, send_message
from hookflash.api.auth import Role
from hookflash.api.params import Form, boolean, choice, integer, parse_moment
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, dates, deletes, fetches, lists, number, props
from hookflash.domain.message import Message
from hookflash.errors import ApiError, Code
from hookflash.store.tables import Table

ROWS = Table("messages", Message, key="id")

MESSAGE = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Messages",
    name="Message",
    collection="messages",
    sid="SM|MM",
    table=ROWS,
    summary="A text or media message, sent or received.",
    properties=(
        *props("sid", "date_created", "date_updated", "date_sent", "account_sid"),
        Property("to", lambda row: row.recipient),
        Property("from", lambda row: row.sender),
        Property("messaging_service_sid", lambda row: row.service_sid),
        *props("body", "status"),
        Property("num_segments", lambda row: str(row.num_segments)),
        Property("num_media", lambda row: str(row.num_media)),
        *props("direction", "api_version", "price", "price_unit", "error_code", "error_message"),
    ),
    filters=(number("To", "recipient"), number("From", "sender"), *dates("DateSent", "date_sent")),
    children={"media": "Media", "feedback": "Feedback"},
    xml_uri_suffix=".xml",
)

_LEGACY_STATUSES = {"delivered": "sent", "undelivered": "failed", "accepted": "queued", "scheduled": "queued"}

SMS_MESSAGE = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/SMS/Messages",
    name="SMSMessage",
    collection="sms_messages",
    xml_collection="SMSMessages",
    sid="SM",
    table=ROWS,
    summary="A message as the API of 2010 first had it.",
    properties=(
        *props("sid", "date_created", "date_updated", "date_sent", "account_sid"),
        Property("to", lambda row: row.recipient),
        Property("from", lambda row: row.sender),
        *props("body"),
        Property("status", lambda row: _LEGACY_STATUSES.get(row.status.value, row.status.value)),
        *props("direction", "api_version", "price"),
    ),
    filters=MESSAGE.filters,
)


def _creates(resource: Resource[Message], rules: Rules) -> Operation:
    async def handler(request: ApiRequest) -> Answer:
        exchange = request.exchange
        wanted = read_send(request.form)
        if request.principal.role is Role.TEST:
            return resource.answer(request, await exchange.test_message(request, wanted, rules), 201)
        message = await exchange.store.write(
            send_message,
            wanted,
            account=request.account,
            now=request.now,
            rules=rules,
            rates=exchange.settings.sender_rates,
        )
        request.request_id = "RQ" + message.id
        return resource.answer(request, message, 201)

    return Operation("POST", resource.path, handler, "create", test_credentials=True)


_VALIDITY = integer(1, 36_000, Code.INVALID_VALIDITY)
_RETENTION = choice("retain", "discard", refuse=Code.INVALID_CONTENT_RETENTION)
_ADDRESSES = choice("retain", "obfuscate", refuse=Code.INVALID_ADDRESS_RETENTION)


def read_send(form: Form) -> SendMessage:
    """The parameters of a create, as they were written. Raises ApiError where one cannot be read at all."""
    if form.get("AddressRetention"):
        _ADDRESSES("AddressRetention", form.get("AddressRetention"))
    if form.get("MaxPrice") and not _is_positive(form.get("MaxPrice")):
        raise ApiError(Code.INVALID_MAX_PRICE)
    retention = form.get("ContentRetention")
    validity = form.get("ValidityPeriod")
    smart = form.get("SmartEncoded")
    return SendMessage(
        to=form.get("To"),
        sender=form.get("From"),
        service_sid=form.get("MessagingServiceSid"),
        body=form.get("Body"),
        media_urls=form.all("MediaUrl") if "MediaUrl" in form else (),
        status_callback=form.get("StatusCallback"),
        application_sid=form.get("ApplicationSid"),
        validity_period=_VALIDITY("ValidityPeriod", validity) if validity else None,
        provide_feedback=boolean("ProvideFeedback", form.get("ProvideFeedback")),
        smart_encoded=boolean("SmartEncoded", smart) if smart else None,
        schedule_type=form.get("ScheduleType"),
        send_at=_send_at(form.get("SendAt")),
        discard_body=bool(retention) and _RETENTION("ContentRetention", retention) == "discard",
    )


def _send_at(text: str) -> int | None:
    if not text:
        return None
    found = parse_moment(text)
    if found is None:
        raise ApiError(Code.SCHEDULE_OUTSIDE_WINDOW)
    return found[0]


def _is_positive(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False


OPERATIONS = (
    _creates(MESSAGE, MESSAGES),
    lists(MESSAGE),
    fetches(MESSAGE),
    deletes(MESSAGE),
    _creates(SMS_MESSAGE, SMS_MESSAGES),
    lists(SMS_MESSAGE),
    fetches(SMS_MESSAGE),
)
