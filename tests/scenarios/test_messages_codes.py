"""Every code with which messages and messaging services refuse, provoked by a request."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.scenarios.messages_support import PERSON, Stage, stage
from tests.scenarios.rest_support import Reply
from tests.unit.api.provoked import MESSAGING

from hookflash.actions import change_pool, send_message
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.api.product import iso_8601
from hookflash.domain.account import AccountSettings, AccountType
from hookflash.domain.clock import DAY
from hookflash.errors import Code
from hookflash.store.store import Tx

Provoke = Callable[[Stage], Awaitable[Reply]]
CASES: dict[Code, Provoke] = {}
SERVICES = "/v1/Services"


def sends(code: Code, *media: str, **form: str) -> None:
    CASES[code] = lambda here: here.send(*media, **form)


def tries(code: Code, **form: str) -> None:
    """With the test credentials and their magic numbers."""
    wanted = {"To": PERSON, "From": "+15005550006", "Body": "x", **form}
    CASES[code] = lambda here: here.api.test.post("~/Messages.json", **wanted)


def provokes(code: Code) -> Callable[[Provoke], Provoke]:
    def add(case: Provoke) -> Provoke:
        assert code not in CASES
        CASES[code] = case
        return case

    return add


sends(Code.INVALID_TO, To="+1415")
sends(Code.INVALID_FROM, From="+1415")
sends(Code.INVALID_APPLICATION_SID, ApplicationSid="AP" + "0" * 32)
sends(Code.BODY_REQUIRED, Body="")
sends(Code.FROM_REQUIRED, From="")
sends(Code.TO_REQUIRED, To="")
sends(Code.FROM_NOT_OWNED, From="+14155550999")
sends(Code.INVALID_STATUS_CALLBACK, StatusCallback="nowhere")
sends(Code.NOT_REACHABLE, From="Emojified")
sends(Code.BODY_TOO_LONG, Body="x" * 1601)
sends(Code.INVALID_MEDIA_URL, "nowhere")
sends(Code.FROM_NOT_MMS, "https://a.example/b", From="Emojified", To="+4915112345678")
sends(Code.TOO_MANY_MEDIA, *["https://a.example/b"] * 11)
sends(Code.INVALID_VALIDITY, ValidityPeriod="36001")
sends(Code.INVALID_MAX_PRICE, MaxPrice="-1")
sends(Code.INVALID_CONTENT_SID, Body="", ContentSid="HX" + "0" * 32)
sends(Code.SERVICE_NOT_FOUND, MessagingServiceSid="MG" + "0" * 32)
sends(Code.SERVICE_INVALID, MessagingServiceSid="MG")
sends(Code.CHANNEL_MISMATCH, To="whatsapp:+14155551212")
sends(Code.CHANNEL_UNAVAILABLE, To="whatsapp:+14155551212", From="whatsapp:+14155238886")
sends(Code.INVALID_CONTENT_RETENTION, ContentRetention="keep")
sends(Code.INVALID_ADDRESS_RETENTION, AddressRetention="keep")
sends(Code.SCHEDULE_WITHOUT_TIME, ScheduleType="fixed")
sends(Code.SCHEDULE_OUTSIDE_WINDOW, ScheduleType="fixed", SendAt="2020-01-01T00:00:00Z")
sends(Code.INVALID_SCHEDULE_TYPE, ScheduleType="loose")
tries(Code.NOT_MOBILE, To="+15005550009")


@provokes(Code.LEGACY_BODY_TOO_LONG)
async def legacy_body(here: Stage) -> Reply:
    return await here.api.post("~/SMS/Messages.json", To=PERSON, From=here.number, Body="x" * 161)


@provokes(Code.SAME_TO_AND_FROM)
async def to_itself(here: Stage) -> Reply:
    return await here.send(To=here.number)


@provokes(Code.GEO_PERMISSION)
async def country(here: Stage) -> Reply:
    await here.api.operator_sets(here.api.sid, settings=AccountSettings(sms_countries=("PT",)))
    try:
        return await here.send()
    finally:
        await here.api.operator_sets(here.api.sid, settings=AccountSettings())


@provokes(Code.TRIAL_UNVERIFIED)
async def trial(here: Stage) -> Reply:
    await here.api.operator_sets(here.api.sid, type=AccountType.TRIAL)
    try:
        return await here.send()
    finally:
        await here.api.operator_sets(here.api.sid, type=AccountType.FULL)


@provokes(Code.OPTED_OUT)
async def stopped(here: Stage) -> Reply:
    await here.text("STOP", sender="+14155551999")
    await here.received(number="+14155551999")
    return await here.send(To="+14155551999")


@provokes(Code.QUEUE_FULL)
async def queue(here: Stage) -> Reply:
    for _ in range(2):
        reply = await here.send(From="Emojified", To="+4915112345678")
    return reply


# -- what may be done to a message --


async def far_off(here: Stage) -> dict[str, str]:
    """A message that is scheduled."""
    at = here.api.server.exchange.clock.now() + DAY
    service = await made(here)
    form = {"MessagingServiceSid": service, "ScheduleType": "fixed", "SendAt": iso_8601(at // 1000)}
    reply = await here.send(**form)
    message: dict[str, str] = reply.json
    return message


@provokes(Code.REDACT_TOO_EARLY)
async def redact(here: Stage) -> Reply:
    return await here.api.post((await far_off(here))["uri"], Body="")


@provokes(Code.NOT_COMPLETE)
async def delete(here: Stage) -> Reply:
    return await here.api.delete((await far_off(here))["uri"])


@provokes(Code.NOT_CANCELABLE)
async def cancel(here: Stage) -> Reply:
    return await here.api.post((await here.send()).json["uri"], Status="canceled")


@provokes(Code.NO_FEEDBACK_ASKED)
async def feedback(here: Stage) -> Reply:
    return await here.api.post((await here.send()).json["subresource_uris"]["feedback"])


@provokes(Code.SCHEDULE_LIMIT)
async def too_many(here: Stage) -> Reply:
    at = here.api.server.exchange.clock.now() + DAY
    form = {"MessagingServiceSid": await made(here), "ScheduleType": "fixed", "SendAt": iso_8601(at // 1000)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(send_message, "MAX_SCHEDULED", 0)
        return await here.send(**form)


@provokes(Code.SCHEDULE_WITHOUT_SERVICE)
async def no_service(here: Stage) -> Reply:
    at = here.api.server.exchange.clock.now() + DAY
    return await here.send(ScheduleType="fixed", SendAt=iso_8601(at // 1000))


# -- messaging services --


async def made(here: Stage) -> str:
    """A new service with an empty pool."""
    reply = await here.api.at("messaging.twilio.com").post(SERVICES, FriendlyName="pool")
    return str(reply.json["sid"])


async def add(here: Stage, service: str, **form: str) -> Reply:
    below = "AlphaSenders" if "AlphaSender" in form else "PhoneNumbers"
    return await here.api.at("messaging.twilio.com").post(f"{SERVICES}/{service}/{below}", **form)


@provokes(Code.INVALID_ALPHA_SENDER)
async def bad_name(here: Stage) -> Reply:
    return await add(here, await made(here), AlphaSender="12345")


@provokes(Code.DUPLICATE_SENDER)
async def twice(here: Stage) -> Reply:
    service, number = await made(here), await here.api.bought()
    await add(here, service, PhoneNumberSid=number["sid"])
    return await add(here, service, PhoneNumberSid=number["sid"])


@provokes(Code.SENDER_ELSEWHERE)
async def elsewhere(here: Stage) -> Reply:
    number = await here.api.bought()
    await add(here, await made(here), PhoneNumberSid=number["sid"])
    return await add(here, await made(here), PhoneNumberSid=number["sid"])


@provokes(Code.SENDER_NOT_IN_POOL)
async def outside(here: Stage) -> Reply:
    return await here.send(MessagingServiceSid=await made(here), From=here.number)


@provokes(Code.SENDER_POOL_FULL)
async def full(here: Stage) -> Reply:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(change_pool, "POOL_LIMIT", 0)
        return await add(here, await made(here), AlphaSender="Emojified")


@provokes(Code.SENDER_NOT_CAPABLE)
async def mute(here: Stage) -> Reply:
    number = await here.api.bought()
    await here.api.server.exchange.store.write(_mute, number["sid"])
    return await add(here, await made(here), PhoneNumberSid=number["sid"])


async def _mute(tx: Tx, sid: str) -> None:
    await tx.execute("UPDATE incoming_phone_numbers SET capabilities = '{\"sms\":false}' WHERE sid = ?", (sid,))


def test_every_code_has_a_request_that_provokes_it() -> None:
    """A code that nobody can trigger is dead; a refusal without a code is a bug."""
    assert set(CASES) == MESSAGING - {Code.CONFLICT}  # that one is our own API's


async def test_each_request_is_refused_with_its_code(tmp_path: Path) -> None:
    """Number, HTTP status and header say the same."""
    rates = SenderRates(alphanumeric=0.001, queue=0)
    async with stage(tmp_path / "data", receipt_delay=0, sender_rates=rates) as here:
        for code, case in CASES.items():
            reply = await case(here)
            assert (code.name, reply.code, reply.status) == (code.name, code.number, code.status)
            assert reply.headers["X-Twilio-Error-Code"] == str(code.number)
