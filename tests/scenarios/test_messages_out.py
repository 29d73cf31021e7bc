"""Messages that an application sends, on a running platform: their statuses, callbacks, and what becomes of them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from tests.scenarios.customer import WAIT
from tests.scenarios.messages_support import PERSON, Stage, stage

from hookflash.api.product import iso_8601
from hookflash.domain.clock import DAY
from hookflash.store.store import Tx


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path / "data", receipt_delay=0) as made:
        yield made


async def test_a_message_arrives_and_its_application_is_told_signed(here: Stage) -> None:
    """sent, then delivered; the published library's validator takes each signature."""
    sent = (await here.send(StatusCallback=here.app.url("/status"))).json
    told = [await here.app.asked("/status") for _ in range(2)]
    assert {asked.params["MessageStatus"] for asked in told} == {"sent", "delivered"}
    for asked in told:
        assert asked.signed_by(here.api.password)
        assert not asked.signed_by("0" * 32)
        assert asked.params["MessageSid"] == asked.params["SmsSid"] == sent["sid"]
    ((text,),) = [await here.received()]
    assert (text["peer"], text["body"]) == (here.number, "Hello")
    await here.until(sent["uri"], status="delivered")


async def test_a_message_is_redacted_then_deleted(here: Stage) -> None:
    """The body goes; then everything."""
    sent = (await here.send(ProvideFeedback="true")).json
    await here.until(sent["uri"], status="delivered")
    feedback = await here.api.post(sent["subresource_uris"]["feedback"], Outcome="confirmed")
    assert (feedback.status, feedback.json["outcome"]) == (200, "confirmed")
    assert (await here.api.post(sent["uri"], Body="")).json["body"] == ""
    assert (await here.api.delete(sent["uri"])).status == 204
    assert (await here.api.get(sent["uri"])).status == 404


async def test_a_message_of_next_week_is_delivered_when_the_clock_jumps(here: Stage) -> None:
    """Scheduled by its service; "queued", "sent", "delivered" are told."""
    service = await made_service(here, StatusCallback=here.app.url("/status"))
    at = (here.api.server.exchange.clock.now() + 7 * DAY) // 1000
    sent = await here.send(MessagingServiceSid=service, ScheduleType="fixed", SendAt=iso_8601(at))
    assert (sent.json["status"], sent.json["from"], sent.json["num_segments"]) == ("scheduled", None, "0")
    here.api.server.exchange.clock.jump(7 * DAY)
    told = {(await here.app.asked("/status")).params["MessageStatus"] for _ in range(3)}
    assert told == {"queued", "sent", "delivered"}
    assert (await here.until(sent.json["uri"], status="delivered"))["from"] == here.other


async def test_a_scheduled_message_can_be_canceled(here: Stage) -> None:
    """And then no more: 30409."""
    service = await made_service(here)
    at = (here.api.server.exchange.clock.now() + DAY) // 1000
    sent = (await here.send(MessagingServiceSid=service, ScheduleType="fixed", SendAt=iso_8601(at))).json
    assert (await here.api.post(sent["uri"], Status="canceled")).json["status"] == "canceled"
    again = await here.api.post(sent["uri"], Status="canceled")
    assert (again.status, again.code) == (409, 30409)


async def test_media_travel_whole_to_a_handset_and_to_a_number_of_the_platform(here: Stage) -> None:
    """Fetched once from the application, kept, and served under links of ours; an MMS comes in at the other number."""
    picture = web.Response(body=b"\x89PNG" + b"x" * 1000, content_type="image/png")
    here.app.answers["/owl.png"] = [picture]
    await here.configure(here.other, SmsUrl=here.app.url("/sms"))
    sent = (await here.send(here.app.url("/owl.png"))).json
    assert (sent["sid"][:2], sent["num_media"]) == ("MM", "1")
    ((text,),) = [await here.received()]
    async with here.api.session.get(text["media_urls"][0]) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert await answer.read() == picture.body
    (medium,) = (await here.api.get(sent["subresource_uris"]["media"])).json["media_list"]
    assert (medium["content_type"], medium["parent_sid"]) == ("image/png", sent["sid"])
    await here.send(here.app.url("/owl.png"), To=here.other, Body="")
    asked = await here.app.asked("/sms")
    assert (asked.params["NumMedia"], asked.params["MediaContentType0"]) == ("1", "image/png")
    async with here.api.session.get(asked.params["MediaUrl0"]) as answer:
        assert await answer.read() == picture.body
    files = list(here.api.server.directory.media.glob("*/*"))
    assert len(files) == 1, "the same bytes are kept once"
    assert (await here.api.delete(medium["uri"])).status == 204
    assert (await here.api.get(sent["subresource_uris"]["media"])).json["media_list"] == []


async def test_the_file_of_a_medium_goes_with_the_last_message_that_has_it(here: Stage) -> None:
    """Not before."""
    here.app.answers["/card"] = [web.Response(body=b"BEGIN:VCARD", content_type="text/vcard")]
    sent = [(await here.send(here.app.url("/card"))).json for _ in range(2)]
    for message in sent:
        await here.until(message["uri"], status="delivered")
    media = here.api.server.directory.media
    (file,) = media.glob("*/*")
    assert (await here.api.delete(sent[0]["uri"])).status == 204
    await drained(here, "unlink")
    assert file.exists()
    assert (await here.api.delete(sent[1]["uri"])).status == 204
    await drained(here, "unlink")
    assert not file.exists()


async def test_a_reset_takes_the_files_too(here: Stage) -> None:
    """A development server that forgets its messages forgets their media."""
    here.app.answers["/card"] = [web.Response(body=b"BEGIN:VCARD", content_type="text/vcard")]
    sent = (await here.send(here.app.url("/card"))).json
    await here.until(sent["uri"], status="delivered")
    (file,) = here.api.server.directory.media.glob("*/*")
    ready = here.api.server.ready
    headers = {"Authorization": f"Bearer {ready['operator_token']}"}
    async with here.api.session.post(f"{ready['api']}/hookflash/v1/reset", headers=headers) as answer:
        assert answer.ok
    await drained(here, "unlink")
    assert not file.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"x" * 501 * 1024, "application/pdf", 200, 30019),
        (b"x" * (5 * 1024 * 1024 + 1), "image/jpeg", 200, 30019),
        (b"<p>", "text/html", 200, 12300),
        (b"", "image/png", 404, 11200),
    ],
)
async def test_a_medium_that_cannot_be_sent_fails_its_message(
    here: Stage, body: bytes, kind: str, status: int, code: int
) -> None:
    """Too large, of the wrong kind, or not there; the debugger has it too."""
    here.app.answers["/medium"] = [web.Response(body=body, content_type=kind, status=status)]
    sent = (await here.send(here.app.url("/medium"))).json
    failed = await here.until(sent["uri"], status="failed")
    assert failed["error_code"] == code
    (alert,) = (await here.api.at("monitor.twilio.com").get("/v1/Alerts")).json["alerts"]
    assert (alert["error_code"], alert["log_level"], alert["resource_sid"]) == (str(code), "error", sent["sid"])
    (notification,) = (await here.api.get("~/Notifications.json", Log="0")).json["notifications"]
    assert (notification["sid"], notification["error_code"]) == (alert["sid"], str(code))
    assert (await here.api.get(notification["uri"])).json["request_url"] == here.app.url("/medium")


async def test_test_credentials_keep_nothing_and_call_back_when_asked(here: Stage) -> None:
    """The parameter is ours; the signature is made with the test token."""
    test = here.api.test
    wanted = {"To": PERSON, "From": "(500) 555-0006", "Body": "x", "StatusCallback": here.app.url("/status")}
    sent = await test.post("~/Messages.json", **wanted)
    assert (sent.status, sent.json["status"], sent.json["account_sid"]) == (201, "queued", test.sid)
    assert (await test.get(sent.json["uri"])).status == 403
    assert (await test.get("~/Messages.json")).code == 20008
    again = await test.post("~/Messages.json", HookflashStatusCallbacks="true", **wanted)
    for status in ("sent", "delivered"):
        asked = await here.app.asked("/status")
        assert (asked.params["MessageStatus"], asked.params["MessageSid"]) == (status, again.json["sid"])
        assert asked.signed_by(test.password)
    assert here.app.quiet("/status")
    assert (await here.api.get("~/Messages.json")).json["messages"] == []


async def test_the_legacy_resource_shows_the_same_messages_in_its_own_way(here: Stage) -> None:
    """XML without a suffix, in the documented order; fewer fields; "delivered" is "sent"; no media messages."""
    sent = await here.api.post("~/SMS/Messages", To=PERSON, From=here.number, Body="x", MediaUrl="ignored")
    order = (
        "SMSMessage Sid DateCreated DateUpdated DateSent AccountSid To From Body Status Direction ApiVersion Price Uri"
    )
    places = [sent.text.index(f"<{name}") for name in order.split()]
    assert sent.status == 201
    assert places == sorted(places)
    sid = sent.text.partition("<Sid>")[2][:34]
    await here.until(f"~/Messages/{sid}.json", status="delivered")
    legacy = (await here.api.get(f"~/SMS/Messages/{sid}.Json")).json
    assert legacy["status"] == "sent"
    assert not {"num_segments", "num_media", "subresource_uris"} & set(legacy)
    mms = (await here.send(here.app.url("/none"))).json
    listed = (await here.api.get("~/SMS/Messages.json")).json["sms_messages"]
    assert [message["sid"] for message in listed] == [sid]
    assert (await here.api.get(f"~/SMS/Messages/{mms['sid']}.json")).status == 404


async def test_links_to_media_are_signed_on_a_platform_of_others(tmp_path: Path) -> None:
    """In operator mode the bytes need credentials, or the link that was handed out."""
    settings = {"mode": "operator", "webhook_allow": ("127.0.0.0/8",), "receipt_delay": 0}
    async with stage(tmp_path / "data", **settings) as here:
        here.app.answers["/owl.png"] = [web.Response(body=b"owl", content_type="image/png")]
        await here.send(here.app.url("/owl.png"))
        ((text,),) = [await here.received()]
        link = text["media_urls"][0]
        for url, status in ((link, 200), (link.partition("?")[0], 401), (link[:-1] + "x", 401)):
            async with here.api.session.get(url) as answer:
                assert answer.status == status
        path = link.partition("?")[0].removeprefix(str(here.api.server.ready["api"]))
        assert (await here.api.get(path)).text == "owl"
        here.api.server.exchange.clock.jump(31 * DAY)
        async with here.api.session.get(link) as answer:
            assert answer.status == 401


async def made_service(here: Stage, **form: str) -> str:
    """A messaging service with the second number in its pool."""
    messaging = here.api.at("messaging.twilio.com")
    service = (await messaging.post("/v1/Services", FriendlyName="pool", **form)).json
    number = await here.configure(here.other)
    added = await messaging.post(f"/v1/Services/{service['sid']}/PhoneNumbers", PhoneNumberSid=number["sid"])
    assert added.status == 201, added.text
    return str(service["sid"])


async def drained(here: Stage, queue: str) -> None:
    """Return when the queue is empty."""
    async with asyncio.timeout(WAIT):
        while await here.api.server.exchange.store.read(_depth, queue):
            pass


async def _depth(tx: Tx, queue: str) -> int:
    return int(await tx.value("outbox.depth", queue=queue))
