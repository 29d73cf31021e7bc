"""What an application may still do to a message, and what stays of it."""

import pytest
from tests.unit.actions.world import World

from hookflash.actions.keep_media import Fetched, Missing, begin_fetches, keep_media
from hookflash.actions.update_message import delete_message, give_feedback, redact_message
from hookflash.domain.message import Message
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx

PICTURE = Fetched(content_type="image/png", size=3, digest="ab" * 32)


async def sent(world: World, **wanted: object) -> Message:
    await world.send(**wanted)
    (submit,) = await world.leaving()
    await world.taken(submit)
    return submit.message


async def rows(world: World) -> dict[str, int]:
    """How many rows each table has that belongs to messages."""

    async def count(tx: Tx) -> dict[str, int]:
        tables = ("messages", "media", "feedback", "timeline", "carrier_parts")
        return {table: (await tx.select(f"SELECT count(*) FROM {table}"))[0][0] for table in tables}

    return await world.do(count)


async def test_a_message_under_way_is_neither_redacted_nor_deleted(world: World) -> None:
    """20009 for both."""
    message = await world.send()
    for action, code in ((redact_message, Code.REDACT_TOO_EARLY), (delete_message, Code.NOT_COMPLETE)):
        with pytest.raises(ApiError) as refused:
            await world.do(action, message, now=world.now)
        assert refused.value.code is code
    assert code.number == Code.REDACT_TOO_EARLY.number == 20009


async def test_redaction_takes_the_body_and_nothing_else(world: World) -> None:
    """The row stays."""
    message = await sent(world)
    await world.do(redact_message, message, now=world.now)
    kept = await world.message(message.sid)
    assert kept is not None
    assert (kept.body, kept.num_segments, kept.status.value) == ("", 1, "sent")


async def test_deletion_takes_all_that_belongs_to_the_message(world: World) -> None:
    """Feedback, media, timeline, and what its carrier called it; a late receipt changes nothing."""
    message = await world.send(provide_feedback=True, media_urls=("https://a.example/b",))
    (fetch,) = await world.do(begin_fetches, await world.lease("media"))
    await world.do(keep_media, fetch, [PICTURE], [], (), now=world.now)
    (submit,) = await world.leaving()
    assert submit.media_urls[0].startswith("https://here.example/2010-04-01/Accounts/AC")
    await world.taken(submit, "x1")
    await world.do(give_feedback, submit.message, "confirmed", now=world.now)
    assert 0 not in (await rows(world)).values()
    await world.do(delete_message, submit.message, now=world.now)
    await world.receipt("x1", "delivered")
    assert set((await rows(world)).values()) == {0}
    assert await world.waiting("unlink") == 1
    assert message.sid == submit.message.sid


async def test_feedback_is_for_messages_that_ask_for_it(world: World) -> None:
    """ProvideFeedback at creation; it may be given again."""
    message = await sent(world)
    with pytest.raises(ApiError) as refused:
        await world.do(give_feedback, message, "confirmed", now=world.now)
    assert refused.value.code is Code.NO_FEEDBACK_ASKED
    message = await world.send(provide_feedback=True)
    for outcome in ("unconfirmed", "confirmed"):
        kept = await world.do(give_feedback, message, outcome, now=world.now)
        assert kept.outcome == outcome


async def test_an_outgoing_message_without_one_of_its_media_fails(world: World) -> None:
    """With the code that says why; no medium of it is kept."""
    message = await world.send(media_urls=("https://a.example/b", "https://a.example/c"))
    (fetch,) = await world.do(begin_fetches, await world.lease("media"))
    gone = Missing(code=11200, sentence="gone")
    await world.do(keep_media, fetch, [PICTURE], [gone], (), now=world.now)
    assert await world.status(message.sid) == ("failed", 11200)
    assert (await rows(world))["media"] == 0
    assert await world.alerts() == [11200]
    assert await world.leaving() == []


async def test_an_incoming_message_goes_without_a_medium_that_cannot_be_had(world: World) -> None:
    """NumMedia says how many there are; texts that came later wait for it."""
    urls = ("https://a.example/b", "https://a.example/c")
    message = await world.text(media_urls=urls)
    later = await world.text("later")
    assert message is not None
    assert later is not None
    assert (message.kind, await world.asked()) == ("MM", [])
    (fetch,) = await world.do(begin_fetches, await world.lease("media"))
    await world.do(keep_media, fetch, [PICTURE], [Missing(code=12300, sentence="odd")], (), now=world.now)
    kept = await world.message(message.sid)
    assert kept is not None
    assert (kept.status.value, kept.num_media) == ("received", 1)
    ((job, webhook),) = await world.asked()
    assert job.subject == message.sid
    await world.answer(job, webhook)
    assert [job.subject for job, _ in await world.asked()] == [later.sid]


async def test_media_of_a_message_that_is_gone_are_not_kept(world: World) -> None:
    """The fetch ends quietly."""
    await world.text(media_urls=("https://a.example/b",))
    (fetch,) = await world.do(begin_fetches, await world.lease("media"))

    async def drop(tx: Tx) -> None:
        await tx.execute("DELETE FROM messages")

    await world.do(drop)
    await world.do(keep_media, fetch, [PICTURE], [], (), now=world.now)
    assert (await rows(world))["media"] == 0
    assert await world.waiting("media") == 0
