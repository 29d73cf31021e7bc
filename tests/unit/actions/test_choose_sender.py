"""Messaging services: which sender a message gets, and what becomes of one that gets none."""

from typing import Any

import pytest
from tests.unit.actions.world import PERSON, World

from hookflash.actions.best_sender import best_sender
from hookflash.actions.change_pool import add_alpha_sender, add_short_code
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.actions.update_message import cancel_message
from hookflash.domain.clock import DAY, HOUR, SECOND
from hookflash.domain.numbers import ShortCode
from hookflash.domain.service import SenderKind, Service, ServiceSender
from hookflash.domain.sids import make_sid
from hookflash.errors import ApiError, Code

CALLBACK = "https://app.example/status"
NEAR, STATE, FAR, BRITISH = "+14155550120", "+12135550121", "+12125550122", "+442071838750"


def entry(sender: str, kind: SenderKind = SenderKind.PHONE_NUMBER, country: str = "US", *can: str) -> ServiceSender:
    return ServiceSender(
        account_sid="AC",
        service_sid="MG",
        sid=make_sid("PN"),
        kind=kind,
        sender=sender,
        country_code=country,
        capabilities=list(can or ("SMS", "MMS")),
        date_created=0,
        date_updated=0,
    )


def service(**settings: Any) -> Service:
    return Service(account_sid="AC", sid="MG", friendly_name="pool", date_created=0, date_updated=0, **settings)


NAME = entry("Emojified", SenderKind.ALPHA_SENDER, "")
CODE = entry("40404", SenderKind.SHORT_CODE)
ALL = [entry(BRITISH, country="GB"), entry(FAR), entry(STATE), entry(NEAR), CODE, NAME]


@pytest.mark.parametrize(
    ("recipient", "pool", "chosen"),
    [
        (PERSON, ALL, "40404"),
        ("+447400123456", ALL, "Emojified"),
        (PERSON, ALL[:4], NEAR),
        (PERSON, ALL[:3], STATE),
        (PERSON, ALL[:2], FAR),
        (PERSON, ALL[:1], BRITISH),
        ("+447400123456", ALL[:5], BRITISH),
        (PERSON, [NAME], None),
        ("+4915112345678", [CODE], None),
    ],
)
def test_the_best_sender_of_a_pool(recipient: str, pool: list[ServiceSender], chosen: str | None) -> None:
    """A name where names are taken, a short code of the country, then numbers: near, of the state, of the country."""
    found = best_sender(pool, recipient, service(), media=False)
    assert (found.sender if found else None) == chosen


def test_media_go_from_a_sender_that_carries_them_unless_they_may_become_links() -> None:
    """mms_converter makes any sender good enough."""
    text = entry(NEAR, SenderKind.PHONE_NUMBER, "US", "SMS")
    picture = entry(FAR)
    assert best_sender([text, picture], PERSON, service(mms_converter=False), media=True) == picture
    assert best_sender([text, picture], PERSON, service(), media=True) == text


def test_the_shorter_queue_goes_first_and_recipients_are_spread() -> None:
    """Among equals; and one recipient always gets the same sender."""
    pool = [entry(f"+121355501{n:02}") for n in range(10, 20)]
    busy = {each.sender: 1 for each in pool[1:]}
    people = [f"+1213555{n:04}" for n in range(200)]
    plain = service(area_code_geomatch=False)
    assert {choice(pool, person, plain, busy) for person in people} == {pool[0].sender}
    chosen = [choice(pool, person, plain, {}) for person in people]
    assert len(set(chosen)) == 10
    assert chosen == [choice(pool, person, plain, {}) for person in people]


def choice(pool: list[ServiceSender], recipient: str, pool_service: Service, queues: dict[str, int]) -> str | None:
    found = best_sender(pool, recipient, pool_service, media=False, queues=queues)
    return found.sender if found else None


async def test_a_service_message_is_accepted_then_queued_from_the_sender_it_chose(world: World) -> None:
    """`from` is null and `num_segments` 0 until then; "queued" is told."""
    pool = await world.service(await world.number(NEAR), status_callback=CALLBACK)
    message = await world.send(service_sid=pool.sid)
    assert (message.status.value, message.sender, message.num_segments) == ("accepted", None, 0)
    await world.release()
    kept = await world.message(message.sid)
    assert kept is not None
    assert (kept.status.value, kept.sender, kept.num_segments) == ("queued", NEAR, 1)
    assert await world.told() == ["queued"]
    assert len(await world.leaving()) == 1


async def test_the_recipient_keeps_its_sender_while_it_is_in_the_pool(world: World) -> None:
    """sticky_sender: also when a better one joins."""
    pool = await world.service(await world.number(FAR))
    await world.send(service_sid=pool.sid)
    await world.release()
    code = ShortCode(
        account_sid=world.account.sid,
        sid=make_sid("SC"),
        short_code="40404",
        friendly_name="",
        iso_country="US",
        date_created=0,
        date_updated=0,
    )
    await world.insert("short_codes", code)
    await world.do(add_short_code, code, pool.sid, now=world.now)
    await world.send(service_sid=pool.sid)
    await world.send(service_sid=pool.sid, to="+14155551313")
    await world.release()
    assert [message.sender for message in await world.messages()] == [FAR, FAR, "40404"]


@pytest.mark.parametrize(("numbers", "code"), [((), 21704), (("Emojified",), 21703)])
async def test_without_a_sender_the_message_fails(world: World, numbers: tuple[str, ...], code: int) -> None:
    """21704 when the pool is empty, 21703 when nobody in it reaches the recipient."""
    pool = await world.service()
    own = {"account_sid": world.account.sid, "service_sid": pool.sid, "country_code": ""}
    for name in numbers:
        await world.do(add_alpha_sender, name, now=world.now, **own)
    message = await world.send(service_sid=pool.sid, status_callback=CALLBACK)
    await world.release()
    assert await world.status(message.sid) == ("failed", code)
    assert await world.told() == ["failed"]


async def test_a_full_queue_is_30001_for_a_service(world: World) -> None:
    """Not 21611: the request was answered long before."""
    world.rates = SenderRates(long_code=1.0, queue=0)
    pool = await world.service(await world.number(NEAR))
    sent = [await world.send(service_sid=pool.sid) for _ in range(2)]
    await world.release()
    assert [await world.status(message.sid) for message in sent] == [("queued", None), ("failed", 30001)]


async def test_a_scheduled_message_is_released_at_its_time(world: World) -> None:
    """Its validity begins then; a canceled one never is."""
    pool = await world.service(await world.number(NEAR))
    week = world.now + 7 * DAY
    wanted = {"service_sid": pool.sid, "schedule_type": "fixed", "send_at": week, "status_callback": CALLBACK}
    message, canceled = await world.send(**wanted), await world.send(**wanted)
    await world.do(cancel_message, canceled, now=world.now)
    assert await world.told() == ["canceled"]
    world.now = week - 1 * SECOND
    await world.release()
    assert await world.status(message.sid) == ("scheduled", None)
    world.now = week + 9 * HOUR
    await world.release()
    (submit,) = await world.leaving()
    assert submit.message.sid == message.sid
    assert await world.status(canceled.sid) == ("canceled", None)
    with pytest.raises(ApiError) as refused:
        await world.do(cancel_message, submit.message, now=world.now)
    assert refused.value.code is Code.NOT_CANCELABLE


async def test_a_short_code_that_is_refused_falls_back_to_a_long_code(world: World) -> None:
    """fallback_to_long_code; without a long code the message fails as it did."""
    code = ShortCode(
        account_sid=world.account.sid,
        sid=make_sid("SC"),
        short_code="40404",
        friendly_name="",
        iso_country="US",
        date_created=0,
        date_updated=0,
    )
    await world.insert("short_codes", code)
    pool = await world.service(await world.number(NEAR), status_callback=CALLBACK)
    await world.do(add_short_code, code, pool.sid, now=world.now)
    message = await world.send(service_sid=pool.sid)
    await world.release()
    (submit,) = await world.leaving()
    assert submit.message.sender == "40404"
    await world.refused(submit, Code.MESSAGE_BLOCKED)
    (again,) = await world.leaving()
    assert again.message.sender == NEAR
    await world.refused(again, Code.MESSAGE_BLOCKED)
    assert await world.status(message.sid) == ("failed", 30004)
    assert await world.told() == ["queued", "failed"]
    assert await world.waiting("submit") == 0


async def test_a_sender_outside_the_pool_is_refused(world: World) -> None:
    """21711 when From and the service do not go together."""
    pool = await world.service(await world.number(NEAR))
    with pytest.raises(ApiError) as refused:
        await world.send(service_sid=pool.sid, sender="+14155550100")
    assert refused.value.code is Code.SENDER_NOT_IN_POOL
    assert (await world.send(service_sid=pool.sid, sender=NEAR)).status.value == "queued"
