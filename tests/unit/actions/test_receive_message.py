"""A text comes in: whose it is, what is asked of whom, and the words that opt out."""

from typing import Any

import pytest
from tests.unit.actions.world import NUMBER, PERSON, World

from hookflash.actions.change_pool import add_short_code
from hookflash.actions.receive_message import PARTS_WAIT, give_up_waiting
from hookflash.actions.send_message import SANDBOX_NUMBER
from hookflash.carriers.carrier import InboundMessage
from hookflash.domain.account import AccountStatus
from hookflash.domain.clock import HOUR
from hookflash.domain.numbers import Application, Sandbox, ShortCode
from hookflash.domain.opt_out import DEFAULT, TOLL_FREE, Keyword
from hookflash.domain.sids import make_sid
from hookflash.errors import ApiError, Code

TOLL_FREE_NUMBER = "+18885550100"


async def test_a_text_becomes_a_message_and_its_number_is_asked(world: World) -> None:
    """One row, received; one webhook to the number's URL."""
    message = await world.text()
    assert message is not None
    assert (message.status.value, message.direction.value, message.kind) == ("received", "inbound", "SM")
    ((_, webhook),) = await world.asked()
    assert webhook.url == "https://app.example/sms"


async def test_what_a_carrier_brings_twice_is_received_once(world: World) -> None:
    """By its key, for days."""
    assert await world.text(dedupe="k1") is not None
    assert await world.text(dedupe="k1") is None
    assert await world.text(dedupe="k2") is not None


async def test_a_text_to_nobody_or_to_a_suspended_account_is_not_kept(world: World) -> None:
    """There is no account that could have it."""
    assert await world.text(recipient="+14155550999") is None
    await world.set_account(status=AccountStatus.SUSPENDED)
    assert await world.text() is None
    assert await world.messages() == []


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 1, 3, 3)])
async def test_parts_make_one_text_in_any_order(world: World, order: tuple[int, ...]) -> None:
    """Repeats change nothing, before and after the text is whole."""
    for part in (*order, 1, 2):
        await world.text(f"<{part}>", total=3, part=part, reference=7)
    (message,) = await world.messages()
    assert message.body == "<1><2><3>"
    assert await world.waiting("parts") == 0


async def test_a_part_that_never_comes_is_an_ellipsis_after_an_hour(world: World) -> None:
    """The rest is received then; a reference may be used again."""
    await world.text("a", total=3, part=1, reference=7)
    await world.text("c", total=3, part=3, reference=7)
    assert await world.lease("parts") == []
    world.now += PARTS_WAIT
    (job,) = await world.lease("parts")
    text = InboundMessage(carrier="hand", sender=PERSON, recipient=NUMBER, body="a", total=3, part=1, reference=7)
    await world.do(give_up_waiting, text, now=world.now)
    assert [message.body for message in await world.messages()] == ["a…c"]
    assert job.subject.isalnum(), "no number stands in a row's subject: it may be logged"
    world.now += 2 * HOUR
    for part in (1, 2, 3):
        await world.text(str(part), total=3, part=part, reference=7)
    assert [message.body for message in await world.messages()] == ["a…c", "123"]


async def test_a_part_out_of_range_is_a_text_of_its_own(world: World) -> None:
    """What a carrier miscounts is not lost."""
    assert await world.text("stray", total=2, part=3) is not None


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"inbound_request_url": "https://app.example/service"}, "https://app.example/service"),
        (
            {"inbound_request_url": "https://x.example/", "use_inbound_webhook_on_number": True},
            "https://app.example/own",
        ),
        ({}, None),
    ],
)
async def test_a_service_answers_for_its_numbers(world: World, settings: dict[str, Any], url: str | None) -> None:
    """With its URL; with the number's where it defers to that; with nothing where it has none."""
    number = await world.number("+14155550130", sms_url="https://app.example/own")
    service = await world.service(number, **settings)
    message = await world.text(recipient=number.phone_number)
    assert message is not None
    assert message.service_sid == service.sid
    assert [webhook.url for _, webhook in await world.asked()] == ([url] if url else [])


async def test_an_application_answers_for_a_number_and_for_a_sandbox(world: World) -> None:
    """Where one is named, its URLs count; a text to the sandbox begins with the PIN."""
    application = Application(
        account_sid=world.account.sid,
        sid=make_sid("AP"),
        sms_url="https://app.example/application",
        date_created=0,
        date_updated=0,
    )
    await world.insert("applications", application)
    await world.number("+14155550131", sms_application_sid=application.sid)
    sandbox = Sandbox(
        account_sid=world.account.sid,
        pin="12345678",
        phone_number=SANDBOX_NUMBER,
        application_sid=application.sid,
        date_created=0,
        date_updated=0,
    )
    await world.insert("sandboxes", sandbox)
    await world.text(recipient="+14155550131")
    assert await world.text("nothing", recipient=SANDBOX_NUMBER) is None
    assert await world.text("12345678 hello", recipient=SANDBOX_NUMBER) is not None
    assert [webhook.url for _, webhook in await world.asked()] == ["https://app.example/application"] * 2


async def refused(world: World, **wanted: Any) -> bool:
    try:
        await world.send(**wanted)
    except ApiError as error:
        return error.code is Code.OPTED_OUT
    return False


@pytest.mark.parametrize("word", ["STOP", " stopall ", "Unsubscribe", "CANCEL", "end", "QUIT", "optout", "REVOKE"])
async def test_a_word_stops_the_texts_of_a_number(world: World, word: str) -> None:
    """The pair is blocked and answered; the webhook is asked all the same (messages.md, section 12)."""
    await world.text(word)
    assert await refused(world)
    assert not await refused(world, to="+14155551313")
    reply = next(m for m in await world.messages() if m.direction.value == "outbound-reply")
    assert reply.body == DEFAULT.replies[Keyword.STOP]
    assert len(await world.asked()) == 1


@pytest.mark.parametrize("word", ["START", "yes", "UNSTOP"])
async def test_a_word_starts_them_again(world: World, word: str) -> None:
    """And is answered."""
    await world.text("STOP")
    await world.text(word)
    assert not await refused(world)
    assert DEFAULT.replies[Keyword.START] in [message.body for message in await world.messages()]


async def test_yes_means_nothing_from_someone_who_is_not_blocked(world: World) -> None:
    """It is an answer to some question of the application. HELP is answered, and blocks nothing."""
    await world.text("YES")
    assert len(await world.messages()) == 1
    await world.text("info")
    assert [message.body for message in await world.messages()][-1] == DEFAULT.replies[Keyword.HELP]
    await world.text("STOP it")
    assert not await refused(world)


async def test_toll_free_numbers_know_fewer_words(world: World) -> None:
    """Only STOP blocks there, and the network answers."""
    await world.number(TOLL_FREE_NUMBER, kind="toll-free")
    await world.text("QUIT", recipient=TOLL_FREE_NUMBER)
    assert not await refused(world, sender=TOLL_FREE_NUMBER)
    await world.text("stop", recipient=TOLL_FREE_NUMBER)
    assert await refused(world, sender=TOLL_FREE_NUMBER)
    assert [message.body for message in await world.messages()][-1] == TOLL_FREE.replies[Keyword.STOP]
    await world.text("yes", recipient=TOLL_FREE_NUMBER)
    assert await refused(world, sender=TOLL_FREE_NUMBER)
    await world.text("unstop", recipient=TOLL_FREE_NUMBER)
    assert not await refused(world, sender=TOLL_FREE_NUMBER)


async def test_a_stop_to_one_number_of_a_service_stops_the_whole_service(world: World) -> None:
    """Later failures carry 21610; the number is blocked outside its service too."""
    numbers = [await world.number(f"+1415555014{n}") for n in range(2)]
    service = await world.service(*numbers)
    await world.text("STOP", recipient=numbers[0].phone_number)
    message = await world.send(service_sid=service.sid)
    await world.release()
    assert await world.status(message.sid) == ("failed", 21610)
    assert await refused(world, service_sid=service.sid, sender=numbers[1].phone_number)
    assert await refused(world, sender=numbers[0].phone_number)
    await world.text("START", recipient=numbers[1].phone_number)
    assert not await refused(world, service_sid=service.sid, sender=numbers[1].phone_number)


async def test_a_short_code_alone_leaves_the_words_to_its_owner(world: World) -> None:
    """In a service the service handles them."""
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
    await world.text("STOP", recipient="40404")
    assert not await refused(world, sender="40404")
    service = await world.service()
    await world.do(add_short_code, code, service.sid, now=world.now)
    await world.text("STOP", recipient="40404")
    assert await refused(world, sender="40404")
