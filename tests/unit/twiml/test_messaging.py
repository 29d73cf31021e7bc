"""What documents that answer a message come to."""

import pytest

from hookflash.twiml.channels import MESSAGING
from hookflash.twiml.messaging import GoTo, Incoming, MessagingOutcome, ReplyDraft, run_messaging
from hookflash.twiml.parse import parse_answer

HANDSET, NUMBER = "+14155551212", "+14155552345"
INCOMING = Incoming(from_=HANDSET, to=NUMBER)
BASE = "https://user:pw@app.example.com/sms/reply?x=1"


def run(verbs: str, incoming: Incoming = INCOMING) -> MessagingOutcome:
    document = parse_answer(f"<Response>{verbs}</Response>".encode(), "text/xml", MESSAGING)
    return run_messaging(document, incoming, BASE)


def reply(verbs: str, incoming: Incoming = INCOMING) -> ReplyDraft:
    outcome = run(verbs, incoming)
    assert not outcome.warnings
    (draft,) = outcome.replies
    return draft


def test_a_message_goes_back_to_who_wrote() -> None:
    """By default a reply goes from the number that was written to, to who wrote to it."""
    assert ReplyDraft(to=HANDSET, from_=NUMBER, body="Hi") == reply("<Message>Hi</Message>")


def test_sms_is_message() -> None:
    """The legacy verb does what Message does, nested Body included."""
    assert reply("<Message to='4155550000'>Hi</Message>") == reply("<Sms to='4155550000'><Body>Hi</Body></Sms>")


def test_an_empty_document_does_nothing() -> None:
    """<Response/> is a valid answer without a reply."""
    assert MessagingOutcome() == run("")


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("Hi", "Hi"),
        ("\n  Hi\n  there \n", "Hi\n  there"),
        ("\n <Body>Hi</Body>\n", "Hi"),
        ("<Body>one </Body>\n<Body>two</Body>", "one two"),
        ("a<Body>b</Body>c", "abc"),
        ("a &lt;b&gt;", "a <b>"),
    ],
)
def test_the_body_is_bare_text_and_bodies_in_order(content: str, body: str) -> None:
    """Text and Body elements are joined as they stand; white space between elements is layout."""
    assert body == reply(f"<Message>{content}</Message>").body


def test_media_make_the_body_optional_and_are_resolved() -> None:
    """Media URLs, absolute or relative to the document, keep their order; credentials of the document carry over."""
    draft = reply("<Message><Media>/cat.png</Media><Media> https://cdn.example.com/dog.png </Media></Message>")
    assert draft.media_urls == ("https://user:pw@app.example.com/cat.png", "https://cdn.example.com/dog.png")
    assert draft.body == ""


@pytest.mark.parametrize(
    ("attributes", "urls", "method"),
    [
        ("", (), "POST"),
        ("action='done'", ("https://user:pw@app.example.com/sms/done",), "POST"),
        ("statusCallback='https://b.example/s' method='get'", ("https://b.example/s",), "GET"),
        ("action='https://b.example/s' statusCallback='https://b.example/s'", ("https://b.example/s",), "POST"),
        (
            "action='/a' statusCallback='/b'",
            ("https://user:pw@app.example.com/a", "https://user:pw@app.example.com/b"),
            "POST",
        ),
    ],
)
def test_action_and_status_callback_are_told_of_statuses(attributes: str, urls: tuple[str, ...], method: str) -> None:
    """Both URLs get the statuses, once when they are the same."""
    draft = reply(f"<Message {attributes}>Hi</Message>")
    assert (urls, method) == (draft.status_urls, draft.status_method)


@pytest.mark.parametrize(
    ("attributes", "incoming_to", "to"),
    [
        ("to='(415) 555-0000'", NUMBER, "+14155550000"),
        ("to='07400 123456'", "+447400000000", "+447400123456"),
        ("to='912345678'", "+351910000000", "+351912345678"),
        ("to='07400 123456' from='+447400000000'", NUMBER, "+447400123456"),
        ("to='4155550000'", "12345", "+14155550000"),
        ("to='12345'", NUMBER, "12345"),
        ("to='whatsapp:+14155550000'", "whatsapp:+14155238886", "whatsapp:+14155550000"),
    ],
)
def test_to_without_plus_takes_the_country_of_from(attributes: str, incoming_to: str, to: str) -> None:
    """A national number is one of the sender's country; a name or code has none, and the United States are assumed."""
    assert to == reply(f"<Message {attributes}>Hi</Message>", Incoming(from_=HANDSET, to=incoming_to)).to


@pytest.mark.parametrize("sender", ["+14155559999", "12345", "Emojified"])
def test_from_may_be_any_kind_of_sender(sender: str) -> None:
    """Numbers, short codes and names; whether the account owns them is found out when the reply is sent."""
    assert sender == reply(f"<Message from='{sender}'>Hi</Message>").from_


def test_a_reply_of_a_service_stays_with_it() -> None:
    """A message that came by a service is answered by it, unless the document names a sender."""
    incoming = Incoming(from_=HANDSET, to=NUMBER, service_sid="MG1")
    assert reply("<Message>Hi</Message>", incoming).service_sid == "MG1"
    assert reply("<Message from='+14155559999'>Hi</Message>", incoming).service_sid is None


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("<Message to='nobody'>Hi</Message>", 14101),
        ("<Message to='+1415'>Hi</Message>", 14101),
        ("<Message to='whatsapp:+14155550000'>Hi</Message>", 14101),
        ("<Message from='whatsapp:+14155550000'>Hi</Message>", 14102),
        ("<Message from='A name that is too long'>Hi</Message>", 14102),
        ("<Message/>", 14103),
        ("<Message> \n </Message>", 14103),
        ("<Message><Body/></Message>", 14103),
        ("<Message>" + "a" * 1601 + "</Message>", 14103),
        ("<Message>" + "🙂" * 801 + "</Message>", 14103),
        ("<Message><Media>ftp://x/y</Media></Message>", 21620),
        ("<Message><Media/></Message>", 21620),
        ("<Message>" + "<Media>/a</Media>" * 11 + "</Message>", 21623),
        ("<Redirect>ftp://x/y</Redirect>", 11100),
    ],
)
def test_a_verb_that_cannot_be_done_is_skipped_with_its_code(verb: str, code: int) -> None:
    """Such a verb is a warning at its place, and the next one runs."""
    outcome = run(f"\n{verb}<Message>next</Message>")
    assert [(code, 2, 1)] == [(w.code, w.line, w.column) for w in outcome.warnings]
    assert [draft.body for draft in outcome.replies] == ["next"]


def test_1600_characters_fit() -> None:
    """The limit is in UTF-16 code units."""
    assert len(reply("<Message>" + "🙂" * 800 + "</Message>").body) == 800


def test_ten_replies_and_no_more() -> None:
    """The eleventh reply is not sent and warned of once; a redirect after it is still followed."""
    outcome = run("<Message>Hi</Message>" * 13 + "<Redirect>/on</Redirect>")
    assert len(outcome.replies) == 10
    assert [warning.code for warning in outcome.warnings] == [14109]
    assert outcome.redirect is not None


@pytest.mark.parametrize(
    ("verb", "url", "method"),
    [
        ("<Redirect>next</Redirect>", "https://user:pw@app.example.com/sms/next", "POST"),
        (
            "<Redirect method='GET'>\n https://b.example/x?y=1&amp;z=2 \n</Redirect>",
            "https://b.example/x?y=1&z=2",
            "GET",
        ),
        ("<Redirect/>", BASE, "POST"),
    ],
)
def test_a_redirect_ends_the_document(verb: str, url: str, method: str) -> None:
    """What comes before a redirect is done, what comes after is not."""
    outcome = run(f"<Message>1</Message>{verb}<Message>2</Message>")
    assert [draft.body for draft in outcome.replies] == ["1"]
    assert GoTo(url, method) == outcome.redirect
