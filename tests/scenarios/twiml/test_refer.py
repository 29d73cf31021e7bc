"""`<Refer>`: the phone of a caller is asked to call elsewhere. Here it is one of the test, over UDP."""

from collections.abc import Iterator

import pytest
from tests.scenarios.twiml.sip_peer import Peer, sip_peer
from tests.scenarios.twiml.stage import Stage

TARGET = "sip:sales@example.com"


@pytest.fixture
def peer() -> Iterator[Peer]:
    with sip_peer() as made:
        yield made


def call(stage: Stage, peer: Peer, attributes: str = "", *, then: str = "") -> str:
    """The application calls the phone, which is asked to call sales instead; the call's SID."""
    page = stage.page("refers", f"<Refer {attributes}><Sip>{TARGET}?X-Order=7</Sip></Refer>{then}")
    return stage.call_from_app("", To=peer.uri, Url=page)


def test_refer(stage: Stage, peer: Peer) -> None:
    """REFER names the address and has its headers; once the phone tells how it went, the call ends."""
    sid = call(stage, peer)
    refer = peer.got("REFER")
    assert refer["refer-to"].strip("<>") == TARGET
    assert refer["x-order"] == "7"
    peer.got("BYE")
    assert stage.codes(sid) == []


def test_refer__goes_on(stage: Stage, peer: Peer) -> None:
    """Without an action the next verb runs: here one that asks again."""
    peer.notifies = 486
    call(stage, peer, then="<Refer><Sip>sip:support@example.com</Sip></Refer>")
    peer.got("BYE")
    asked = [each["refer-to"].strip("<>") for each in peer.requests if each.method == "REFER"]
    assert asked == [TARGET, "sip:support@example.com"]


def test_refer__of_who_did_not_come_by_sip(stage: Stage) -> None:
    """13801: the phone of a simulated caller cannot be asked; the next verb runs."""
    call = stage.call(f"<Refer><Sip>{TARGET}</Sip></Refer><Say>Next</Say>")
    call.hears_sync("Next")
    assert stage.codes() == [13801]


def test_refer__to_no_address(stage: Stage) -> None:
    """13243: nobody is asked; the next verb runs."""
    stage.call("<Refer/><Refer><Sip>sales</Sip></Refer><Say>Next</Say>").hears_sync("Next")
    assert stage.codes() == [13243, 13243]


@pytest.mark.parametrize(("notified", "status"), [(200, "completed"), (486, "failed")])
def test_refer_action(stage: Stage, peer: Peer, notified: int, status: str) -> None:
    """Told what the phone has answered, and what became of its call."""
    peer.notifies = notified
    call(stage, peer, f'action="{stage.page("after", "<Hangup/>")}"')
    after = stage.app.wait_for(ReferCallStatus=status)
    assert (after["ReferSipResponseCode"], after["NotifySipResponseCode"]) == ("202", str(notified))
    assert after.method == "POST"


def test_refer_action__of_a_phone_that_leaves_without_a_word(stage: Stage, peer: Peer) -> None:
    """It is requested all the same."""
    peer.notifies = 0
    call(stage, peer, f'action="{stage.page("after", "<Hangup/>")}"')
    after = stage.app.wait_for(ReferCallStatus="canceled")
    assert after["ReferSipResponseCode"] == "202"
    assert "NotifySipResponseCode" not in after


def test_refer_action__of_a_phone_that_accepts_with_200(stage: Stage, peer: Peer) -> None:
    """As newer phones do (RFC 6665): what it tells is told all the same, and that it told nothing."""
    peer.accepts = 200
    action = f'action="{stage.page("after", "<Hangup/>")}"'
    call(stage, peer, action)
    after = stage.app.wait_for(ReferCallStatus="completed")
    assert (after["ReferSipResponseCode"], after["NotifySipResponseCode"]) == ("200", "200")
    peer.notifies = 0
    call(stage, peer, action)
    assert "NotifySipResponseCode" not in stage.app.wait_for(ReferCallStatus="canceled")


def test_refer_method(stage: Stage, peer: Peer) -> None:
    """How `action` is requested."""
    call(stage, peer, f'action="{stage.page("after", "<Hangup/>")}" method="GET"')
    assert stage.app.wait_for(ReferCallStatus="completed").method == "GET"
