"""What the switch tells about refusals and registrations is kept for whoever asks, and no number gets into the log."""

import re

from structlog.testing import capture_logs

from hookflash.domain.clock import SECOND
from hookflash.runtime.sip_news import KEPT, SipNews
from hookflash.switch import protocol


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = 1_000_000

    def now(self) -> int:
        return self.moment

    async def wait_until(self, moment: int) -> None:
        self.moment = max(self.moment, moment)


def refused(why: str = "There is no domain x.", count: int = 1) -> protocol.Refused:
    return protocol.Refused(
        leg=0,
        at=5,
        why=why,
        status=404,
        method="INVITE",
        from_uri="sip:+14155550100@a",
        to_uri="sip:+14155550199@x",
        source="192.0.2.9",
        count=count,
    )


def registered(expires_s: int = 60, contact: str = "sip:ann@192.0.2.7") -> protocol.Registered:
    return protocol.Registered(leg=0, at=5, domain="d.test", username="ann", contact=contact, expires_s=expires_s)


def test_a_refusal_is_kept_with_its_sentence_and_logged_without_numbers() -> None:
    """An operator sees who called whom; the log says why, and nothing of either."""
    news = SipNews(Hand())
    with capture_logs() as logs:
        news.hear(refused(count=3))
    [kept] = news.refusals
    assert (kept.why, kept.status, kept.recipient, kept.count) == (
        "There is no domain x.",
        404,
        "sip:+14155550199@x",
        3,
    )
    [line] = logs
    assert line["why"] == kept.why
    assert not re.search(r"\d{8,}", str(line))


def test_only_the_last_refusals_are_kept() -> None:
    """A flood costs a bounded list; the newest comes first."""
    news = SipNews(Hand())
    with capture_logs():
        for number in range(KEPT + 10):
            news.hear(refused(f"{number}"))
    assert [len(news.refusals), news.refusals[0].why, news.refusals[-1].why] == [KEPT, str(KEPT + 9), "10"]


def test_the_exchange_refuses_as_well() -> None:
    """A call that the switch let in, to a number that nobody has, is on the same list."""
    news = SipNews(Hand())
    event = protocol.Invited(leg=1, at=5, from_="+14155550100", to="+14155550199", trunk="west", source="192.0.2.1")
    with capture_logs():
        news.refused(event, 404, "No account here has this number")
    assert news.refusals[0].why == "No account here has this number."


def test_a_phone_is_registered_until_it_leaves_or_its_time_is_over() -> None:
    """A refresh is the same phone; one that left, or did not come back, is gone."""
    clock = Hand()
    news = SipNews(clock)
    for event in (registered(), registered(expires_s=90), registered(contact="sip:ann@192.0.2.8")):
        news.hear(event)
    assert [phone.contact for phone in news.registrations] == ["sip:ann@192.0.2.7", "sip:ann@192.0.2.8"]
    news.hear(registered(expires_s=0, contact="sip:ann@192.0.2.8"))
    clock.moment += 80 * SECOND
    assert [phone.contact for phone in news.registrations] == ["sip:ann@192.0.2.7"]
    clock.moment += 20 * SECOND
    assert news.registrations == []
