"""Messages of the test credentials: the magic numbers of accounts-numbers.md, section 9."""

from typing import Any

import msgspec
import pytest
from tests.unit.actions.world import PERSON, World

from hookflash.actions.send_message import MESSAGES, SendMessage
from hookflash.actions.send_test_message import call_back_about_test, check_test_message
from hookflash.actions.status_callback import StatusCallback
from hookflash.errors import ApiError, Code
from hookflash.store import outbox

OK = "+15005550006"


def wanted(to: str = PERSON, sender: str = OK, **more: Any) -> SendMessage:
    return SendMessage(to=to, sender=sender, body="x", **more)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (wanted(sender="+15005550001"), Code.INVALID_FROM),
        (wanted(sender="+15005550007"), Code.FROM_NOT_OWNED),
        (wanted(sender="+15005550008"), Code.QUEUE_FULL),
        (wanted(sender="+14155550100"), Code.FROM_NOT_OWNED),
        (wanted("+15005550001"), Code.INVALID_TO),
        (wanted("+15005550002"), Code.NOT_REACHABLE),
        (wanted("+15005550003"), Code.GEO_PERMISSION),
        (wanted("+15005550004"), Code.OPTED_OUT),
        (wanted("+15005550009"), Code.NOT_MOBILE),
        (wanted("+1415"), Code.INVALID_TO),
        (wanted(service_sid="MG" + "0" * 32), Code.SERVICE_NOT_FOUND),
        (wanted(to=""), Code.TO_REQUIRED),
    ],
)
async def test_each_magic_number_brings_its_error(world: World, request_: SendMessage, code: Code) -> None:
    """Live numbers cannot be used as From; services are not visible."""
    with pytest.raises(ApiError) as refused:
        check_test_message(request_, account=world.account, now=world.now, rules=MESSAGES)
    assert refused.value.code is code


async def test_a_valid_one_looks_queued_and_is_not_kept(world: World) -> None:
    """Under the SID of the test account, however the number is written."""
    made = check_test_message(wanted(sender="(500) 555-0006"), account=world.account, now=world.now, rules=MESSAGES)
    assert (made.sender, made.status.value, made.account_sid) == (OK, "queued", world.account.test_sid)
    assert await world.messages() == []


async def test_callbacks_of_ours_tell_sent_then_delivered(world: World) -> None:
    """One after the other, signed with the test token."""
    request = wanted(status_callback="https://app.example/s")
    made = check_test_message(request, account=world.account, now=world.now, rules=MESSAGES)
    await world.do(call_back_about_test, made, account=world.account, now=world.now)
    told = []
    while jobs := await world.lease("callback"):
        (job,) = jobs
        callback = msgspec.json.decode(job.payload, type=StatusCallback)
        assert callback.test
        assert callback.params["AccountSid"] == world.account.test_sid
        told.append(callback.params["MessageStatus"])
        await world.do(outbox.finish, job)
    assert told == ["sent", "delivered"]
