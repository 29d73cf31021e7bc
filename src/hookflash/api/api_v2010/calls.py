"""Calls: create, list, fetch, change, delete."""

from hookflash.actions.create_call import create_call
from hookflash.actions.create_test_call import check_test_call
from hookflash.actions.delete_call import delete_call
from hookflash.actions.update_call import Live, UpdateCall, update_call
from hookflash.api.auth import Role
from hookflash.api.params import parse_moment
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Filter, Operation, Property, Resource, dates, exact, fetches, lists, number, props
from hookflash.domain.call import Call, NoSuchCallError
from hookflash.domain.clock import SECOND
from hookflash.domain.phone_numbers import national_format
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Table

from .call_params import CREATE, read_create, read_update


def _formatted(address: str) -> str:
    """North American numbers as people there write them, all else as it is."""
    return national_format(address) if address.startswith("+1") else address


def _times(name: str, column: str) -> tuple[Filter, ...]:
    """As `dates`, but `Name<=` with a bare date means up to its first moment."""

    def until(value: str) -> list[Condition] | None:
        span = parse_moment(value)
        if span is None:
            return None
        start, end = span
        return [Condition(column, "<=", start if end - start > SECOND else end)]

    between, _, since = dates(name, column)
    return between, Filter(name + "<", until), since


CALL = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Calls",
    name="Call",
    collection="calls",
    sid="CA",
    table=Table("calls", Call),
    summary="A call, made or received.",
    properties=(
        *props("sid", "date_created", "date_updated", "parent_call_sid", "account_sid"),
        Property("to", lambda row: row.recipient),
        Property("to_formatted", lambda row: _formatted(row.recipient)),
        Property("from", lambda row: row.sender),
        Property("from_formatted", lambda row: _formatted(row.sender)),
        *props("phone_number_sid", "status"),
        Property("start_time", is_date=True),
        Property("end_time", is_date=True),
        Property("duration", lambda row: None if row.duration is None else str(row.duration)),
        Property("price", lambda row: None),
        Property("price_unit", lambda row: "USD"),
        *props("direction", "answered_by"),
        Property("annotation", lambda row: None),
        *props("api_version", "forwarded_from"),
        Property("group_sid", lambda row: None),
        *props("caller_name"),
        Property("queue_time", lambda row: str(row.queue_time)),
        *props("trunk_sid"),
    ),
    params=CREATE,
    filters=(
        number("To", "recipient"),
        number("From", "sender"),
        exact("ParentCallSid", "parent_call_sid"),
        exact("Status", "status"),
        *_times("StartTime", "start_time"),
        *_times("EndTime", "end_time"),
    ),
    children={
        "notifications": "Notifications",
        "recordings": "Recordings",
        "payments": "Payments",
        "events": "Events",
        "siprec": "Siprec",
        "streams": "Streams",
        "transcriptions": "Transcriptions",
        "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
        "user_defined_messages": "UserDefinedMessages",
    },
)
_ITEM = f"{CALL.path}/{CALL.item}"


async def _create(request: ApiRequest) -> Answer:
    exchange, account = request.exchange, request.account
    wanted = read_create(request.form, exchange.vault.seal)
    if request.principal.role is Role.TEST:
        call = check_test_call(wanted, account=account, now=request.now)
    else:
        rules = exchange.settings.call_rules
        call = await exchange.store.write(create_call, wanted, account=account, now=request.now, rules=rules)
    return CALL.answer(request, call, 201)


async def _update(request: ApiRequest) -> Answer:
    """What only the process of the call can do comes after the commit; the answer shows what came of it."""
    store = request.exchange.store
    wanted = read_update(request.form)
    if wanted == UpdateCall():
        return CALL.answer(request, await store.read(CALL.row, request))
    call, live = await store.write(_change, request, wanted)
    if live is None:
        return CALL.answer(request, call)
    await _perform(request, call, live)
    return CALL.answer(request, await store.read(CALL.row, request))


async def _change(tx: Tx, request: ApiRequest, wanted: UpdateCall) -> tuple[Call, Live | None]:
    call = await CALL.row(tx, request)
    return call, await update_call(tx, call, wanted, now=request.now)


async def _perform(request: ApiRequest, call: Call, live: Live) -> None:
    calls = request.exchange.calls
    try:
        if live.cancels:
            await calls.cancel(call.sid)
        elif live.ends:
            await calls.hang_up(call.sid)
        if live.time_limit is not None:
            await calls.limit(call.sid, live.time_limit)
        if live.source is not None:
            await calls.redirect(call.sid, live.source)
    except NoSuchCallError:
        raise ApiError(Code.NOT_IN_PROGRESS) from None


async def _delete(request: ApiRequest) -> Answer:
    await request.exchange.store.write(_drop, request)
    return Answer(204)


async def _drop(tx: Tx, request: ApiRequest) -> None:
    await delete_call(tx, await CALL.row(tx, request))


OPERATIONS = (
    Operation("POST", CALL.path, _create, "create", test_credentials=True),
    lists(CALL),
    fetches(CALL),
    Operation("POST", _ITEM, _update, "update"),
    Operation("DELETE", _ITEM, _delete, "delete"),
)
