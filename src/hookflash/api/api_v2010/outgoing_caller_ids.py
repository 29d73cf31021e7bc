"""Verified numbers: those that an account may show as a caller without having bought them."""

from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, deletes, exact, fetches, lists, number, props, updates
from hookflash.domain.numbers import OutgoingCallerId
from hookflash.domain.phone_numbers import AddressKind, parse_recipient
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table

from .answering import FRIENDLY_NAME

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


async def _validate(request: ApiRequest) -> Answer:
    """A validation request: what is wrong with it is said, but it ends with a call, which cannot be made yet."""
    asked = request.form.get("PhoneNumber")
    address = parse_recipient(asked)
    if address is None or address.kind is not AddressKind.PHONE:
        raise ApiError(Code.INVALID_NUMBER, number=asked[:40])
    store = request.exchange.store
    if await store.read(_is_verified, request.account.sid, address.text):
        raise ApiError(Code.NUMBER_ALREADY_VERIFIED)
    raise ApiError(
        Code.ACTION_DISABLED,
        why="Numbers are verified by a call, and none can be made yet; `hookflash verified add` does it",
    )


async def _is_verified(tx: Tx, account_sid: str, e164: str) -> bool:
    return bool(await tx.value("numbers.verified", account_sid=account_sid, number=e164))


OPERATIONS = (
    lists(CALLER_ID),
    Operation("POST", CALLER_ID.path, _validate, "validate"),
    fetches(CALLER_ID),
    updates(CALLER_ID),
    deletes(CALLER_ID),
)
