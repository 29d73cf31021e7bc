"""Who waits in a queue, as REST shows them and takes them out of it."""

from urllib.error import HTTPError

import pytest
from tests.scenarios.twiml.agents import QUEUE, agent, asked, called_by_app, enqueue, finished, queue, waits_in
from tests.scenarios.twiml.stage import CAROL, Stage

from hookflash.testing.call import Call


@pytest.fixture
def two(stage: Stage) -> tuple[str, Call, str, Call]:
    """Alice waits, and Carol 10 s later; SID and call of each."""
    action = stage.page("after", "<Say>Not this</Say>")
    alice = stage.call(enqueue(f'action="{action}"'))
    waits_in(stage)
    alice.wait(10)
    sid, carol = called_by_app(stage, enqueue(f'action="{action}"'), to=CAROL)
    waits_in(stage, 2)
    return stage.sid, alice, sid, carol


def members(stage: Stage) -> str:
    return f"Queues/{queue(stage)['sid']}/Members"


def test_queue__members_in_their_order(stage: Stage, two: tuple[str, Call, str, Call]) -> None:
    """First come first, with position and time; one is fetched by its call, the first by `Front`."""
    alice, _, carol, _ = two
    listed = stage.rest(f"{members(stage)}.json")
    assert listed["total"] == 2
    first, second = listed["queue_members"]
    assert [(each["call_sid"], each["position"]) for each in (first, second)] == [(alice, 1), (carol, 2)]
    assert 10 <= first["wait_time"] <= 14
    assert second["wait_time"] <= 2
    assert (first["queue_sid"], first["uri"][-5:]) == (queue(stage)["sid"], ".json")
    assert stage.rest(f"{members(stage)}/Front.json")["call_sid"] == alice
    assert stage.rest(f"{members(stage)}/{carol}.json")["position"] == 2
    assert 5 <= queue(stage)["average_wait_time"] <= 8


def test_queue__members_in_pages(stage: Stage, two: tuple[str, Call, str, Call]) -> None:
    """Each page goes on where the last one ended, and back again."""
    alice, _, carol, _ = two
    one = stage.rest(f"{members(stage)}.json?PageSize=1")
    prefix = f"/2010-04-01/Accounts/{stage.hookflash.account_sid}/"
    other = stage.rest(one["next_page_uri"].removeprefix(prefix))
    assert [page["queue_members"][0]["call_sid"] for page in (one, other)] == [alice, carol]
    assert other["next_page_uri"] is None
    back = stage.rest(other["previous_page_uri"].removeprefix(prefix))
    assert [each["call_sid"] for each in back["queue_members"]] == [alice]


def test_queue__front_taken_by_rest(stage: Stage, two: tuple[str, Call, str, Call]) -> None:
    """Who waits longest runs the document of the `Url`; the action hears of it, and is not run."""
    sid, alice, carol_sid, _ = two
    page = stage.page("taken", "<Say>Here you are</Say>")
    shown = stage.rest(f"{members(stage)}/Front.json", {"Url": page, "Method": "GET"})
    assert (shown["call_sid"], shown["position"]) == (sid, 1)
    assert [each["call_sid"] for each in stage.rest(f"{members(stage)}.json")["queue_members"]] == [carol_sid]
    alice.hears_sync("Here you are")
    assert asked(stage, "taken")[0].method == "GET"
    after = finished(stage, "after")
    assert (after["CallSid"], after["QueueResult"]) == (sid, "redirected")
    alice.over_sync()
    assert "Not this" not in alice.transcript()


def test_queue__member_taken_by_rest(stage: Stage, two: tuple[str, Call, str, Call]) -> None:
    """Any of them, out of their turn; who is before them stays the first."""
    alice, _, sid, carol = two
    page = stage.page("taken", "<Say>Here you are</Say>")
    assert stage.rest(f"{members(stage)}/{sid}.json", {"Url": page})["position"] == 2
    carol.hears_sync("Here you are")
    assert stage.rest(f"{members(stage)}/Front.json")["call_sid"] == alice


def test_queue__member_who_is_taken_already(stage: Stage, two: tuple[str, Call, str, Call]) -> None:
    """Between an agent and REST a caller is one's or the other's: 404 for who comes second."""
    sid, alice, _, _ = two
    whisper = stage.page("whisper", '<Say>You are next</Say><Pause length="30"/>')
    agent(stage, queue=f'url="{whisper}"')
    alice.hears_sync("You are next")
    page = stage.page("taken", "<Say>Not this</Say>")
    with pytest.raises(HTTPError) as refused:
        stage.rest(f"{members(stage)}/{sid}.json", {"Url": page})
    refused.value.close()
    assert refused.value.code == 404
    assert queue(stage)["current_size"] == 1


def test_queue__made_larger_meanwhile(stage: Stage) -> None:
    """The next request for the `waitUrl` knows; and the next caller finds room."""
    wait = stage.page("wait", '<Pause length="10"/>')
    stage.rest("Queues.json", {"FriendlyName": QUEUE, "MaxSize": "1"})
    alice = stage.call(f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue>')
    sid = waits_in(stage)
    stage.rest(f"Queues/{sid}.json", {"MaxSize": "2"})
    alice.wait(11)
    assert [each["MaxQueueSize"] for each in asked(stage, "wait")][:2] == ["1", "2"]
    called_by_app(stage, enqueue(), to=CAROL)
    waits_in(stage, 2)
