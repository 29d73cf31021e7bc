"""Messages and their feedback, and the SMS/Messages of 2010: create, list, fetch, redact, cancel, delete."""

from collections.abc import Callable

import msgspec

from hookflash.actions.send_message import MESSAGES, SMS_MESSAGES, Rules, SendMessage, check_presence, send_message
from hookflash.actions.send_test_message import call_back_about_test, check_test_message
from hookflash.actions.update_message import cancel_message, delete_message, give_feedback, redact_message
from hookflash.api.auth import Role
from hookflash.api.params import Form, boolean, choice, integer, parse_moment
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, dates, fetches, lists, number, props
from hookflash.domain.message import Feedback, Message
from hookflash.domain.sids import is_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Table
from hookflash.webhooks.status import legacy_sms_status

ROWS = Table("messages", Message, key="id")


def _body(row: Message) -> str:
    return "" if row.options and row.options.discard_body else row.body


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
        Property("body", _body),
        *props("status"),
        Property("num_segments", lambda row: str(row.num_segments)),
        Property("num_media", lambda row: str(row.num_media)),
        *props("direction", "api_version", "price", "price_unit", "error_code", "error_message"),
    ),
    filters=(number("To", "recipient"), number("From", "sender"), *dates("DateSent", "date_sent")),
    children={"media": "Media", "feedback": "Feedback"},
    xml_uri_suffix=".xml",
)

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
        Property("body", _body),
        Property("status", lambda row: legacy_sms_status(row.status)),
        *props("direction", "api_version", "price"),
    ),
    filters=MESSAGE.filters,
    condition=(Condition("kind", "=", "SM"),),
)


class FeedbackResource(Resource[Feedback]):
    """One a message, below it."""

    def instance_path(self, request: ApiRequest, row: Feedback) -> str:
        return f"{MESSAGE.path}/{row.message_sid}/Feedback".replace("{AccountSid}", row.account_sid)


FEEDBACK = FeedbackResource(
    product=API_2010,
    path=f"{MESSAGE.path}/{{MessageSid}}/Feedback",
    name="Feedback",
    collection="feedback",
    sid="",
    table=Table("feedback", Feedback, key="message_sid"),
    summary="What an application says became of a message.",
    properties=props("account_sid", "message_sid", "outcome", "date_created", "date_updated"),
)


Read = Callable[[Form], SendMessage]


def _creates(resource: Resource[Message], rules: Rules, read: Read) -> Operation:
    async def handler(request: ApiRequest) -> Answer:
        exchange = request.exchange
        wanted = read(request.form)
        if request.principal.role is Role.TEST:
            message = await _test(request, wanted, rules)
        else:
            message = await exchange.store.write(
                send_message,
                wanted,
                account=request.account,
                now=request.now,
                rules=rules,
                rates=exchange.settings.sender_rates,
                carries_media=exchange.fleet.carries_media,
            )
        request.request_id = "RQ" + message.id
        return resource.answer(request, message, 201)

    return Operation("POST", resource.path, handler, "create", test_credentials=True)


async def _test(request: ApiRequest, wanted: SendMessage, rules: Rules) -> Message:
    """A message of the test credentials; with HookflashStatusCallbacks=true, ours, its callbacks fire."""
    account = request.account
    message = check_test_message(wanted, account=account, now=request.now, rules=rules)
    if message.status_callback and boolean(CALLBACKS, request.form.get(CALLBACKS)):
        await request.exchange.store.write(call_back_about_test, message, account=account, now=request.now)
    return message


async def _update(request: ApiRequest) -> Answer:
    return MESSAGE.answer(request, await request.exchange.store.write(_change, request))


async def _change(tx: Tx, request: ApiRequest) -> Message:
    form = request.form
    message = await MESSAGE.row(tx, request)
    if form.get("Status"):
        _CANCELED("Status", form.get("Status"))
        await cancel_message(tx, message, now=request.now)
    if "Body" in form:
        _check_empty("Body", form.get("Body"))
        await redact_message(tx, message, now=request.now)
    return message


async def _delete(request: ApiRequest) -> Answer:
    await request.exchange.store.write(_drop, request)
    return Answer(204)


async def _drop(tx: Tx, request: ApiRequest) -> None:
    await delete_message(tx, await MESSAGE.row(tx, request), now=request.now)


async def _feedback(request: ApiRequest) -> Answer:
    outcome = _OUTCOME("Outcome", request.form.get("Outcome") or "confirmed")
    return FEEDBACK.answer(request, await request.exchange.store.write(_give, request, outcome))


async def _give(tx: Tx, request: ApiRequest, outcome: str) -> Feedback:
    sid = request.sids["MessageSid"]
    message = None
    if is_sid(sid, "SM", "MM"):
        message = await tx.one(Message, "messages.by_id", account_sid=request.account.sid, id=sid[2:])
    if message is None or message.sid != sid:
        raise request.not_found()
    return await give_feedback(tx, message, outcome, now=request.now)


CALLBACKS = "HookflashStatusCallbacks"
_CANCELED = choice("canceled")
_OUTCOME = choice("confirmed", "unconfirmed")


def _check_empty(name: str, value: str) -> None:
    if value:
        raise ApiError(Code.INVALID_PARAMETER, name=name, why="only an empty one is taken, which redacts the message")


_VALIDITY = integer(1, 36_000, Code.INVALID_VALIDITY)
_RETENTION = choice("retain", "discard", refuse=Code.INVALID_CONTENT_RETENTION)
_ADDRESSES = choice("retain", "obfuscate", refuse=Code.INVALID_ADDRESS_RETENTION)


#: Parameters that few messages have.
_OPTIONS = (
    *("ValidityPeriod", "ProvideFeedback", "SmartEncoded", "ScheduleType", "SendAt"),
    *("ContentRetention", "AddressRetention", "MaxPrice"),
)


def read_send(form: Form) -> SendMessage:
    """The parameters of a create, as they were written. Raises ApiError where one cannot be read at all."""
    wanted = SendMessage(
        to=form.get("To"),
        sender=form.get("From"),
        service_sid=form.get("MessagingServiceSid"),
        body=form.get("Body"),
        media_urls=tuple(filter(None, form.all("MediaUrl"))) if "MediaUrl" in form else (),
        content_sid=form.get("ContentSid"),
        status_callback=form.get("StatusCallback"),
        application_sid=form.get("ApplicationSid"),
    )
    return _read_options(wanted, form) if any(name in form for name in _OPTIONS) else wanted


def _read_options(wanted: SendMessage, form: Form) -> SendMessage:
    check_presence(wanted, MESSAGES)  # what is missing is told before what is wrong
    if form.get("AddressRetention"):
        _ADDRESSES("AddressRetention", form.get("AddressRetention"))
    if form.get("MaxPrice") and not _is_positive(form.get("MaxPrice")):
        raise ApiError(Code.INVALID_MAX_PRICE)
    retention = form.get("ContentRetention")
    validity = form.get("ValidityPeriod")
    smart = form.get("SmartEncoded")
    return msgspec.structs.replace(
        wanted,
        validity_period=_VALIDITY("ValidityPeriod", validity) if validity else None,
        provide_feedback=boolean("ProvideFeedback", form.get("ProvideFeedback")),
        smart_encoded=boolean("SmartEncoded", smart) if smart else None,
        schedule_type=form.get("ScheduleType"),
        send_at=_send_at(form.get("SendAt")),
        discard_body=bool(retention) and _RETENTION("ContentRetention", retention) == "discard",
    )


def read_legacy_send(form: Form) -> SendMessage:
    """The few parameters of the resource of 2010."""
    return SendMessage(
        to=form.get("To"),
        sender=form.get("From"),
        body=form.get("Body"),
        status_callback=form.get("StatusCallback"),
        application_sid=form.get("ApplicationSid"),
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
    _creates(MESSAGE, MESSAGES, read_send),
    lists(MESSAGE),
    fetches(MESSAGE),
    Operation("POST", f"{MESSAGE.path}/{{Sid}}", _update, "update"),
    Operation("DELETE", f"{MESSAGE.path}/{{Sid}}", _delete, "delete"),
    Operation("POST", FEEDBACK.path, _feedback, "create"),
    _creates(SMS_MESSAGE, SMS_MESSAGES, read_legacy_send),
    lists(SMS_MESSAGE),
    fetches(SMS_MESSAGE),
)
