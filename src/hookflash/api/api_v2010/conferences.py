"""Conferences: found, ended, and told something."""

from contextlib import suppress

from hookflash.actions.close_conference import close_conference
from hookflash.actions.move_conference import load_conference
from hookflash.api.params import Param, choice, read_params
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Property, Resource, dates, exact, fetches, lists, props
from hookflash.domain.call import NoSuchCallError, Source
from hookflash.domain.conference import Conference, EndReason, NoSuchParticipantError
from hookflash.domain.sids import is_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table

from .call_params import call_method, call_url

CONFERENCE = Resource(
    product=API_2010,
    path="/2010-04-01/Accounts/{AccountSid}/Conferences",
    name="Conference",
    collection="conferences",
    sid="CF",
    table=Table("conferences", Conference),
    summary="Calls that hear each other. It begins with the first that takes part.",
    properties=(
        *props("sid", "account_sid", "friendly_name", "status", "region", "reason_conference_ended"),
        Property("call_sid_ending_conference"),
        *props("api_version", "date_created", "date_updated"),
    ),
    params=(
        Param("Status", "status", choice("completed")),
        Param("AnnounceUrl", "announce_url", call_url),
        Param("AnnounceMethod", "announce_method", call_method),
    ),
    filters=(
        exact("Status", "status"),
        exact("FriendlyName", "friendly_name"),
        *dates("DateCreated", "date_created"),
        *dates("DateUpdated", "date_updated"),
    ),
    children={"participants": "Participants", "recordings": "Recordings"},
)
_ITEM = f"{CONFERENCE.path}/{CONFERENCE.item}"


async def _update(request: ApiRequest) -> Answer:
    values = read_params(request.form, CONFERENCE.params, creating=False)
    conference = await request.exchange.store.read(CONFERENCE.row, request)
    if values.get("announce_url"):
        source = Source(url=values["announce_url"], method=values.get("announce_method", "POST"))
        try:
            request.exchange.telephony.conferences.announce(conference.sid, source)
        except NoSuchParticipantError:
            raise ApiError(Code.CONFERENCE_OVER, sid=conference.sid) from None
    if "status" in values and not conference.is_over:
        await _end(request, conference)
    return CONFERENCE.answer(request, await request.exchange.store.read(CONFERENCE.row, request))


async def _end(request: ApiRequest, conference: Conference) -> None:
    exchange = request.exchange
    try:
        await exchange.telephony.conferences.end(conference.sid)
    except NoSuchParticipantError:  # nobody is in it yet
        ringing = await exchange.store.write(
            close_conference, conference.account_sid, conference.sid, EndReason.API, now=request.now
        )
        for call_sid in ringing:
            await hang_up(request, call_sid)


async def hang_up(request: ApiRequest, call_sid: str) -> None:
    """End a call that was made for a conference, unless it is over by now."""
    with suppress(NoSuchCallError):
        await request.exchange.calls.hang_up(call_sid)


async def the_conference(request: ApiRequest) -> Conference:
    """The conference that the path of a subresource names, by its SID or, while it is open, its name.

    Further on the path has its SID. Raises ApiError (20404).
    """
    conference = await request.exchange.store.read(_named, request.account.sid, request.sids["ConferenceSid"])
    if conference is None:
        raise request.not_found()
    request.sids["ConferenceSid"] = conference.sid
    return conference


async def _named(tx: Tx, account_sid: str, given: str) -> Conference | None:
    if is_sid(given, "CF"):
        return await load_conference(tx, account_sid, given)
    return await tx.one(Conference, "conferences.open_by_name", account_sid=account_sid, friendly_name=given)


OPERATIONS = (
    lists(CONFERENCE),
    fetches(CONFERENCE),
    Operation("POST", _ITEM, _update, "update"),
)
