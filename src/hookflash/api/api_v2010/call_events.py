"""What a call asked its application, and what it was told."""

from typing import Any

import msgspec

from hookflash.actions.load_call import load_call
from hookflash.api.paging import Paging
from hookflash.api.product import API_2010, rfc_2822
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, lists
from hookflash.domain.call import Call
from hookflash.domain.clock import SECOND
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Cursor, Table
from hookflash.store.timeline import Event
from hookflash.webhooks.outcome import Attempt

from .calls import CALL

_decode = msgspec.json.Decoder(Attempt).decode


class CallEvents(Resource[Event]):
    """Rows of the timeline, which have no SID: a page is told by the stamp of its last row, in the form of one."""

    def scope_conditions(self, request: ApiRequest) -> list[Condition]:
        return [*super().scope_conditions(request), Condition("data", "IS NOT", None)]

    async def _read_page(
        self, tx: Tx, conditions: list[Condition], paging: Paging
    ) -> tuple[list[Event], bool, int | None]:
        cursor = Cursor(_stamp(paging.cursor.after), _stamp(paging.cursor.before), paging.cursor.skip)
        return await self._read_from(tx, conditions, paging, cursor)

    def _token_of(self, row: Event) -> str:
        return f"EV{row.stamp:032x}"


def _stamp(token: str | int | None) -> int | None:
    return int(str(token)[2:], 16) if token else None


def _request(row: Event) -> dict[str, Any]:
    attempt = _decode(row.data or "")
    return {"method": attempt.method, "url": attempt.url, "parameters": attempt.params}


def _response(row: Event) -> dict[str, Any]:
    attempt = _decode(row.data or "")
    headers = {name.lower(): value for name, value in attempt.response_headers}
    return {
        "response_code": attempt.status,
        "request_duration": attempt.duration,
        "date_created": rfc_2822((attempt.started_at + attempt.duration) // SECOND),
        "response_body": attempt.response_body,
        "content_type": headers.get("content-type"),
    }


EVENT = CallEvents(
    product=API_2010,
    path=f"{CALL.path}/{{CallSid}}/Events",
    name="Event",
    collection="events",
    sid="",
    table=Table("timeline", Event, key="stamp"),
    summary="A request to the application of a call, and its answer.",
    properties=(Property("request", _request), Property("response", _response)),
    scope={"CallSid": "subject"},
    condition=(Condition("kind", "=", "webhook"),),
    has_uri=False,
)
_page = lists(EVENT)


async def _list(request: ApiRequest) -> Answer:
    await the_call(request)
    return await _page.handler(request)


async def the_call(request: ApiRequest) -> Call:
    """The call that the path of a subresource names. Raises ApiError (20404)."""
    call = await request.exchange.store.read(load_call, request.account.sid, request.sids["CallSid"])
    if call is None:
        raise request.not_found()
    return call


OPERATIONS = (Operation("GET", EVENT.path, _list, "list"),)
