"""Queues of callers: made by REST, or by the first call that enters one."""

from hookflash.actions.change_queue import create_queue, delete_queue, update_queue
from hookflash.api.params import Param, friendly_name, integer, read_params
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, fetches, lists, props
from hookflash.domain.queue import LARGEST, SizedQueue
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table


def _name(name: str, value: str) -> str:
    """The name of a queue, as documents use it."""
    text = value.strip()
    if not text:
        raise ApiError(Code.MISSING_PARAMETER, name=name)
    return friendly_name(name, text)


class Queues(Resource[SizedQueue]):
    """How long callers have waited is of the moment in which somebody asks."""

    def tree(self, request: ApiRequest, row: SizedQueue) -> dict[str, object]:
        tree = super().tree(request, row)
        tree["average_wait_time"] = row.average_wait(request.now)
        return tree


QUEUE = Queues(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Queues",
    name="Queue",
    collection="queues",
    sid="QU",
    table=Table("sized_queues", SizedQueue),
    summary="A queue of callers, and how many wait in it just now.",
    properties=(
        *props("sid", "account_sid", "friendly_name", "current_size", "max_size"),
        Property("average_wait_time", lambda row: 0),
        *props("date_created", "date_updated"),
    ),
    params=(
        Param("FriendlyName", "name", _name, Code.MISSING_PARAMETER),
        Param("MaxSize", "max_size", integer(1, LARGEST)),
    ),
    children={"members": "Members"},
)
_ITEM = f"{QUEUE.path}/{QUEUE.item}"


async def _create(request: ApiRequest) -> Answer:
    values = {"max_size": None, **read_params(request.form, QUEUE.params, creating=True)}
    queue = await request.exchange.store.write(create_queue, request.account.sid, now=request.now, **values)
    return QUEUE.answer(request, queue, 201)


async def _update(request: ApiRequest) -> Answer:
    values = read_params(request.form, QUEUE.params, creating=False)
    queue = await request.exchange.store.write(_change, request, values)
    request.exchange.telephony.runner.queues.resize(queue.sid, queue.max_size)
    return QUEUE.answer(request, queue)


async def _change(tx: Tx, request: ApiRequest, values: dict[str, object]) -> SizedQueue:
    return await update_queue(tx, await QUEUE.row(tx, request), now=request.now, **values)  # type: ignore[arg-type]


async def _delete(request: ApiRequest) -> Answer:
    await request.exchange.store.write(_drop, request)
    return Answer(204)


async def _drop(tx: Tx, request: ApiRequest) -> None:
    await delete_queue(tx, await QUEUE.row(tx, request))


OPERATIONS = (
    Operation("POST", QUEUE.path, _create, "create"),
    lists(QUEUE),
    fetches(QUEUE),
    Operation("POST", _ITEM, _update, "update"),
    Operation("DELETE", _ITEM, _delete, "delete"),
)
