"""Numbers that are verified by a call, as actions: what is told, and told once, whatever comes between."""

import msgspec
import pytest
from tests.unit.actions.world import NUMBER, PERSON, World

from hookflash.actions.begin_dials import begin_dials
from hookflash.actions.check_callee import CallRules
from hookflash.actions.close_lost_calls import close_lost_calls
from hookflash.actions.load_call import load_call
from hookflash.actions.move_call import move_call
from hookflash.actions.status_callback import StatusCallback
from hookflash.actions.validate_caller_id import ValidateCallerId, take_for_verified, validate_caller_id
from hookflash.domain.account import AccountSettings, AccountType
from hookflash.domain.call import Call, CallStatus
from hookflash.domain.clock import SECOND
from hookflash.domain.numbers import OutgoingCallerId
from hookflash.domain.sids import make_sid
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.store import Tx

RULES = CallRules(calls_per_second=1.0)
TOLD = "https://app.example/told"


async def asked(world: World, number: str = PERSON, **more: str | int) -> Call:
    wanted = msgspec.convert({"number": number, "code": "123456", "status_callback": TOLD, **more}, ValidateCallerId)
    return await world.do(validate_caller_id, wanted, account=world.account, now=world.now, rules=RULES)


async def told(world: World) -> list[dict[str, str]]:
    jobs = await world.lease("callback")
    return [msgspec.json.decode(job.payload, type=StatusCallback).params for job in jobs]


async def end(world: World, call: Call) -> None:
    """The call was answered, and is over."""
    for status in (CallStatus.IN_PROGRESS, CallStatus.COMPLETED):

        async def move(tx: Tx, status: CallStatus = status) -> None:
            row = await load_call(tx, call.account_sid, call.sid)
            assert row is not None
            await move_call(tx, row, status, now=world.now, sentence="It moves")

        await world.do(move)


async def verified(world: World, account_sid: str, number: str = PERSON) -> None:
    row = OutgoingCallerId(
        account_sid=account_sid,
        sid=make_sid("PN"),
        phone_number=number,
        friendly_name="theirs",
        date_created=1,
        date_updated=1,
    )
    await world.insert("outgoing_caller_ids", row)


async def test_it_is_a_call_of_the_account(world: World) -> None:
    """From a number of the account, with the keys of the extension; it leaves the queue after the delay."""
    call = await asked(world, extension="42", delay=7)
    assert (call.sender, call.recipient, call.options.send_digits) == (NUMBER, PERSON, "42")
    assert await world.do(outbox.next_due, "dial") == world.now + 7 * SECOND


async def test_the_right_code_verifies_the_number_once(world: World) -> None:
    """It is told at once, and the end of the call tells nothing more."""
    call = await asked(world)
    assert await world.do(take_for_verified, call.account_sid, call.sid, now=world.now)
    assert await world.do(take_for_verified, call.account_sid, call.sid, now=world.now)
    await end(world, call)
    (params,) = await told(world)
    assert (params["VerificationStatus"], params["To"]) == ("success", PERSON)
    assert await world.do(is_verified, world.account.sid)


async def is_verified(tx: Tx, account_sid: str) -> bool:
    return bool(await tx.value("numbers.verified", account_sid=account_sid, number=PERSON))


async def test_a_call_that_ends_without_the_code_is_told_of(world: World) -> None:
    """However it ends; a server that died in the middle tells it at its next start."""
    call = await asked(world)
    await world.do(begin_dials, await world.lease("dial"), now=world.now)
    await world.do(close_lost_calls, {}, now=world.now)
    (params,) = await told(world)
    assert (params["VerificationStatus"], params["CallSid"]) == ("failed", call.sid)


async def test_two_calls_for_one_number_verify_it_once(world: World) -> None:
    """Both name the same OutgoingCallerId."""
    calls = [await asked(world), await asked(world)]
    for call in calls:
        assert await world.do(take_for_verified, call.account_sid, call.sid, now=world.now)
    first, second = await told(world)
    assert first["OutgoingCallerIdSid"] == second["OutgoingCallerIdSid"]


async def test_another_account_may_be_faster(world: World) -> None:
    """Then the code is of no use, and the call ends as one that failed."""
    call = await asked(world)
    await verified(world, make_sid("AC"))
    assert not await world.do(take_for_verified, call.account_sid, call.sid, now=world.now)
    await end(world, call)
    assert [params["VerificationStatus"] for params in await told(world)] == ["failed"]


async def test_a_trial_account_may_ask(world: World) -> None:
    """It has to, before it can call anybody."""
    await world.set_account(type=AccountType.TRIAL)
    assert (await asked(world)).recipient == PERSON


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("12", Code.INVALID_CALLER_ID),
        ("911", Code.INVALID_CALLER_ID),
        ("sip:ann@example.com", Code.INVALID_CALLER_ID),
        ("+19005550100", Code.PREMIUM_NUMBER),
        ("+4915112345678", Code.VOICE_GEO_PERMISSION),
    ],
)
async def test_numbers_that_no_call_may_go_to(world: World, number: str, code: Code) -> None:
    """They are refused before anybody is called."""
    await world.set_account(settings=AccountSettings(voice_countries=("US",)))
    with pytest.raises(ApiError) as refused:
        await asked(world, number)
    assert refused.value.code is code
