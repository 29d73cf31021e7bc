"""Handsets over our own API: news, faults, rules, and what is refused."""

import threading
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from tests.scenarios.plugin_support import post_message, running_app

from hookflash.own.client import ServerError
from hookflash.testing.platform import Platform
from hookflash.testing.server import BackgroundServer


def test_news_wake_a_request_that_waits(hookflash: Platform) -> None:
    """A long poll answers as soon as a text is there, not when its wait is over."""
    number, found = "+14155552001", list[dict[str, object]]()

    def wait() -> None:
        found.extend(hookflash.client.get("handsets", number, "messages", wait=30_000)["messages"])

    waiter = threading.Thread(target=wait)
    waiter.start()
    hookflash.client.post("handsets", number, "messages", to=hookflash.number, body="hello?")
    waiter.join(timeout=10)
    assert [message["body"] for message in found] == ["hello?"]


def test_a_wait_without_news_ends_empty(hookflash: Platform) -> None:
    """After `wait` ms the answer is an empty list."""
    assert hookflash.client.get("handsets", "+14155552002", "messages", wait=20) == {"messages": []}


def test_after_and_last_choose_texts(hookflash: Platform) -> None:
    """`after` gives what is newer than a stamp, `last` the newest few, oldest first."""
    handset = hookflash.handset("+14155552003")
    for body in ("one", "two", "three"):
        post_message(hookflash, To=handset.number, Body=body)
        handset.received_sync(body)
    messages = hookflash.client.get("handsets", handset.number, "messages")["messages"]
    newer = hookflash.client.get("handsets", handset.number, "messages", after=messages[0]["stamp"])["messages"]
    last = hookflash.client.get("handsets", handset.number, "messages", last=2)["messages"]
    assert newer == last == messages[1:]


def test_numbers_are_written_as_people_do(hookflash: Platform) -> None:
    """A handset is found under any way to write its number."""
    hookflash.client.put("handsets", "+1 (415) 555-2004", "rules", rules=[{"reply": "yes"}])
    assert hookflash.client.get("handsets", "4155552004")["rules"] == [{"reply": "yes", "contains": "", "delay": 0}]


def test_the_first_rule_that_fits_answers(hookflash: Platform) -> None:
    """Rules are tried in their order, without regard to case."""
    handset = hookflash.handset("+14155552005")
    handset.rule("four", contains="TWO and two")
    handset.rule("what?")
    with running_app() as app:
        hookflash.configure(hookflash.number, sms_url=app.url)
        post_message(hookflash, To=handset.number, Body="two AND two is")
        app.wait_for(From=handset.number, Body="four")
        post_message(hookflash, To=handset.number, Body="hm")
        app.wait_for(From=handset.number, Body="what?")
        hookflash.configure(hookflash.number, sms_url="https://demo.twilio.com/welcome/sms/reply")


def test_the_list_has_those_in_use_and_those_told(hookflash: Platform) -> None:
    """A handset is listed once it has texted or was told how to behave, and no more after its deletion."""
    used, told = "+14155552006", "+14155552007"
    hookflash.handset(used).text("x", to=hookflash.number)
    hookflash.handset(told).faults(delay=5)
    listed = {handset["number"]: handset for handset in hookflash.client.get("handsets")["handsets"]}
    assert listed[told]["faults"] == {"delay": 5}
    assert used in listed
    hookflash.client.delete("handsets", told)
    assert told not in {handset["number"] for handset in hookflash.client.get("handsets")["handsets"]}


@pytest.mark.parametrize(
    "faults",
    [{"error_code": 1}, {"error_code": "30003"}, {"delay": -1}, {"delay": 1 << 60}, {"unknown": True}],
)
def test_faults_that_do_not_exist_are_refused(hookflash: Platform, faults: dict[str, object]) -> None:
    """A fault that would never happen is a mistake of the test that asks for it."""
    with pytest.raises(ServerError) as refusal:
        hookflash.handset("+14155552008").faults(**faults)
    assert refusal.value.status == 400


def test_a_stop_does_not_wait_for_those_who_wait(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A request that waits for news is answered when the server stops, long before its time."""
    with BackgroundServer(tmp_path_factory.mktemp("stop")) as ready:
        address = urlsplit(ready["api"])
        waiting = HTTPConnection(address.hostname or "", address.port, timeout=10)
        waiting.request(
            "GET",
            "/hookflash/v1/handsets/+14155552009/messages?wait=60000",
            headers={"Authorization": f"Bearer {ready['operator_token']}"},
        )
        # The server takes requests as they come: this answer says that it has the one before.
        Platform(ready).client.get("clock")
    assert waiting.getresponse().read() == b'{"messages":[]}'
    waiting.close()
