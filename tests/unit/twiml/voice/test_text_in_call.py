"""`<Sms>` and `<Message>` in a call."""

import pytest
from tests.unit.twiml.voice.voice_support import HERE, play

from hookflash.twiml.voice import FALL_THROUGH, GoTo, Text

CALLER, OURS = "+14155551212", "+14155550100"


@pytest.mark.parametrize("name", ["Sms", "Message"])
def test_it_goes_to_the_caller(name: str) -> None:
    """By default from the number that was called, to who called it; the call neither answers nor waits."""
    played = play(f"<{name}>Hello</{name}>")
    assert played.call.texts == [Text(to=CALLER, from_=OURS, body="Hello")]
    assert (played.next, played.took, played.answered_at) == (FALL_THROUGH, 0, None)


def test_attributes_and_media() -> None:
    """Others may write to others; media and the status callback are as the document has them."""
    played = play(
        "<Message to='+14155559999' from='+14155558888' statusCallback='/s'><Body>Look</Body>"
        "<Media>/cat.png</Media></Message>"
    )
    expected = Text(
        to="+14155559999", from_="+14155558888", body="Look", media_urls=("/cat.png",), status_callback="/s"
    )
    assert played.call.texts == [expected]


@pytest.mark.parametrize(
    ("answer", "params"),
    [
        (("SM1", "sending"), {"SmsSid": "SM1", "SmsStatus": "sending"}),
        ((None, "invalid"), {"SmsStatus": "invalid"}),
    ],
)
def test_the_action_learns_the_status(answer: tuple[str | None, str], params: dict[str, str]) -> None:
    """Its document takes the call over."""
    played = play(
        f"<Sms action='{HERE}' method='GET'>Hi</Sms><Say>never</Say>",
        prepare=lambda call: setattr(call, "text_answer", answer),
    )
    assert (played.next, played.heard) == (GoTo(HERE, "GET", params), [])


@pytest.mark.parametrize(("verb", "code"), [("<Sms/>", 14103), ("<Message><Media>ftp://x</Media></Message>", 21620)])
def test_what_cannot_be_sent_is_skipped(verb: str, code: int) -> None:
    """With its code; the call goes on."""
    played = play(verb + "<Say>on</Say>")
    assert (played.heard, played.codes, played.call.texts) == (["on"], [code], [])
