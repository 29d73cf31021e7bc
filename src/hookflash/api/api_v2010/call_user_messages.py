"""Messages of an application's own between it and the phone of a call."""

from typing import Any

import msgspec

from hookflash.actions.user_messages import create_user_message, subscribe, unsubscribe
from hookflash.api.params import Param, http_method, read_params, text, web_url
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, props
from hookflash.domain.call import Call, CallStatus, NoSuchCallError
from hookflash.domain.user_message import LONGEST, UserMessage, UserMessageSubscription
from hookflash.errors import ApiError, Code
from hookflash.store.tables import Table

from .call_events import the_call
from .calls import CALL


def _content(name: str, value: str) -> str:
    if len(value.encode()) > LONGEST:
        raise ApiError(Code.INVALID_PARAMETER, name=name, why=f"it is longer than {LONGEST:,} bytes")
    try:
        msgspec.json.decode(value)
    except msgspec.DecodeError:
        raise ApiError(Code.INVALID_PARAMETER, name=name, why="it must be JSON") from None
    return value


_KEY = Param("IdempotencyKey", "key", text(255))
MESSAGE = Resource[UserMessage](
    product=CALL.product,
    path=f"{CALL.path}/{{CallSid}}/UserDefinedMessages",
    name="UserDefinedMessage",
    collection="user_defined_messages",
    sid="KX",
    table=Table("user_defined_messages", UserMessage),
    summary="A message of the application's own to the phone of a call: JSON, in a SIP INFO.",
    properties=props("account_sid", "call_sid", "sid", "date_created"),
    params=(Param("Content", "content", _content, Code.MISSING_PARAMETER), _KEY),
    scope={"CallSid": "call_sid"},
    has_uri=False,
)
SUBSCRIPTION = Resource[UserMessageSubscription](
    product=CALL.product,
    path=f"{CALL.path}/{{CallSid}}/UserDefinedMessageSubscriptions",
    name="UserDefinedMessageSubscription",
    collection="user_defined_message_subscriptions",
    sid="ZY",
    table=Table("user_defined_message_subscriptions", UserMessageSubscription),
    summary="Who is told of the messages that the phone of a call sends.",
    properties=props("account_sid", "call_sid", "sid", "date_created"),
    params=(
        Param("Callback", "callback", web_url, Code.MISSING_PARAMETER),
        Param("Method", "method", http_method),
        _KEY,
    ),
    scope={"CallSid": "call_sid"},
)


async def _send(request: ApiRequest) -> Answer:
    values = read_params(request.form, MESSAGE.params, creating=True)
    call, store = await _live_call(request), request.exchange.store
    message, is_new = await store.write(
        create_user_message, call, values["content"], key=values.get("key"), now=request.now
    )
    if is_new:
        try:
            await request.exchange.calls.inform(call.sid, message.content)
        except NoSuchCallError:
            raise _not_live() from None
    return MESSAGE.answer(request, message, 201)


async def _subscribe(request: ApiRequest) -> Answer:
    values: dict[str, Any] = {"method": "POST", "key": None}
    values |= read_params(request.form, SUBSCRIPTION.params, creating=True)
    call, store = await _live_call(request), request.exchange.store
    subscription = await store.write(subscribe, call, now=request.now, **values)
    return SUBSCRIPTION.answer(request, subscription, 201)


async def _unsubscribe(request: ApiRequest) -> Answer:
    sids = request.sids
    if not await request.exchange.store.write(unsubscribe, request.account.sid, sids["CallSid"], sids["Sid"]):
        raise request.not_found()
    return Answer(204)


async def _live_call(request: ApiRequest) -> Call:
    call = await the_call(request)
    if call.status is not CallStatus.IN_PROGRESS:
        raise _not_live()
    return call


def _not_live() -> ApiError:
    return ApiError(Code.NOT_IN_PROGRESS, "Call is not in-progress. It carries no messages.")


OPERATIONS = (
    Operation("POST", MESSAGE.path, _send, "create"),
    Operation("POST", SUBSCRIPTION.path, _subscribe, "create"),
    Operation("DELETE", f"{SUBSCRIPTION.path}/{SUBSCRIPTION.item}", _unsubscribe, "delete"),
)
