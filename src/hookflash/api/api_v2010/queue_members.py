"""Who waits in a queue, first come first; taken out by sending them to another document."""

from typing import Any

from hookflash.actions.enter_queue import leave_queue
from hookflash.api.paging import Paging
from hookflash.api.params import Param, http_method, read_params, web_url
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, lists, props
from hookflash.domain.call import NoSuchCallError, Source
from hookflash.domain.clock import SECOND
from hookflash.domain.queue import Member, NoSuchMemberError, SizedQueue, WaitingMember
from hookflash.domain.sids import is_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Table

from .queues import QUEUE

FRONT = "Front"  #: stands for the call of who waits longest


class Members(Resource[WaitingMember]):
    """A member has no SID but that of its call; those who are being taken out are shown no more."""

    def tree(self, request: ApiRequest, row: WaitingMember) -> dict[str, Any]:
        tree = super().tree(request, row)
        tree["wait_time"] = (request.now - row.date_enqueued) // SECOND
        return tree

    async def row(self, tx: Tx, request: ApiRequest) -> WaitingMember:
        wanted = request.sids["CallSid"]
        for row in await _waiting(tx, request.account.sid, request.sids["QueueSid"]):
            if wanted in (FRONT, row.call_sid):
                return row
        raise request.not_found()

    async def _read_page(
        self, tx: Tx, conditions: list[Condition], paging: Paging
    ) -> tuple[list[WaitingMember], bool, int | None]:
        scope = {condition.column: condition.value for condition in conditions}
        rows = await _waiting(tx, scope["account_sid"], scope["queue_sid"])
        cursor, order = paging.cursor, {row.call_sid: row.position for row in rows}
        if cursor.before is not None:
            end = order.get(str(cursor.before), 1) - 1
            start = max(0, end - paging.size)
        else:
            # Whoever the last page ended with has perhaps been taken: then all before them have been, too.
            start = order.get(str(cursor.after), 0) if cursor.after is not None else cursor.skip
            end = start + paging.size
        return rows[start:end], end < len(rows), len(rows)

    def _item_of(self, row: WaitingMember) -> str:
        return row.call_sid

    def _token_of(self, row: WaitingMember) -> str:
        return row.call_sid


MEMBER = Members(
    product=API_2010,
    path=f"{QUEUE.path}/{{QueueSid}}/Members",
    name="QueueMember",
    collection="queue_members",
    sid="CA",
    table=Table("queue_members", WaitingMember, key="call_sid"),
    summary="A caller who waits in a queue; `Front` is who waits longest.",
    properties=(
        *props("queue_sid", "call_sid", "date_enqueued", "position"),
        Property("wait_time", lambda row: 0),
    ),
    params=(
        Param("Url", "url", web_url, Code.MISSING_PARAMETER),
        Param("Method", "method", http_method),
    ),
    scope={"QueueSid": "queue_sid"},
    item="{CallSid}",
)
_ITEM = f"{MEMBER.path}/{MEMBER.item}"
_page = lists(MEMBER)


async def _list(request: ApiRequest) -> Answer:
    await request.exchange.store.read(_check_queue, request)
    return await _page.handler(request)


async def _fetch(request: ApiRequest) -> Answer:
    return MEMBER.answer(request, await request.exchange.store.read(_read, request))


async def _update(request: ApiRequest) -> Answer:
    """The caller is taken out before anything is awaited, so that no call takes them too."""
    values = read_params(request.form, MEMBER.params, creating=True)
    if values["url"] is None:
        raise ApiError(Code.MISSING_PARAMETER, name="Url")
    exchange, wanted = request.exchange, request.sids["CallSid"]
    await exchange.store.read(_check_queue, request)
    try:
        waiting, position = exchange.telephony.runner.queues.take_out(
            request.sids["QueueSid"], None if wanted == FRONT else wanted
        )
        await exchange.calls.redirect(waiting.member.call_sid, Source(**values))
    except (NoSuchMemberError, NoSuchCallError):
        raise request.not_found() from None
    await exchange.store.write(leave_queue, request.account.sid, waiting.member.call_sid)
    return MEMBER.answer(request, _shown(waiting.member, position))


async def _read(tx: Tx, request: ApiRequest) -> WaitingMember:
    await _check_queue(tx, request)
    return await MEMBER.row(tx, request)


async def _check_queue(tx: Tx, request: ApiRequest) -> None:
    sid = request.sids["QueueSid"]
    if not is_sid(sid, QUEUE.sid) or not await tx.one(
        SizedQueue, "queues.by_sid", account_sid=request.account.sid, sid=sid
    ):
        raise request.not_found()


async def _waiting(tx: Tx, account_sid: str, queue_sid: str) -> list[WaitingMember]:
    rows = await tx.all(Member, "queues.waiting", account_sid=account_sid, queue_sid=queue_sid)
    return [_shown(row, position) for position, row in enumerate(rows, 1)]


def _shown(member: Member, position: int) -> WaitingMember:
    return WaitingMember(
        account_sid=member.account_sid,
        queue_sid=member.queue_sid,
        call_sid=member.call_sid,
        date_enqueued=member.entered_at,
        position=position,
    )


OPERATIONS = (
    Operation("GET", MEMBER.path, _list, "list"),
    Operation("GET", _ITEM, _fetch, "fetch"),
    Operation("POST", _ITEM, _update, "update"),
)
