"""Media of a message: what is known of each with a suffix, its bytes without one."""

from typing import TYPE_CHECKING

from hookflash.actions.keep_media import drop_media
from hookflash.api.product import API_2010
from hookflash.api.represent import split_suffix
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, dates, fetches, lists, props
from hookflash.domain.media import Media
from hookflash.domain.message import Message
from hookflash.store.store import Tx
from hookflash.store.tables import Table

if TYPE_CHECKING:
    from hookflash.app import Exchange

#: A picture stays what it is under its address; a page or a script in it does not run with our rights.
_HEADERS = [
    (b"cache-control", b"private, max-age=86400"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
]

MEDIA = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media",
    name="Media",
    collection="media_list",
    sid="ME",
    table=Table("media", Media),
    summary="A picture, sound or card of a message.",
    properties=props("sid", "account_sid", "parent_sid", "content_type", "date_created", "date_updated"),
    filters=dates("DateCreated", "date_created"),
    scope={"MessageSid": "parent_sid"},
)

_metadata = fetches(MEDIA)
_page = lists(MEDIA)


async def _list(request: ApiRequest) -> Answer:
    message = await request.exchange.store.read(_message, request)
    if message is None:
        raise request.not_found()
    return await _page.handler(request)


async def _fetch(request: ApiRequest) -> Answer:
    if request.suffix:
        return await _metadata.handler(request)
    row = await request.exchange.store.read(MEDIA.row, request)
    try:
        body = await request.exchange.media_files.read(row.digest)
    except FileNotFoundError:  # it was deleted since
        raise request.not_found() from None
    return Answer(200, body=body, content_type=row.content_type.encode(), headers=_HEADERS)


async def _delete(request: ApiRequest) -> Answer:
    await request.exchange.store.write(_drop, request)
    return Answer(204)


async def _drop(tx: Tx, request: ApiRequest) -> None:
    await drop_media(tx, [await MEDIA.row(tx, request)], now=request.now)


async def _message(tx: Tx, request: ApiRequest) -> Message | None:
    return await tx.one(Message, "messages.by_id", account_sid=request.account.sid, id=request.sids["MessageSid"][2:])


def _is_open(exchange: "Exchange", path: str, query: str) -> bool:
    """Whether the bytes are for anybody: the link is signed, or this is a laptop."""
    return not split_suffix(path)[1] and exchange.media_links.opens(path, query, exchange.clock.now())


ITEM = f"{MEDIA.path}/{{Sid}}"
OPERATIONS = (
    Operation("GET", MEDIA.path, _list, "list"),
    Operation("GET", ITEM, _fetch, "fetch", is_open=_is_open),
    Operation("DELETE", ITEM, _delete, "delete"),
)
