"""Documents that answer a text: replies, redirects, fallbacks, and what goes wrong with them."""

from tests.unit.actions.world import NUMBER, PERSON, World

from hookflash.actions.answer_message import LOOP_REPLIES, MOST_DOCUMENTS, Failure
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.domain.account import AccountSettings, AccountType
from hookflash.domain.clock import MINUTE, SECOND
from hookflash.twiml.messaging import GoTo, MessagingOutcome, ReplyDraft

FALLBACK = "https://app.example/fallback"
HOME = "+14155550150"


def replies(*bodies: str, to: str = PERSON, sender: str = NUMBER) -> MessagingOutcome:
    return MessagingOutcome(replies=tuple(ReplyDraft(to=to, from_=sender, body=body) for body in bodies))


async def test_replies_go_out_in_the_order_of_the_document(world: World) -> None:
    """As messages of their own, one after the other."""
    await world.text()
    ((job, webhook),) = await world.asked()
    await world.answer(job, webhook, replies("one", "two"))
    sent = [message for message in await world.messages() if message.direction.value == "outbound-reply"]
    assert [message.body for message in sent] == ["one", "two"]
    assert await world.waiting("incoming") == 0
    assert await world.waiting("submit") == 2


async def test_texts_of_one_pair_are_asked_about_one_at_a_time(world: World) -> None:
    """So that an application sees a conversation in its order."""
    first, second = await world.text("1"), await world.text("2")
    assert first
    assert second
    ((job, webhook),) = await world.asked()
    assert job.subject == first.sid
    await world.answer(job, webhook)
    assert [job.subject for job, _ in await world.asked()] == [second.sid]


async def test_a_failure_turns_to_the_fallback_once(world: World) -> None:
    """With ErrorCode and ErrorUrl (without its login); its own failure ends the matter. Both are alerts."""
    await world.number(HOME, sms_url="https://me:secret@app.example/sms#rc=1", sms_fallback_url=FALLBACK)
    await world.text(recipient=HOME)
    ((job, webhook),) = await world.asked()
    await world.answer(job, webhook, Failure(11200, "gone"))
    ((job, webhook),) = await world.asked()
    assert (webhook.url, webhook.error_code, webhook.error_url) == (FALLBACK, 11200, "https://app.example/sms")
    await world.answer(job, webhook, Failure(12100, "not XML"))
    assert await world.asked() == []
    assert await world.alerts() == [11200, 12100]


async def test_a_redirect_is_a_document_more_up_to_fifty(world: World) -> None:
    """The fifty-first is not fetched, and that is a warning (14106)."""
    await world.text()
    again = MessagingOutcome(redirect=GoTo("https://app.example/again", "GET"))
    for document in range(1, MOST_DOCUMENTS + 1):
        ((job, webhook),) = await world.asked()
        assert webhook.documents == document
        await world.answer(job, webhook, again)
    assert webhook.method == "GET"
    assert await world.asked() == []
    assert await world.alerts() == [14106]


async def test_a_reply_that_may_not_be_sent_is_a_warning_and_the_next_is_sent(world: World) -> None:
    """14108 for a sender that is not the account's, 14101 for a bad recipient, 21610 after STOP."""
    await world.text("STOP")
    ((job, webhook),) = await world.asked()
    outcome = MessagingOutcome(
        replies=(
            ReplyDraft(to="+14155551313", from_="+14155550999", body="x"),
            ReplyDraft(to="+1", from_=NUMBER, body="x"),
            ReplyDraft(to=PERSON, from_=NUMBER, body="x"),
            ReplyDraft(to="+14155551313", from_=NUMBER, body="sent"),
        )
    )
    await world.answer(job, webhook, outcome)
    assert await world.alerts() == [14108, 14101, 21610]
    assert (await world.messages())[-1].body == "sent"


async def test_a_reply_beyond_its_queue_leaves_nothing_behind(world: World) -> None:
    """The warning says 21611; no message stays queued for ever."""
    world.rates = SenderRates(long_code=1.0, queue=0)
    await world.text()
    ((job, webhook),) = await world.asked()
    await world.answer(job, webhook, replies("one", "two"))
    assert [message.body for message in await world.messages()][1:] == ["one"]
    assert await world.alerts() == [21611]


async def test_two_machines_that_answer_each_other_are_parted(world: World) -> None:
    """More than 20 replies less than 15 s apart: the next fails with 14107, and does not leave; later ones do."""
    for _ in range(LOOP_REPLIES + 1):
        await world.text()
        ((job, webhook),) = await world.asked()
        await world.answer(job, webhook, replies("echo"))
        world.now += 1 * SECOND
    last = (await world.messages())[-1]
    assert await world.status(last.sid) == ("failed", 14107)
    assert await world.waiting("submit") == LOOP_REPLIES
    world.now += 1 * MINUTE
    await world.text()
    ((job, webhook),) = await world.asked()
    await world.answer(job, webhook, replies("hello"))
    assert (await world.messages())[-1].status.value == "queued"


async def test_a_trial_account_answers_verified_numbers_only(world: World) -> None:
    """14111."""
    await world.set_account(type=AccountType.TRIAL)
    await world.text()
    ((job, webhook),) = await world.asked()
    await world.answer(job, webhook, replies("x"))
    assert await world.alerts() == [14111]


async def test_an_alert_is_posted_to_the_debugger_url(world: World) -> None:
    """If the account has one."""
    await world.set_account(settings=AccountSettings(debugger_url="https://app.example/debugger"))
    await world.text()
    ((job, webhook),) = await world.asked()
    await world.answer(job, webhook, Failure(11200, "gone"))
    (event,) = await world.lease("callback")
    assert event.subject.startswith("NO")
    assert "https://app.example/debugger" in event.payload
