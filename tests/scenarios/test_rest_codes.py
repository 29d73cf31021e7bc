"""Every code of the platform, provoked by a request: a code that nobody can trigger is dead."""

import sys
from collections.abc import Awaitable, Callable
from io import BytesIO
from unittest.mock import patch

from tests.scenarios.calls_support import HandMade
from tests.scenarios.edge_support import Gate, SideEdge
from tests.scenarios.rest_support import V2010, Api, Reply
from tests.unit.api.provoked import PLATFORM

from hookflash.api.request import Answer, ApiRequest
from hookflash.domain.account import AccountSettings, AccountStatus, AccountType
from hookflash.domain.numbers import OutgoingCallerId
from hookflash.domain.sids import make_sid
from hookflash.errors import Code
from hookflash.store.store import StoreFullError, Tx

Provoke = Callable[[Api], Awaitable[Reply]]
CASES: dict[Code, Provoke] = {}

ACCOUNTS = f"{V2010}/Accounts"
OWNED = "~/IncomingPhoneNumbers.json"
CALLER_IDS = "~/OutgoingCallerIds.json"
LOCAL = "~/AvailablePhoneNumbers/US/Local.json"


def provokes(code: Code) -> Callable[[Provoke], Provoke]:
    def add(case: Provoke) -> Provoke:
        assert code not in CASES
        CASES[code] = case
        return case

    return add


def gets(code: Code, path: str, **query: str) -> None:
    CASES[code] = lambda api: api.get(path, **query)


def posts(code: Code, path: str, **form: str) -> None:
    CASES[code] = lambda api: api.post(path, **form)


def configures(code: Code, **form: str) -> None:
    """An update of a number that the account has."""

    async def case(api: Api) -> Reply:
        return await api.post((await api.bought())["uri"], **form)

    CASES[code] = case


# -- the platform --

gets(Code.NOT_FOUND, "~/Nothing/Here.json")
gets(Code.PAGE_OUT_OF_RANGE, "~/Keys.json", Page="7")
gets(Code.PAGE_SIZE_TOO_LARGE, "~/Keys.json", PageSize="1001")
gets(Code.INVALID_PAGE_TOKEN, "~/Keys.json", PageToken="PAnonsense")
gets(Code.MALFORMED_REQUEST, "~/Keys.json?FriendlyName=%FF")
gets(Code.MISSING_PARAMETER, LOCAL, InRateCenter="OAKLAND")
posts(Code.INVALID_PARAMETER, "~/Applications.json", VoiceCallerIdLookup="perhaps")
posts(Code.INVALID_FRIENDLY_NAME, f"{ACCOUNTS}.json", FriendlyName="x" * 65)


@provokes(Code.UNAUTHENTICATED)
async def wrong_token(api: Api) -> Reply:
    return await api.signed_in(api.sid, "wrong").get("~.json")


@provokes(Code.SUSPENDED_ACCOUNT)
async def suspended(api: Api) -> Reply:
    sub = await api.subaccount()
    await api.post(f"{ACCOUNTS}/{sub.sid}.json", Status="suspended")
    return await sub.get("~/Messages.json")


@provokes(Code.METHOD_NOT_ALLOWED)
async def delete_of_a_list(api: Api) -> Reply:
    return await api.delete("~/Keys.json")


@provokes(Code.TEST_CREDENTIALS)
async def with_test_credentials(api: Api) -> Reply:
    return await api.test.get("~/Messages.json")


@provokes(Code.BODY_TOO_LARGE)
async def large_body(api: Api) -> Reply:
    return await api.ask("POST", "~/Messages.json", form=BytesIO(b"Body=" + b"x" * 1024 * 1024))


@provokes(Code.TOO_MANY_REQUESTS)
async def one_too_many(api: Api) -> Reply:
    gate = Gate()
    edge = SideEdge(api, gate.handler, concurrent_requests=1)
    async with gate.held_by(edge.ask()):
        return await edge.ask()


@provokes(Code.INTERNAL)
async def bug(api: Api) -> Reply:
    async def broken(request: ApiRequest) -> Answer:
        raise ZeroDivisionError

    return await SideEdge(api, broken).ask()


@provokes(Code.UNAVAILABLE)
async def full_disk(api: Api) -> Reply:
    async def full(request: ApiRequest) -> Answer:
        raise StoreFullError("the disk is full")

    return await SideEdge(api, full).ask()


# -- accounts --


@provokes(Code.SUBACCOUNT_OF_SUBACCOUNT)
async def grandchild(api: Api) -> Reply:
    return await (await api.subaccount()).post(f"{ACCOUNTS}.json")


@provokes(Code.INVALID_ACCOUNT_STATUS)
async def unknown_status(api: Api) -> Reply:
    sub = await api.subaccount()
    return await api.post(f"{ACCOUNTS}/{sub.sid}.json", Status="asleep")


posts(Code.OWN_STATUS, "~.json", Status="closed")


@provokes(Code.PARENT_SUSPENDED)
async def parent_suspended(api: Api) -> Reply:
    sub = await api.subaccount()
    await api.operator_sets(api.sid, status=AccountStatus.SUSPENDED)
    try:
        return await sub.post("~.json", Status="closed")
    finally:
        await api.operator_sets(api.sid, status=AccountStatus.ACTIVE)


@provokes(Code.SUSPENDED_BY_OPERATOR)
async def suspended_by_operator(api: Api) -> Reply:
    sub = await api.subaccount()
    settings = AccountSettings(suspended_by_operator=True)
    await api.operator_sets(sub.sid, status=AccountStatus.SUSPENDED, settings=settings)
    return await api.post(f"{ACCOUNTS}/{sub.sid}.json", Status="active")


@provokes(Code.ACCOUNT_CLOSED)
async def closed(api: Api) -> Reply:
    sub = await api.subaccount()
    await api.post(f"{ACCOUNTS}/{sub.sid}.json", Status="closed")
    return await api.post(f"{ACCOUNTS}/{sub.sid}.json", Status="active")


async def on_trial(api: Api, ask: Provoke) -> Reply:
    await api.operator_sets(api.sid, type=AccountType.TRIAL)
    try:
        return await ask(api)
    finally:
        await api.operator_sets(api.sid, type=AccountType.FULL)


@provokes(Code.TOO_MANY_SUBACCOUNTS)
async def second_trial_subaccount(api: Api) -> Reply:
    await api.subaccount()
    return await on_trial(api, lambda api: api.post(f"{ACCOUNTS}.json"))


@provokes(Code.TRIAL_SUBACCOUNT)
async def number_of_a_trial_subaccount(api: Api) -> Reply:
    sub = await api.subaccount()
    await api.operator_sets(sub.sid, type=AccountType.TRIAL)
    return await sub.post(OWNED, AreaCode="415")


@provokes(Code.TRIAL_NUMBERS)
async def second_trial_number(api: Api) -> Reply:
    return await on_trial(api, lambda api: api.post(OWNED, AreaCode="415"))


# -- numbers --

posts(Code.INVALID_NUMBER, OWNED, PhoneNumber="12")
posts(Code.NUMBER_NOT_AVAILABLE, OWNED, PhoneNumber="+15005550006")
posts(Code.INVALID_AREA_CODE, OWNED, AreaCode="4155")
posts(Code.NO_NUMBERS_FOUND, OWNED, AreaCode="999")
gets(Code.AREA_CODE_UNSUPPORTED, "~/AvailablePhoneNumbers/GB/Local.json", AreaCode="415")
gets(Code.INVALID_CONTAINS, LOCAL, Contains="*")
posts(Code.INVALID_URL, OWNED, AreaCode="415", SmsUrl="example.com")
posts(Code.INVALID_METHOD, OWNED, AreaCode="415", SmsMethod="PATCH")
posts(Code.VOICE_FALLBACK_WITHOUT_URL, OWNED, AreaCode="415", VoiceUrl="", VoiceFallbackUrl="http://example.com/")
configures(Code.SMS_FALLBACK_WITHOUT_URL, SmsUrl="", SmsFallbackUrl="http://example.com/")
configures(Code.INVALID_APPLICATION, SmsApplicationSid="AP" + "0" * 32)
configures(Code.TRANSFER_INVALID_ACCOUNT, AccountSid="AC1")
configures(Code.TRANSFER_MISSING_ACCOUNT, AccountSid="AC" + "0" * 32)


async def available(api: Api, path: str) -> str:
    found = (await api.get(f"~/AvailablePhoneNumbers/{path}.json", PageSize="1")).json
    number: str = found["available_phone_numbers"][0]["phone_number"]
    return number


@provokes(Code.NOT_SMS_CAPABLE)
async def texts_to_a_land_line(api: Api) -> Reply:
    number = await available(api, "GB/Local")
    return await api.post(OWNED, PhoneNumber=number, SmsUrl="https://example.com/sms")


@provokes(Code.NUMBER_TYPE_MISMATCH)
async def toll_free_as_local(api: Api) -> Reply:
    return await api.post("~/IncomingPhoneNumbers/Local.json", PhoneNumber=await available(api, "US/TollFree"))


@provokes(Code.ADDRESS_REQUIRED)
async def without_address(api: Api) -> Reply:
    return await api.post(OWNED, PhoneNumber=await available(api, "PT/Local"))


@provokes(Code.LOCAL_ADDRESS_REQUIRED)
async def without_local_address(api: Api) -> Reply:
    return await api.post(OWNED, PhoneNumber=await available(api, "DE/Local"))


async def verified(api: Api, account_sid: str, number: str) -> None:
    """A number that the account may show."""
    row = OutgoingCallerId(
        account_sid=account_sid,
        sid=make_sid("PN"),
        phone_number=number,
        friendly_name="mine",
        date_created=1,
        date_updated=1,
    )

    async def add(tx: Tx) -> None:
        await tx.insert("outgoing_caller_ids", row)

    await api.server.exchange.store.write(add)


@provokes(Code.NUMBER_ALREADY_VERIFIED)
async def verified_twice(api: Api) -> Reply:
    await verified(api, api.sid, "+12025550199")
    return await api.post(CALLER_IDS, PhoneNumber="(202) 555-0199")


@provokes(Code.NUMBER_VERIFIED_ELSEWHERE)
async def verified_by_another(api: Api) -> Reply:
    await verified(api, (await api.subaccount()).sid, "+12025550198")
    return await api.post(CALLER_IDS, PhoneNumber="(202) 555-0198")


posts(Code.INVALID_CALLER_ID, CALLER_IDS, PhoneNumber="12")
posts(Code.INVALID_CALL_DELAY, CALLER_IDS, PhoneNumber="+12025550143", CallDelay="61")
posts(Code.INVALID_CALLBACK_URL, CALLER_IDS, PhoneNumber="+12025550143", StatusCallback="here")


@provokes(Code.ACTION_DISABLED)
async def mp3_without_an_encoder(api: Api) -> Reply:
    row = await HandMade(api).recorded()
    with patch.dict(sys.modules, {"lameenc": None}):  # as where the extra is not installed
        return await api.get(f"~/Recordings/{row.sid}.mp3")


@provokes(Code.TRANSFER_NOT_PARENT)
async def transfer_by_a_subaccount(api: Api) -> Reply:
    sub = await api.subaccount()
    return await sub.post((await sub.bought())["uri"], AccountSid=api.sid)


@provokes(Code.TRANSFER_INACTIVE_ACCOUNT)
async def transfer_to_a_closed_account(api: Api) -> Reply:
    sub = await api.subaccount()
    await api.post(f"{ACCOUNTS}/{sub.sid}.json", Status="closed")
    return await api.post((await api.bought())["uri"], AccountSid=sub.sid)


@provokes(Code.TRANSFER_UNRELATED_ACCOUNT)
async def transfer_to_a_stranger(api: Api) -> Reply:
    stranger = await api.subaccount()
    await api.operator_sets(stranger.sid, owner_sid=stranger.sid)
    return await api.post((await api.bought())["uri"], AccountSid=stranger.sid)


async def test_every_code_of_the_platform_has_a_request_that_provokes_it(api: Api) -> None:
    """Number and status are those of the catalogue, the header repeats the code, the object is whole."""
    assert set(CASES) == PLATFORM
    for code, provoke in CASES.items():
        reply = await provoke(api)
        assert (reply.status, reply.code) == (code.status, code.number), (code.name, reply.text)
        assert reply.headers["x-twilio-error-code"] == str(code.number), code.name
        assert set(reply.error) == {"code", "message", "more_info", "status"}
        assert reply.error["status"] == code.status
        assert reply.error["more_info"].endswith(f"/docs/errors/{code.number}")
