"""Those who take part in a conference: called in, listed, muted, put on hold, told something, and put out."""

from typing import Any

from hookflash.actions.create_participant import create_participant
from hookflash.actions.load_call import load_call
from hookflash.actions.move_participant import change_awaited
from hookflash.actions.update_call import UpdateCall, update_call
from hookflash.api.params import boolean
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Filter, Operation, Property, Resource, lists, props
from hookflash.domain.call import CallStatus
from hookflash.domain.conference import NoSuchParticipantError, NotAdmittedError, ShownParticipant
from hookflash.domain.sids import is_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Table

from .conferences import CONFERENCE, hang_up, the_conference
from .participant_params import PARTICIPANT as PARAMS
from .participant_params import read_change, read_participant


def _truth(name: str, column: str) -> Filter:
    return Filter(name, lambda value: [Condition(column, "=", int(boolean(name, value)))])


class Participants(Resource[ShownParticipant]):
    """They have no SID of their own: it is that of their call, or their label."""

    def item_conditions(self, request: ApiRequest) -> list[Condition]:
        given = request.sids["CallSid"]
        column = "call_sid" if is_sid(given, "CA") else "label"
        return [*self.scope_conditions(request), Condition(column, "=", given)]

    def _item_of(self, row: ShownParticipant) -> str:
        return row.call_sid

    def _token_of(self, row: ShownParticipant) -> str:
        return row.call_sid


PARTICIPANT = Participants(
    product=API_2010,
    path=f"{CONFERENCE.path}/{{ConferenceSid}}/Participants",
    name="Participant",
    collection="participants",
    sid="",
    item="{CallSid}",
    table=Table("participants", ShownParticipant, key="call_sid"),
    summary="A call that takes part in a conference, or is on its way there. The conference may be named instead of "
    "its SID, and the label may stand for the SID of the call.",
    properties=(
        *props("account_sid", "call_sid", "conference_sid", "label", "call_sid_to_coach", "coaching", "muted", "hold"),
        *props("start_conference_on_enter", "end_conference_on_exit", "status"),
        Property("queue_time", lambda row: str(row.queue_time)),
        *props("date_created", "date_updated"),
    ),
    params=PARAMS,
    filters=(_truth("Muted", "muted"), _truth("Hold", "hold"), _truth("Coaching", "coaching")),
    scope={"ConferenceSid": "conference_sid"},
)
_ITEM = f"{PARTICIPANT.path}/{PARTICIPANT.item}"
_page = lists(PARTICIPANT)


async def _list(request: ApiRequest) -> Answer:
    await the_conference(request)
    return await _page.handler(request)


async def _create(request: ApiRequest) -> Answer:
    exchange = request.exchange
    row = await exchange.store.write(
        create_participant,
        read_participant(request.form, exchange.vault.seal),
        request.sids["ConferenceSid"],
        account=request.account,
        now=request.now,
        rules=exchange.settings.call_rules,
    )
    request.sids["ConferenceSid"] = row.conference_sid
    return PARTICIPANT.answer(request, row, 201)


async def _fetch(request: ApiRequest) -> Answer:
    return PARTICIPANT.answer(request, await _row(request))


async def _update(request: ApiRequest) -> Answer:
    exchange, change = request.exchange, read_change(request.form)
    row = await _row(request)
    if change.coaches == row.call_sid:
        raise ApiError(Code.INVALID_PARAMETER, name="CallSidToCoach", why="nobody coaches themselves")
    try:
        await exchange.telephony.conferences.change(row.conference_sid, row.call_sid, change)
    except NoSuchParticipantError:  # its phone still rings
        await exchange.store.write(change_awaited, row, change, now=request.now)
    except NotAdmittedError as refusal:
        raise _refused(refusal, change.coaches) from None
    return PARTICIPANT.answer(request, await exchange.store.read(PARTICIPANT.row, request))


async def _delete(request: ApiRequest) -> Answer:
    row = await _row(request)
    try:
        await request.exchange.telephony.conferences.kick(row.conference_sid, row.call_sid)
    except NoSuchParticipantError:  # its phone still rings
        if await request.exchange.store.write(_withdraw, row, now=request.now):
            await hang_up(request, row.call_sid)
    return Answer(204)


async def _row(request: ApiRequest) -> ShownParticipant:
    await the_conference(request)
    return await request.exchange.store.read(PARTICIPANT.row, request)


async def _withdraw(tx: Tx, row: ShownParticipant, *, now: int) -> bool:
    """End a call that is not in the conference yet; returns whether it is live."""
    call = await load_call(tx, row.account_sid, row.call_sid)
    if call is None or call.is_final:
        return False
    return await update_call(tx, call, UpdateCall(status=CallStatus.COMPLETED), now=now) is not None


def _refused(refusal: NotAdmittedError, coached: Any) -> ApiError:
    code = Code.COACHED_ON_HOLD if refusal.code == Code.COACHED_ON_HOLD.number else Code.COACHED_ABSENT
    return ApiError(code, sid=coached)


OPERATIONS = (
    Operation("POST", PARTICIPANT.path, _create, "create"),
    Operation("GET", PARTICIPANT.path, _list, "list"),
    Operation("GET", _ITEM, _fetch, "fetch"),
    Operation("POST", _ITEM, _update, "update"),
    Operation("DELETE", _ITEM, _delete, "delete"),
)
