"""Calls over REST: what is asked for, what is shown, and what becomes of live calls."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.scenarios.calls_support import PERSON, Stage, stage

from hookflash.actions.load_call import load_call
from hookflash.domain.call import Call, CallEvent, CallStatus, DetectOptions, Source
from hookflash.domain.recording import RecordingEvent, RecordOptions

_S = CallStatus


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as found:
        yield found


async def row(here: Stage, sid: str) -> Call:
    call = await here.api.server.exchange.store.read(load_call, here.api.sid, sid)
    assert call is not None
    return call


async def test_a_call_is_queued(here: Stage) -> None:
    """201 with the whole resource, as the original shows it before anything has happened."""
    reply = await here.call()
    call = reply.json
    assert reply.status == 201
    path = f"/2010-04-01/Accounts/{here.api.sid}/Calls/{call['sid']}"
    assert call["uri"] == f"{path}.json"
    assert call["subresource_uris"]["recordings"] == f"{path}/Recordings.json"
    number = (await here.api.get("~/IncomingPhoneNumbers.json", PhoneNumber=here.number)).json
    wanted = {
        "account_sid": here.api.sid,
        "annotation": None,
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "forwarded_from": None,
        "from": here.number,
        "from_formatted": "(415) 555-0100",
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": number["incoming_phone_numbers"][0]["sid"],
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "start_time": None,
        "status": "queued",
        "to": PERSON,
        "to_formatted": "(415) 555-1212",
        "trunk_sid": None,
    }
    assert {name: call[name] for name in wanted} == wanted
    assert (await here.api.get(f"~/Calls/{call['sid']}.json")).json == call


async def test_every_parameter_is_kept(here: Stage) -> None:
    """What the process of the call needs is in its row; a password is sealed there."""
    reply = await here.call(
        Method="GET",
        FallbackUrl="https://app.example/fall",
        FallbackMethod="get",
        Twiml="<Response/>",
        StatusCallback="https://app.example/told",
        StatusCallbackMethod="GET",
        StatusCallbackEvent="ringing answered nonsense",
        Timeout="20",
        TimeLimit="600",
        Record="true",
        RecordingChannels="dual",
        RecordingTrack="inbound",
        RecordingStatusCallback="https://app.example/recorded",
        RecordingStatusCallbackMethod="GET",
        RecordingStatusCallbackEvent="in-progress absent",
        Trim="do-not-trim",
        SipAuthUsername="anne",
        SipAuthPassword="secret",
        CallerId="+14155550123",
        CallReason="Your order",
        MachineDetection="DetectMessageEnd",
        MachineDetectionTimeout="10",
        MachineDetectionSpeechThreshold="1500",
        MachineDetectionSpeechEndThreshold="900",
        MachineDetectionSilenceTimeout="4000",
        AsyncAmd="true",
        AsyncAmdStatusCallback="https://app.example/amd",
        AsyncAmdStatusCallbackMethod="GET",
    )
    options = (await row(here, reply.json["sid"])).options
    assert options.source == Source(
        url="https://app.example/voice",
        method="GET",
        fallback_url="https://app.example/fall",
        fallback_method="GET",
    )
    assert options.status_callback_events == (CallEvent.RINGING, CallEvent.ANSWERED)
    assert (options.timeout, options.time_limit) == (20, 600)
    assert options.record == RecordOptions(
        channels=2,
        track="inbound",
        trim=False,
        status_callback="https://app.example/recorded",
        status_callback_method="GET",
        status_callback_events=(RecordingEvent.IN_PROGRESS, RecordingEvent.ABSENT),
    )
    assert options.detect == DetectOptions(
        until_end=True,
        timeout=10_000,
        speech=1_500,
        speech_end=900,
        silence=4_000,
        is_async=True,
        callback="https://app.example/amd",
        callback_method="GET",
    )
    assert options.sip_password != "secret"
    assert here.api.server.exchange.vault.open(options.sip_password or "") == "secret"


async def test_pressed_keys_turn_detection_off(here: Stage) -> None:
    """With SendDigits, MachineDetection is ignored."""
    sid = (await here.call(SendDigits="wW1a#", MachineDetection="Enable")).json["sid"]
    options = (await row(here, sid)).options
    assert (options.send_digits, options.detect) == ("wW1A#", None)


async def test_an_application_answers(here: Stage) -> None:
    """With ApplicationSid, the URLs and callbacks of the request are ignored."""
    application = (
        await here.api.post(
            "~/Applications.json",
            VoiceUrl="https://app.example/theirs",
            VoiceMethod="GET",
            StatusCallback="https://app.example/status",
        )
    ).json["sid"]
    mine = {"StatusCallback": "https://app.example/mine", "StatusCallbackEvent": "ringing"}
    sid = (await here.call(ApplicationSid=application, **mine)).json["sid"]
    options = (await row(here, sid)).options
    assert options.source.url == "https://app.example/theirs"
    assert (options.source.method, options.status_callback) == ("GET", "https://app.example/status")
    assert (options.application_sid, options.status_callback_events) == (application, ("completed",))


async def test_errors_are_told_in_the_order_of_the_original(here: Stage) -> None:
    """To missing, From missing, To and From invalid, From not owned, no document, then the options."""
    wrong = {"To": "", "From": "", "Url": "", "Timeout": "x"}
    for fixed, code in (
        ({}, 21201),
        ({"To": "+1415"}, 21213),
        ({"From": "+1415"}, 21211),
        ({"To": PERSON}, 21212),
        ({"From": "+14155550999"}, 21210),
        ({"From": here.number}, 21205),
        ({"Url": "https://app.example/"}, 21208),
        ({"Timeout": "60"}, None),
    ):
        wrong |= fixed
        assert (await here.call(**wrong)).code == code


async def test_xml_is_the_default(here: Stage) -> None:
    """Without a suffix the resource is <Call>, with its price an empty element."""
    text = (await here.api.post("~/Calls", To=PERSON, From=here.number, Twiml="<Response/>")).text
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><Call><Sid>CA")
    assert "<Price/>" in text
    assert "<Status>queued</Status>" in text


async def test_lists_are_filtered(here: Stage) -> None:
    """By numbers, status, parent and time; a bare date in `StartTime<` is that day's first moment."""
    first = (await here.call()).json["sid"]
    second = (await here.call(To="+14155551313")).json["sid"]
    await here.calls.answer(second)
    incoming = await here.calls.incoming()

    async def found(**query: str) -> list[str]:
        return [call["sid"] for call in (await here.api.get("~/Calls.json", **query)).json["calls"]]

    assert await found() == [incoming, second, first]
    assert await found(To="(415) 555-1313") == [second]
    assert await found(From=PERSON) == [incoming]
    assert await found(Status="in-progress") == [second]
    assert await found(ParentCallSid="CA" + "0" * 32) == []
    today = (await here.api.get(f"~/Calls/{second}.json")).json["start_time"]
    assert await found(StartTime=today) == [second]
    assert await found(**{"StartTime>": "2020-01-01", "StartTime<": "2999-01-01"}) == [second]
    assert await found(**{"StartTime<": "2020-01-01"}) == []
    assert await found(StartTime="never") == []
    assert await found(PageSize="1", Page="1") == [second]


async def test_a_queued_call_is_canceled_at_once(here: Stage) -> None:
    """Nobody is told, and no live call is asked."""
    sid = (await here.call(StatusCallback=here.app.url("/told"))).json["sid"]
    canceled = await here.api.post(f"~/Calls/{sid}.json", Status="canceled")
    assert (canceled.status, canceled.json["status"], canceled.json["duration"]) == (200, "canceled", "0")
    assert here.calls.asked == []
    assert here.app.quiet("/told")
    assert (await here.api.delete(f"~/Calls/{sid}.json")).status == 204
    assert (await here.api.get(f"~/Calls/{sid}.json")).status == 404


async def test_a_live_call_is_changed_by_its_own_process(here: Stage) -> None:
    """A new document, a new limit, the end; the answer shows what came of it."""
    sid = (await here.call()).json["sid"]
    await here.calls.answer(sid)
    path = f"~/Calls/{sid}.json"
    changed = await here.api.post(path, Url="https://app.example/b", Method="GET", TimeLimit="30")
    assert (changed.status, changed.json["status"]) == (200, "in-progress")
    await here.api.post(path, Twiml="<Response/>")
    await here.api.post(path, CurrentUrl="https://app.example/2008")
    assert (await here.api.post(path, Status="canceled")).code == 21220
    assert (await here.api.delete(path)).code == 20009
    ended = await here.api.post(path, Status="completed")
    assert (ended.status, ended.json["status"]) == (200, "completed")
    assert here.calls.asked == [
        ("limit", 30),
        ("redirect", Source(url="https://app.example/b", method="GET")),
        ("redirect", Source(twiml="<Response/>")),
        ("redirect", Source(url="https://app.example/2008")),
        ("hang_up",),
    ]
    late = await here.api.post(path, Status="completed")
    assert (late.status, late.code, late.json["message"]) == (400, 21220, "Call is not in-progress. Cannot redirect.")
    assert (await here.api.post(path)).json["status"] == "completed"


async def test_a_ringing_call_is_canceled(here: Stage) -> None:
    """Status=canceled ends what is not answered."""
    sid = await here.calls.incoming()
    canceled = await here.api.post(f"~/Calls/{sid}.json", Status="canceled")
    assert canceled.json["status"] == "canceled"


async def test_a_live_call_of_a_process_that_is_gone_cannot_be_changed(here: Stage) -> None:
    """The row says in-progress, but nobody has the call: 21220, not an error of ours."""
    sid = (await here.call()).json["sid"]
    await here.calls.answer(sid)
    here.calls.live.clear()
    assert (await here.api.post(f"~/Calls/{sid}.json", Status="completed")).code == 21220


async def test_status_callbacks_are_signed_and_come_in_their_method(here: Stage) -> None:
    """By GET in the query, by POST in the form; the library's own validator takes both."""
    for method in ("GET", "POST"):
        path = f"/told-{method}"
        sid = (await here.call(StatusCallback=here.app.url(path), StatusCallbackMethod=method)).json["sid"]
        await here.calls.answer(sid)
        await here.calls.move(sid, _S.COMPLETED)
        asked = await here.app.asked(path)
        assert (asked.method, asked.params["CallSid"], asked.params["CallStatus"]) == (method, sid, "completed")
        assert asked.signed_by(here.api.password)
    events = (await here.api.get(f"~/Calls/{sid}/Events.json")).json["events"]
    while not events:  # the attempt is recorded after the answer
        events = (await here.api.get(f"~/Calls/{sid}/Events.json")).json["events"]
    assert events[0]["request"]["parameters"]["CallSid"] == sid
    assert (events[0]["request"]["method"], events[0]["response"]["response_code"]) == ("POST", 200)


async def test_what_goes_wrong_in_a_call_is_a_notification(here: Stage) -> None:
    """A status callback that fails is a warning, 15003, in the account's list and the call's own."""
    sid = (await here.call(StatusCallback="http://127.0.0.1:9/")).json["sid"]
    await here.calls.move(sid, _S.BUSY)
    path = f"~/Calls/{sid}/Notifications"
    found = (await here.api.get(f"{path}.json")).json["notifications"]
    while not found:
        found = (await here.api.get(f"{path}.json")).json["notifications"]
    (shown,) = found
    assert (shown["call_sid"], shown["error_code"], shown["log"]) == (sid, "15003", "1")
    instance = (await here.api.get(f"{path}/{shown['sid']}.json")).json
    assert f"CallSid={sid}" in instance["request_variables"]
    assert (await here.api.get(f"{path}.json", Log="0")).json["notifications"] == []
    assert (await here.api.get("~/Notifications.json")).json["notifications"][0]["call_sid"] == sid
    other = await here.calls.incoming()
    assert (await here.api.get(f"~/Calls/{other}/Notifications/{shown['sid']}.json")).status == 404
    assert (await here.api.get(f"~/Calls/CA{'0' * 32}/Notifications.json")).status == 404


async def test_test_credentials_keep_nothing(here: Stage) -> None:
    """The magic numbers answer as documented, and a call that would be made is not there afterwards."""
    test = here.api.test
    wanted = {"To": PERSON, "From": "+15005550006", "Url": "https://app.example/"}
    made = await test.post("~/Calls.json", **wanted)
    assert (made.status, made.json["status"], made.json["account_sid"]) == (201, "queued", test.sid)
    assert (await test.get(f"~/Calls/{made.json['sid']}.json")).code == 20008
    assert (await here.api.get("~/Calls.json")).json["calls"] == []
    for sender, code in (("+15005550001", 21212), (here.number, 21210), ("(500) 555-0006", None)):
        assert (await test.post("~/Calls.json", **{**wanted, "From": sender})).code == code
    for to, code in (("01", 21217), ("02", 21214), ("03", 21215), ("04", 21216), ("06", None)):
        assert (await test.post("~/Calls.json", **{**wanted, "To": f"+150055500{to}"})).code == code


async def test_another_account_sees_nothing(here: Stage) -> None:
    """A foreign SID is as unknown as one that never was."""
    sid = (await here.call()).json["sid"]
    other = await here.api.subaccount()
    for path in (f"~/Calls/{sid}.json", f"~/Calls/{sid}/Recordings.json", f"~/Calls/{sid}/Events.json"):
        assert (await other.get(path)).status == 404
    assert (await other.get("~/Calls.json")).json["calls"] == []


async def test_the_operator_sets_what_an_account_may_call(here: Stage) -> None:
    """`voice_countries` and `calls_per_second` of our own API take effect with the next call."""
    url = f"{here.api.server.ready['api']}/hookflash/v1/accounts/{here.api.sid}/settings"
    headers = {"Authorization": f"Bearer {here.api.server.ready['operator_token']}"}
    wanted = {"voice_countries": ["GB"], "calls_per_second": 2.0}
    async with here.api.session.put(url, json=wanted, headers=headers) as answer:
        shown = await answer.json()
    assert {name: shown[name] for name in wanted} == wanted
    assert (await here.call()).code == 21215
    assert (await here.call(To="+442079460018")).status == 201


async def test_in_operator_mode_far_countries_are_not_called(tmp_path: Path) -> None:
    """Unless the operator allows them: abroad is where fraud is."""
    async with stage(tmp_path, mode="operator") as here:
        assert (await here.call(To="+442079460018")).code == 21215
        assert (await here.call()).status == 201
