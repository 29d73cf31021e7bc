"""Queues over REST: made, looked at, changed, deleted."""

import pytest
from tests.scenarios.rest_support import Api

QUEUES = "~/Queues.json"


async def test_a_queue_is_made(api: Api) -> None:
    """It holds a hundred unless it says otherwise, and nobody waits in it."""
    made = await api.post(QUEUES, FriendlyName=" support ")
    queue = made.json
    assert (made.status, queue["sid"][:2]) == (201, "QU")
    path = f"/2010-04-01/Accounts/{api.sid}/Queues/{queue['sid']}"
    assert queue == {
        "sid": queue["sid"],
        "account_sid": api.sid,
        "friendly_name": "support",
        "current_size": 0,
        "max_size": 100,
        "average_wait_time": 0,
        "date_created": queue["date_created"],
        "date_updated": queue["date_created"],
        "uri": f"{path}.json",
        "subresource_uris": {"members": f"{path}/Members.json"},
    }
    assert (await api.get(f"~/Queues/{queue['sid']}.json")).json == queue


async def test_queues_are_listed(api: Api) -> None:
    """The newest first."""
    sids = [(await api.post(QUEUES, FriendlyName=name)).json["sid"] for name in ("one", "two", "three")]
    listed = (await api.get(QUEUES, PageSize="2")).json
    assert [queue["sid"] for queue in listed["queues"]] == sids[:0:-1]
    assert listed["next_page_uri"] is not None


async def test_a_queue_is_changed(api: Api) -> None:
    """Its name and its size, each by itself."""
    sid = (await api.post(QUEUES, FriendlyName="support", MaxSize="5000")).json["sid"]
    renamed = (await api.post(f"~/Queues/{sid}.json", FriendlyName="help")).json
    assert (renamed["friendly_name"], renamed["max_size"]) == ("help", 5_000)
    resized = (await api.post(f"~/Queues/{sid}.json", MaxSize="7", FriendlyName="help")).json
    assert (resized["friendly_name"], resized["max_size"]) == ("help", 7)
    assert (await api.get(f"~/Queues/{sid}.json")).json == resized


async def test_a_queue_is_deleted(api: Api) -> None:
    """It is gone, and its name is free."""
    sid = (await api.post(QUEUES, FriendlyName="support")).json["sid"]
    assert (await api.delete(f"~/Queues/{sid}.json")).status == 204
    assert (await api.get(f"~/Queues/{sid}.json")).code == 20404
    assert (await api.delete(f"~/Queues/{sid}.json")).code == 20404
    assert (await api.get(f"~/Queues/{sid}/Members.json")).code == 20404
    assert (await api.post(QUEUES, FriendlyName="support")).status == 201


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 20001),
        ({"FriendlyName": " "}, 20001),
        ({"FriendlyName": "x" * 65}, 20002),
        ({"FriendlyName": "support", "MaxSize": "0"}, 20422),
        ({"FriendlyName": "support", "MaxSize": "5001"}, 20422),
        ({"FriendlyName": "support", "MaxSize": "many"}, 20422),
    ],
)
async def test_what_makes_no_queue(api: Api, form: dict[str, str], code: int) -> None:
    """A name of 1 to 64 characters, and a size from 1 to 5,000."""
    refused = await api.post(QUEUES, **form)
    assert (refused.status, refused.code) == (400, code)
    assert (await api.get(QUEUES)).json["queues"] == []


async def test_a_name_is_of_one_queue(api: Api) -> None:
    """22003, as it is made and as it is renamed; another account has names of its own."""
    await api.post(QUEUES, FriendlyName="support")
    other = (await api.post(QUEUES, FriendlyName="sales")).json["sid"]
    refused = await api.post(QUEUES, FriendlyName="support")
    assert (refused.code, refused.json["message"]) == (22003, "A queue with the name support already exists")
    assert (await api.post(f"~/Queues/{other}.json", FriendlyName="support")).code == 22003
    assert (await (await api.subaccount()).post(QUEUES, FriendlyName="support")).status == 201


async def test_nobody_is_a_member_of_an_empty_queue(api: Api) -> None:
    """The list is empty, and there is no front."""
    sid = (await api.post(QUEUES, FriendlyName="support")).json["sid"]
    assert (await api.get(f"~/Queues/{sid}/Members.json")).json["queue_members"] == []
    assert (await api.get(f"~/Queues/{sid}/Members/Front.json")).code == 20404
    refused = await api.post(f"~/Queues/{sid}/Members/Front.json", Url="https://app.example/")
    assert refused.code == 20404
    assert (await api.post(f"~/Queues/{sid}/Members/Front.json")).code == 20001
    assert (await api.post(f"~/Queues/{sid}/Members/Front.json", Url="nowhere")).code == 21402
