"""Verified numbers: those that an account may show as a caller without having bought them."""

import re
import secrets

from hookflash.actions.send_message import is_web_url
from hookflash.actions.validate_caller_id import ValidateCallerId, validate_caller_id
from hookflash.api.params import URL_LIMIT, Param, http_method, integer, read_params, text
from hookflash.api.product import API_2010
from hookflash.api.represent import Content
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, deletes, exact, fetches, lists, number, props, updates
from hookflash.domain.numbers import OutgoingCallerId
from hookflash.errors import ApiError, Code
from hookflash.store.tables import Table

from .answering import FRIENDLY_NAME

_EXTENSION = re.compile(r"[0-9A-D*#wW]{1,32}")


def _extension(name: str, value: str) -> str:
    if value and not _EXTENSION.fullmatch(value):
        raise ApiError(Code.INVALID_PARAMETER, name=name, why="it may have 32 of 0-9 A-D # * w W")
    return value


def _callback(name: str, value: str) -> str | None:
    if value and (len(value) > URL_LIMIT or not is_web_url(value)):
        raise ApiError(Code.INVALID_CALLBACK_URL, name=name, url=value[:200])
    return value or None


CALLER_ID = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/OutgoingCallerIds",
    name="OutgoingCallerId",
    collection="outgoing_caller_ids",
    sid="PN",
    table=Table("outgoing_caller_ids", OutgoingCallerId),
    summary="A number that its owner has verified.",
    properties=props("sid", "account_sid", "friendly_name", "phone_number", "date_created", "date_updated"),
    params=(FRIENDLY_NAME,),
    filters=(number("PhoneNumber", "phone_number"), exact("FriendlyName", "friendly_name")),
)


_VALIDATION = (
    Param("PhoneNumber", "number", text(), Code.INVALID_CALLER_ID),
    FRIENDLY_NAME,
    Param("CallDelay", "delay", integer(0, 60, Code.INVALID_CALL_DELAY)),
    Param("Extension", "extension", _extension),
    Param("StatusCallback", "status_callback", _callback),
    Param("StatusCallbackMethod", "status_callback_method", http_method),
)


async def _validate(request: ApiRequest) -> Answer:
    """A call is placed that asks for the code of this answer; its OutgoingCallerId is there once it was pressed."""
    wanted = ValidateCallerId(
        code=f"{secrets.randbelow(900_000) + 100_000}", **read_params(request.form, _VALIDATION, creating=True)
    )
    exchange = request.exchange
    rules = exchange.settings.call_rules
    call = await exchange.store.write(validate_caller_id, wanted, account=request.account, now=request.now, rules=rules)
    validation = call.options.validation
    assert validation is not None, "it is for that"
    tree = {
        "account_sid": call.account_sid,
        "call_sid": call.sid,
        "friendly_name": validation.friendly_name,
        "phone_number": call.recipient,
        "validation_code": validation.code,
    }
    return Answer(200, Content(tree, "ValidationRequest"))


OPERATIONS = (
    lists(CALLER_ID),
    Operation("POST", CALLER_ID.path, _validate, "validate"),
    fetches(CALLER_ID),
    updates(CALLER_ID),
    deletes(CALLER_ID),
)
