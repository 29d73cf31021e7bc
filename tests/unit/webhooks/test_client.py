"""The client against real servers on the loopback."""

from aiohttp import web
from tests.unit.webhooks.support import TOKEN, Serve, twiml, webhook
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.request import ANSWER_IGNORED


async def test_a_post_is_signed_as_the_published_sdk_checks_it(serve: Serve, client: WebhookClient) -> None:
    """A form arrives whole, with a signature that the SDK's own validator accepts, and the attempt is recorded."""
    seen: list[tuple[web.Request, dict[str, str]]] = []

    async def app(request: web.Request) -> web.StreamResponse:
        seen.append((request, {key: str(value) for key, value in (await request.post()).items()}))
        return twiml("<Response><Message>hi</Message></Response>")

    url = f"{await serve(app)}/sms?one=1"
    request = webhook(url)
    outcome = await client.fetch(request)
    [(got, form)] = seen
    assert outcome.error is None
    assert outcome.body == b"<Response><Message>hi</Message></Response>"
    assert form == request.params
    assert RequestValidator(TOKEN).validate(str(got.url), form, got.headers["X-Twilio-Signature"])
    assert got.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert got.headers["I-Twilio-Idempotency-Token"] == "once"
    assert got.headers["User-Agent"] == "TwilioProxy/1.1"
    [attempt] = outcome.attempts
    assert attempt.status == 200
    assert attempt.signed.startswith(url + "Body")
    assert attempt.request_headers["X-Twilio-Signature"] == got.headers["X-Twilio-Signature"]
    assert "<Message>hi" in attempt.response_body


async def test_a_get_carries_its_parameters_in_the_signed_url(serve: Serve, client: WebhookClient) -> None:
    """GET appends the parameters to the query; the resulting URL is what is signed."""
    seen: list[web.Request] = []

    async def app(request: web.Request) -> web.StreamResponse:
        seen.append(request)
        return twiml()

    request = webhook(f"{await serve(app)}/sms?one=1#rc=0", method="GET")
    outcome = await client.fetch(request)
    [got] = seen
    assert outcome.error is None
    assert dict(got.query) == {"one": "1", **request.params}
    assert RequestValidator(TOKEN).validate(outcome.attempts[0].url, {}, got.headers["X-Twilio-Signature"])
    assert got.raw_path == outcome.attempts[0].url.removeprefix(f"http://{got.host}")


async def test_the_answer_to_a_status_callback_is_not_looked_at(serve: Serve, client: WebhookClient) -> None:
    """A status callback is content with any 2xx, whatever its type and body."""

    async def app(_: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True}, status=201)

    outcome = await client.fetch(webhook(await serve(app), accepts=ANSWER_IGNORED))
    assert (outcome.status, outcome.error) == (201, None)
