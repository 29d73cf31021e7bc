"""A caller who waits for a day, on a loop whose clock jumps."""

import asyncio
from pathlib import Path

from tests.scenarios.runner.jumping_support import DAY, jumping_world

from hookflash.domain.call import Call, CallStatus
from hookflash.testing.loop import run_jumping

CALLER, AGENT = "+14155550111", "+14155550199"
ROUND = 30  # s of a document for those who wait
MOST_ROWS = 300  # of a timeline


def test_a_wait_of_a_day(tmp_path: Path) -> None:
    """Thousands of documents later the caller is still the first, is joined, and has left few rows."""

    async def wait() -> None:
        async with jumping_world(tmp_path) as here:
            here.app.documents = {
                "/voice": "<Enqueue waitUrl='/wait' action='/after'>support</Enqueue>",
                "/wait": f"<Say>You wait</Say><Pause length='{ROUND - 1}'/><Unknown/>",
                "/agent": "<Dial timeLimit='60'><Queue>support</Queue></Dial>",
                "/after": "",
            }
            await here.number(CALLER, "/voice")
            await here.number(AGENT, "/agent")
            caller = await here.call(CALLER)
            await asyncio.sleep(DAY - 120)
            assert await here.count("queue_members") == 1
            agent = await here.call(AGENT)
            await here.over()
            assert f"bridged with {agent.number}" in caller.done
            assert await here.count("queue_members") == 0

            asked = here.app.asked["/wait"]
            assert len(asked) in range(DAY // ROUND - 8, DAY // ROUND + 1)
            waited = [int(params["QueueTime"]) for params in asked]
            assert waited == sorted(waited)
            assert {(params["QueuePosition"], params["CurrentQueueSize"]) for params in asked} == {("1", "1")}
            (after,) = here.app.asked["/after"]
            assert (after["QueueResult"], int(after["QueueTime"])) == ("bridged", DAY - 120)
            rows = await here.timeline(after["CallSid"])
            assert len(rows) < MOST_ROWS
            assert await here.count("alerts") < 25
            told = f"Was in the queue for {DAY - 120} s, and heard its documents {len(asked)} times"
            assert told in [row.sentence for row in rows]

    run_jumping(wait())


def test_no_call_is_longer_than_the_platform_lets_it_be(tmp_path: Path) -> None:
    """`longest_call` ends the wait of who is never taken."""

    async def wait() -> None:
        async with jumping_world(tmp_path) as here:
            here.app.documents = {"/voice": "<Enqueue waitUrl=''>support</Enqueue>"}
            await here.number(CALLER, "/voice")
            caller = await here.call(CALLER)
            await here.over()
            ended, how = caller.diary[-1]
            assert how == "gone limit"
            assert DAY <= ended < DAY + 5
            (asked,) = here.app.asked["/voice"]
            (call,) = await here.all(Call, "calls.by_sid", account_sid=asked["AccountSid"], sid=asked["CallSid"])
            assert (call.status, call.duration) == (CallStatus.COMPLETED, DAY)

    run_jumping(wait())
