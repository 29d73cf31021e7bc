"""Texts that people write, on a running platform: webhooks, documents, cookies, fallbacks, and what goes wrong."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from tests.scenarios.customer import Asked, twiml
from tests.scenarios.messages_support import PERSON, Stage, stage

from hookflash.domain.clock import HOUR


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path / "data", receipt_delay=0) as made:
        await made.configure(made.number, SmsUrl=made.app.url("/sms"), SmsFallbackUrl=made.app.url("/fallback"))
        yield made


async def test_a_text_is_asked_about_signed_and_its_document_answers(here: Stage) -> None:
    """The parameters of webhooks.md, section 10; each Message is a reply, in order."""
    here.app.answers["/sms"] = [twiml("<Message>one</Message>", "<Message><Body>two</Body></Message>")]
    await here.text("Hi & bye")
    asked = await here.app.asked("/sms")
    assert asked.signed_by(here.api.password)
    expected = {"From": PERSON, "To": here.number, "Body": "Hi & bye", "NumMedia": "0", "NumSegments": "1"}
    assert expected.items() <= asked.params.items()
    assert asked.params["SmsStatus"] == "received"
    assert asked.params["MessageSid"] == asked.params["SmsSid"] == asked.params["SmsMessageSid"]
    assert [text["body"] for text in await here.received(2)] == ["one", "two"]
    listed = (await here.api.get("~/Messages.json", To=PERSON)).json["messages"]
    assert {message["direction"] for message in listed} == {"outbound-reply"}


async def test_get_is_signed_over_its_whole_url(here: Stage) -> None:
    """SmsMethod=GET puts the parameters into the query, beside what is there."""
    await here.configure(here.number, SmsUrl=here.app.url("/sms?x=1"), SmsMethod="GET")
    await here.text("Hi")
    asked = await here.app.asked("/sms")
    assert (asked.method, asked.params["x"], asked.params["Body"]) == ("GET", "1", "Hi")
    assert asked.signed_by(here.api.password)


async def test_plain_text_is_one_reply_and_nothing_is_none(here: Stage) -> None:
    """text/plain is the body of a reply; 204, an empty Response and an empty body are no reply."""
    here.app.answers["/sms"] = [
        web.Response(status=204),
        twiml(),
        web.Response(text="", content_type="text/xml"),
        web.Response(text=" plain ", content_type="text/plain"),
    ]
    for body in "1234":
        await here.text(body)
        await here.app.asked("/sms")
    assert [text["body"] for text in await here.received()] == ["plain"]
    assert await alerts(here) == []


async def test_cookies_stay_with_a_conversation_for_four_hours(here: Stage) -> None:
    """By the pair of From and To."""

    async def counting(asked: Asked) -> web.Response:
        answer = twiml()
        answer.set_cookie("count", str(int(asked.headers.get("Cookie", "count=0").partition("=")[2]) + 1))
        return answer

    here.app.answers["/sms"] = [counting]
    cookies = []
    for sender in (PERSON, PERSON, "+14155551313"):
        await here.text("Hi", sender=sender)
        cookies.append((await here.app.asked("/sms")).headers.get("Cookie"))
    assert cookies == [None, "count=1", None]
    here.api.server.exchange.clock.jump(5 * HOUR)
    await here.text("Hi")
    assert "Cookie" not in (await here.app.asked("/sms")).headers


async def test_a_cookie_that_is_taken_back_is_not_sent_again(here: Stage) -> None:
    """Also when it was the only one."""
    set_, unset = twiml(), twiml()
    set_.headers["Set-Cookie"] = "a=1"
    unset.headers["Set-Cookie"] = "a=; Max-Age=0"
    here.app.answers["/sms"] = [set_, unset, twiml()]
    cookies = []
    for _ in range(3):
        await here.text("Hi")
        cookies.append((await here.app.asked("/sms")).headers.get("Cookie"))
    assert cookies == [None, "a=1", None]


async def test_a_redirect_asks_another_document_with_the_same_parameters(here: Stage) -> None:
    """Relative to the first; what follows it is not reached."""
    here.app.answers["/sms"] = [twiml("<Redirect>/more</Redirect>", "<Message>never</Message>")]
    here.app.answers["/more"] = [twiml("<Message>there</Message>")]
    await here.text("Hi")
    first, second = await here.app.asked("/sms"), await here.app.asked("/more")
    assert first.params == second.params
    assert second.signed_by(here.api.password)
    assert [text["body"] for text in await here.received()] == ["there"]


@pytest.mark.parametrize(
    ("answer", "code", "place"),
    [
        (web.Response(status=500), 11200, ""),
        (web.Response(text="<Response><Message>", content_type="text/xml"), 12100, "line 1, column "),
        (web.Response(text="<Nothing/>", content_type="text/xml"), 12102, "line 1, column 1"),
        (web.Response(text="{}", content_type="application/json"), 12300, ""),
    ],
)
async def test_what_goes_wrong_is_told_to_the_fallback_and_the_debugger(
    here: Stage, answer: web.Response, code: int, place: str
) -> None:
    """ErrorCode and ErrorUrl; an alert and a notification, with line and column where a document is wrong."""
    here.app.answers["/sms"] = [answer]
    here.app.answers["/fallback"] = [twiml("<Message>sorry</Message>")]
    await here.text("Hi")
    asked = await here.app.asked("/fallback")
    assert (asked.params["ErrorCode"], asked.params["ErrorUrl"]) == (str(code), here.app.url("/sms"))
    assert asked.params["Body"] == "Hi"
    assert asked.signed_by(here.api.password)
    assert [text["body"] for text in await here.received()] == ["sorry"]
    (alert,) = (await here.api.at("monitor.twilio.com").get("/v1/Alerts", LogLevel="error")).json["alerts"]
    assert (alert["error_code"], alert["resource_sid"]) == (str(code), asked.params["MessageSid"])
    assert place in alert["alert_text"]
    whole = (await here.api.at("monitor.twilio.com").get(f"/v1/Alerts/{alert['sid']}")).json
    assert "Body=Hi" in whole["request_variables"]


async def test_the_debugger_url_is_told_of_what_goes_wrong(here: Stage) -> None:
    """Signed as every webhook; its own failure is told to nobody."""
    base = f"{here.api.server.ready['api']}/hookflash/v1/accounts/{here.api.sid}/settings"
    headers = {"Authorization": f"Bearer {here.api.server.ready['operator_token']}"}
    wanted = {"debugger_url": here.app.url("/debugger")}
    async with here.api.session.put(base, json=wanted, headers=headers) as answer:
        assert (answer.status, (await answer.json())["debugger_url"]) == (200, wanted["debugger_url"])
    here.app.answers["/sms"] = here.app.answers["/debugger"] = [web.Response(status=500)]
    here.app.answers["/fallback"] = [twiml("<Message>sorry</Message>")]
    await here.text("Hi")
    asked = await here.app.asked("/debugger")
    assert asked.signed_by(here.api.password)
    assert (asked.params["Level"], asked.params["Sid"][:2]) == ("ERROR", "NO")
    payload = json.loads(asked.params["Payload"])
    assert payload["error_code"] == "11200"
    assert payload["webhook"]["request"]["url"] == here.app.url("/sms")
    await here.received()
    assert await alerts(here) == ["11200"]


async def test_warnings_cost_one_verb_and_are_listed_as_such(here: Stage) -> None:
    """Log=1 of Notifications, LogLevel=warning of alerts."""
    here.app.answers["/sms"] = [twiml("<Say>no</Say>", '<Message to="x">no</Message>', "<Message>yes</Message>")]
    await here.text("Hi")
    assert [text["body"] for text in await here.received()] == ["yes"]
    assert await alerts(here) == ["14101", "14110"]
    assert (await here.api.get("~/Notifications.json", Log="0")).json["notifications"] == []
    assert len((await here.api.get("~/Notifications.json", Log="1")).json["notifications"]) == 2


async def test_a_status_callback_that_fails_is_an_alert(here: Stage) -> None:
    """And nothing else: it is not tried for ever."""
    here.app.answers["/status"] = [web.Response(status=404)]
    await here.send(StatusCallback=here.app.url("/status"))
    for _ in range(2):
        await here.app.asked("/status")
    await here.until_alerts(2)
    assert await alerts(here) == ["11200", "11200"]


async def test_a_picture_from_a_handset_reaches_the_application(here: Stage) -> None:
    """Fetched, kept, and offered under a link of ours before the webhook is sent."""
    here.app.answers["/cat.gif"] = [web.Response(body=b"GIF89a", content_type="image/gif")]
    await here.text("look", media=(here.app.url("/cat.gif"),))
    asked = await here.app.asked("/sms")
    assert asked.params["MessageSid"].startswith("MM")
    assert (asked.params["NumMedia"], asked.params["MediaContentType0"]) == ("1", "image/gif")
    async with here.api.session.get(asked.params["MediaUrl0"]) as answer:
        assert await answer.read() == b"GIF89a"


async def test_replies_carry_media_and_their_status_is_told(here: Stage) -> None:
    """Relative URLs are those of the document; action and statusCallback are told once each."""
    reply = '<Message action="/acted" statusCallback="/told"><Body>see</Body><Media>cat.gif</Media></Message>'
    here.app.answers["/sms"] = [twiml(reply)]
    here.app.answers["/cat.gif"] = [web.Response(body=b"GIF89a", content_type="image/gif")]
    await here.text("Hi")
    (text,) = await here.received()
    assert (text["body"], len(text["media_urls"])) == ("see", 1)
    for path in ("/acted", "/told"):
        assert {(await here.app.asked(path)).params["MessageStatus"] for _ in range(2)} == {"sent", "delivered"}


async def test_stop_is_obeyed_and_the_application_hears_of_it(here: Stage) -> None:
    """21610 at the next message, and the platform's reply on the handset; START ends it."""
    await here.text("Stop")
    assert (await here.app.asked("/sms")).params["Body"] == "Stop"
    assert "unsubscribed" in (await here.received())[0]["body"]
    assert (await here.send()).code == 21610
    await here.text("start")
    await here.app.asked("/sms")
    assert (await here.send()).status == 201


async def test_a_number_of_the_platform_can_text_another(here: Stage) -> None:
    """Out of one, into the other, and back."""
    await here.configure(here.other, SmsUrl=here.app.url("/other"))
    here.app.answers["/other"] = [twiml("<Message>back</Message>")]
    await here.send(To=here.other, Body="there")
    assert (await here.app.asked("/other")).params["Body"] == "there"
    asked = await here.app.asked("/sms")
    assert (asked.params["Body"], asked.params["From"]) == ("back", here.other)


async def alerts(here: Stage) -> list[str]:
    """The codes that the debugger saw."""
    found = (await here.api.at("monitor.twilio.com").get("/v1/Alerts")).json["alerts"]
    return sorted(alert["error_code"] for alert in found)
