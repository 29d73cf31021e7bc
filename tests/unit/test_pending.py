"""What keeps the clock of simulated calls from jumping."""

import asyncio

from hookflash.pending import Pending


async def test_with_nothing_under_way_it_is_settled() -> None:
    """Nobody waits for nothing."""
    async with asyncio.timeout(1):
        await Pending().settled()


async def test_it_is_settled_once_the_last_has_ended() -> None:
    """As many pieces as one likes may be under way at once; each counts."""
    pending = Pending()
    waiting = asyncio.create_task(pending.settled())
    with pending:
        with pending:
            await turns()
            assert not waiting.done()
        await turns()
        assert not waiting.done()
    await asyncio.wait_for(waiting, 1)


async def test_what_follows_at_once_is_waited_for_too() -> None:
    """One thing that ends lets another begin, a few turns of the loop later: that is not a settled world."""
    pending = Pending()

    async def one_after_the_other() -> None:
        for _ in range(3):
            with pending:
                await turns()
            await asyncio.sleep(0)

    work = asyncio.create_task(one_after_the_other())
    await asyncio.sleep(0)
    await pending.settled()
    assert work.done()


async def test_what_fails_is_over_too() -> None:
    """An exception does not leave the world pending for ever."""
    pending = Pending()
    try:
        with pending:
            raise OSError
    except OSError:
        pass
    await asyncio.wait_for(pending.settled(), 1)


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
