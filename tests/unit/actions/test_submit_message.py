"""A message leaves: submits, their answers, receipts, and what of it an application is told."""

import pytest
from tests.unit.actions.world import NUMBER, PERSON, World

from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.actions.submit_message import Submit, outbound
from hookflash.carriers.carrier import CarrierRefusedError
from hookflash.domain.account import AccountStatus
from hookflash.domain.clock import HOUR, SECOND
from hookflash.errors import ApiError, Code

CALLBACK = "https://app.example/status"


async def test_a_message_is_queued_sent_and_delivered_and_each_is_told_once(world: World) -> None:
    """No callback for the first status nor for "sending" (messages.md, section 5)."""
    message = await world.send(status_callback=CALLBACK)
    (submit,) = await world.leaving()
    assert await world.status(message.sid) == ("sending", None)
    await world.taken(submit, "x1")
    await world.receipt("x1", "delivered")
    await world.receipt("x1", "delivered")
    assert await world.status(message.sid) == ("delivered", None)
    assert await world.told() == ["sent", "delivered"]


async def test_a_receipt_with_an_error_leaves_the_message_undelivered(world: World) -> None:
    """With the code of the receipt, or 30008 when it names none."""
    for said, kept in ((30003, 30003), (None, 30008)):
        message = await world.send()
        (submit,) = await world.leaving()
        await world.taken(submit)
        await world.receipt(message.sid, "undelivered", said)
        assert await world.status(message.sid) == ("undelivered", kept)


async def test_a_receipt_before_the_answer_to_its_submit_is_applied_then(world: World) -> None:
    """It is kept, and an intermediate one that follows does not push it out."""
    message = await world.send()
    (submit,) = await world.leaving()
    await world.receipt("early", "delivered")
    await world.receipt("early", "sent")
    await world.taken(submit, "early")
    assert await world.status(message.sid) == ("delivered", None)


async def test_a_message_of_parts_is_delivered_with_the_last_of_them(world: World) -> None:
    """Also when the first receipt came before the answer to the submit; one part that fails is enough to fail."""
    for last, status in (("delivered", ("delivered", None)), ("failed", ("undelivered", 30008))):
        message = await world.send(body="x" * 200)
        (submit,) = await world.leaving()
        await world.receipt(f"a{last}", "delivered")
        await world.taken(submit, f"a{last}", f"b{last}")
        assert await world.status(message.sid) == ("sent", None)
        await world.receipt(f"b{last}", last)
        assert await world.status(message.sid) == status


async def test_of_two_answers_to_one_message_the_first_counts(world: World) -> None:
    """A submit whose lease ran out is made again; its late answer neither moves the message back nor is told."""
    message = await world.send(status_callback=CALLBACK)
    (submit,) = await world.leaving()
    world.now += HOUR // 20
    (again,) = await world.leaving()
    await world.taken(submit, "x1")
    await world.receipt("x1", "delivered")
    await world.refused(again)
    assert await world.status(message.sid) == ("delivered", None)
    assert await world.told() == ["sent", "delivered"]
    assert await world.waiting("submit") == 0


async def test_a_busy_carrier_delays_a_message_and_its_lane_and_tells_nobody(world: World) -> None:
    """The pause grows with each try; those behind it wait for it, other recipients do not."""
    first = await world.send(status_callback=CALLBACK)
    await world.send(body="second")
    other = await world.send(to="+14155551313")
    leaving = await world.leaving()
    assert [submit.message.sid for submit in leaving] == [first.sid, other.sid]
    await world.busy(leaving[0])
    assert await world.status(first.sid) == ("queued", None)
    assert await world.leaving() == []
    world.now += 1 * SECOND
    (again,) = await world.leaving()
    await world.busy(again)
    world.now += 1 * SECOND
    assert await world.leaving() == []
    assert await world.told() == []


async def test_messages_of_one_pair_leave_in_order(world: World) -> None:
    """Each goes when the one before it was answered."""
    sent = [await world.send(body=str(number)) for number in range(3)]
    for message in sent:
        (submit,) = await world.leaving()
        assert submit.message.sid == message.sid
        await world.taken(submit)


async def test_what_expired_or_was_suspended_does_not_leave(world: World) -> None:
    """After the validity period 30036; from a suspended account 30002."""
    late = await world.send(validity_period=60)
    world.now += 61 * SECOND
    assert await world.leaving() == []
    assert await world.status(late.sid) == ("failed", 30036)
    stopped = await world.send()
    await world.set_account(status=AccountStatus.SUSPENDED)
    assert await world.leaving() == []
    assert await world.status(stopped.sid) == ("failed", 30002)


async def test_a_discarded_body_is_gone_once_the_message_is_sent(world: World) -> None:
    """The carrier has it still (ContentRetention=discard)."""
    message = await world.send(discard_body=True)
    (submit,) = await world.leaving()
    assert outbound(submit, carries_media=False).body == "Hello"
    await world.taken(submit)
    kept = await world.message(message.sid)
    assert kept is not None
    assert kept.body == ""


async def test_a_sender_with_a_rate_sends_at_that_rate_and_has_a_limited_queue() -> None:
    """One a second; what would wait longer than the queue is 21611, and leaves no trace."""
    world = await World(rates=SenderRates(long_code=1.0, queue=2 * SECOND)).open()
    for number in range(3):
        await world.send(to=f"+1415555121{number}")
    with pytest.raises(ApiError) as refused:
        await world.send(to="+14155551219")
    assert refused.value.code is Code.QUEUE_FULL
    assert len(await world.messages()) == 3
    for number in range(3):
        (submit,) = await world.leaving()
        assert submit.message.recipient == f"+1415555121{number}"
        await world.taken(submit)
        world.now += 1 * SECOND
    await world.close()


async def test_a_rate_holds_for_one_pair_too(world: World) -> None:
    """The turn of a message that waits in its lane is not forgotten when the one before it is done."""
    world.rates = SenderRates(long_code=1.0)
    await world.send()
    await world.send()
    (submit,) = await world.leaving()
    await world.taken(submit)
    assert await world.leaving() == []
    world.now += 1 * SECOND
    assert len(await world.leaving()) == 1


async def test_media_become_links_where_the_service_allows_it_and_fail_where_not(world: World) -> None:
    """A carrier without media gets a text (MmsConverter), or the message fails with 30011."""
    number = await world.number("+14155550101")
    service = await world.service(number)
    for service_sid, refused in ((service.sid, False), ("", True)):
        sender = NUMBER if refused else "+14155550101"
        message = await world.send(sender=sender, service_sid=service_sid, media_urls=("https://a.example/b",))
        job = (await world.lease("media"))[0]
        submit = Submit(job, message, on_net=False, media_urls=("https://here.example/m",))
        if refused:
            with pytest.raises(CarrierRefusedError) as error:
                outbound(submit, carries_media=False)
            assert error.value.error_code == 30011
        else:
            assert outbound(submit, carries_media=False).body == "Hello\nhttps://here.example/m"
        assert outbound(submit, carries_media=True).media_urls == ("https://here.example/m",)
        assert message.recipient == PERSON
