"""A message is asked for: what is refused, and what is kept."""

from typing import Any, cast

import pytest
from tests.unit.actions.world import NUMBER, PERSON, World

from hookflash.actions.send_message import REPLIES, SANDBOX_NUMBER, SMS_MESSAGES, SendMessage, send_message
from hookflash.domain.account import AccountSettings, AccountType
from hookflash.domain.clock import DAY, MINUTE
from hookflash.domain.message import MessageStatus
from hookflash.domain.numbers import Application, Capabilities, OutgoingCallerId, ShortCode
from hookflash.domain.sids import make_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx

GERMAN = "+4915112345678"


async def refusal(world: World, **wanted: Any) -> Code:
    with pytest.raises(ApiError) as refused:
        await world.send(**wanted)
    assert await world.messages() == []
    return refused.value.code


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"to": ""}, Code.TO_REQUIRED),
        ({"sender": ""}, Code.FROM_REQUIRED),
        ({"body": ""}, Code.BODY_REQUIRED),
        ({"body": "", "content_sid": "HX" + "a" * 32}, Code.INVALID_CONTENT_SID),
        ({"body": "x" * 1601}, Code.BODY_TOO_LONG),
        ({"body": "\N{GRINNING FACE}" * 801}, Code.BODY_TOO_LONG),
        ({"media_urls": ("ftp://a/b",)}, Code.INVALID_MEDIA_URL),
        ({"media_urls": ("https://a.example/b",) * 11}, Code.TOO_MANY_MEDIA),
        ({"status_callback": "https://un_der.example/"}, Code.INVALID_STATUS_CALLBACK),
        ({"status_callback": "app/status"}, Code.INVALID_STATUS_CALLBACK),
        ({"application_sid": "AP" + "0" * 32}, Code.INVALID_APPLICATION_SID),
        ({"schedule_type": "later"}, Code.INVALID_SCHEDULE_TYPE),
        ({"schedule_type": "fixed"}, Code.SCHEDULE_WITHOUT_TIME),
        ({"service_sid": "MG1"}, Code.SERVICE_INVALID),
        ({"service_sid": "MG" + "0" * 32}, Code.SERVICE_NOT_FOUND),
        ({"to": "+1415"}, Code.INVALID_TO),
        ({"to": "12345"}, Code.INVALID_TO),
        ({"sender": "+1415"}, Code.INVALID_FROM),
        ({"sender": "+14155550199"}, Code.FROM_NOT_OWNED),
        ({"sender": "whatsapp:+14155550100"}, Code.CHANNEL_MISMATCH),
        ({"to": "whatsapp:+14155551212", "sender": "whatsapp:+14155550100"}, Code.CHANNEL_UNAVAILABLE),
        ({"sender": "Emojified"}, Code.NOT_REACHABLE),
        ({"to": NUMBER}, Code.SAME_TO_AND_FROM),
        ({"to": SANDBOX_NUMBER, "sender": SANDBOX_NUMBER}, Code.TRIAL_UNVERIFIED),
    ],
)
async def test_a_message_is_refused_with_the_code_of_the_first_rule_it_breaks(
    world: World, wanted: dict[str, Any], code: Code
) -> None:
    """Nothing is kept of a message that is refused (messages.md, section 4)."""
    assert await refusal(world, **wanted) is code


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"to": ""}, {"sender": ""}),
        ({"sender": ""}, {"body": ""}),
        ({"body": ""}, {"status_callback": "nowhere"}),
        ({"status_callback": "nowhere"}, {"schedule_type": "later"}),
        ({"schedule_type": "later"}, {"to": "+1"}),
        ({"to": "+1"}, {"sender": "+1"}),
        ({"sender": "+1"}, {}),
    ],
)
async def test_of_two_broken_rules_the_earlier_one_answers(
    world: World, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """The order is that of messages.md, section 4."""
    assert await refusal(world, **{**second, **first}) is await refusal(world, **first)


async def test_a_schedule_is_between_15_minutes_and_35_days_ahead_and_by_a_service(world: World) -> None:
    """Outside that window 35114, without a service 35118."""
    service = await world.service()
    for ahead in (14 * MINUTE, 36 * DAY):
        wanted = {"schedule_type": "fixed", "send_at": world.now + ahead, "service_sid": service.sid}
        assert await refusal(world, **wanted) is Code.SCHEDULE_OUTSIDE_WINDOW
    assert (
        await refusal(world, schedule_type="fixed", send_at=world.now + DAY, sender=NUMBER)
        is Code.SCHEDULE_WITHOUT_SERVICE
    )


async def test_the_legacy_resource_takes_160_characters_and_short_codes(world: World) -> None:
    """Beyond that 21605; 3 to 8 digits are a recipient only there and in replies."""
    long = SendMessage(to=PERSON, sender=NUMBER, body="x" * 161)
    with pytest.raises(ApiError) as refused:
        await world.do(send_message, long, account=world.account, now=world.now, rules=SMS_MESSAGES)
    assert refused.value.code is Code.LEGACY_BODY_TOO_LONG
    for rules in (SMS_MESSAGES, REPLIES):
        text = SendMessage(to="40404", sender=NUMBER, body="x")
        sent = await world.do(send_message, text, account=world.account, now=world.now, rules=rules)
        assert sent.recipient == "40404"


@pytest.mark.parametrize("written", ["(415) 555-1212", "415-555-1212", "4155551212", "14155551212"])
async def test_a_number_may_be_written_as_people_write_it(world: World, written: str) -> None:
    """Ten digits are taken as American; the answer shows E.164."""
    sent = await world.send(to=written, sender="(415) 555-0100")
    assert (sent.recipient, sent.sender) == (PERSON, NUMBER)


async def test_of_application_and_status_callback_each_resource_prefers_its_own(world: World) -> None:
    """/Messages takes StatusCallback before the application's URL, /SMS/Messages the other way round."""
    application = Application(
        account_sid=world.account.sid,
        sid=make_sid("AP", world.now),
        sms_status_callback="https://app.example/theirs",
        date_created=0,
        date_updated=0,
    )
    await world.insert("applications", application)
    both = {"application_sid": application.sid, "status_callback": "https://app.example/mine"}
    assert (await world.send(**both)).status_callback == "https://app.example/mine"
    assert (await world.send(application_sid=application.sid)).status_callback == "https://app.example/theirs"
    text = SendMessage(to=PERSON, sender=NUMBER, body="x", **both)  # type: ignore[arg-type]
    sent = await world.do(send_message, text, account=world.account, now=world.now, rules=SMS_MESSAGES)
    assert sent.status_callback == "https://app.example/theirs"


async def test_a_trial_account_texts_verified_numbers_and_says_what_it_is(world: World) -> None:
    """Others are refused with 21608; the prefix is in the body and counts."""
    await world.set_account(type=AccountType.TRIAL)
    assert await refusal(world) is Code.TRIAL_UNVERIFIED
    assert await refusal(world, sender="Emojified", to=GERMAN) is Code.FROM_NOT_OWNED
    await verify(world, PERSON)
    sent = await world.send(body="x" * 150)
    assert sent.body.startswith("Sent from your Twilio trial account - x")
    assert sent.num_segments == 2


async def test_the_sandbox_number_sends_to_verified_numbers_of_any_account(world: World) -> None:
    """The shared number of 2010 exists here (messages.md, section 10)."""
    assert await refusal(world, sender=SANDBOX_NUMBER) is Code.TRIAL_UNVERIFIED
    await verify(world, PERSON)
    assert (await world.send(sender="4155992671")).sender == SANDBOX_NUMBER


async def test_countries_that_an_account_may_not_text_are_refused(world: World) -> None:
    """21408, when the account has a list and the region is not on it."""
    await world.set_account(settings=AccountSettings(sms_countries=("US",)))
    assert await refusal(world, to=GERMAN) is Code.GEO_PERMISSION
    assert (await world.send()).status is MessageStatus.QUEUED


async def test_a_name_sends_where_names_are_taken_and_carries_no_media(world: World) -> None:
    """Never to the United States and Canada (21612), never media (21621)."""
    assert await refusal(world, sender="Emojified", to=GERMAN, media_urls=("https://a.example/b",)) is Code.FROM_NOT_MMS
    assert (await world.send(sender="Emojified", to=GERMAN)).sender == "Emojified"


async def test_a_short_code_reaches_its_own_country(world: World) -> None:
    """To another one it is 21612."""
    code = ShortCode(
        account_sid=world.account.sid,
        sid=make_sid("SC", world.now),
        short_code="40404",
        friendly_name="",
        iso_country="US",
        date_created=0,
        date_updated=0,
    )
    await world.insert("short_codes", code)
    assert await refusal(world, sender="40404", to=GERMAN) is Code.NOT_REACHABLE
    assert (await world.send(sender="40404")).sender == "40404"


async def test_what_a_number_cannot_do_is_refused(world: World) -> None:
    """A number without texts is 21606, one without media 21621; media no carrier takes are 21612."""
    await world.number("+14155550111", capabilities=Capabilities(sms=False))
    await world.number("+14155550112", capabilities=Capabilities(mms=False))
    media = {"media_urls": ("https://a.example/b",)}
    assert await refusal(world, sender="+14155550111") is Code.FROM_NOT_OWNED
    assert await refusal(world, sender="+14155550112", **media) is Code.FROM_NOT_MMS
    text = SendMessage(to=PERSON, sender=NUMBER, body="x", **media)  # type: ignore[arg-type]
    with pytest.raises(ApiError) as refused:
        await world.do(
            send_message, text, account=world.account, now=world.now, carries_media=lambda to, sender, account: False
        )
    assert refused.value.code is Code.NOT_REACHABLE


async def test_smart_encoding_keeps_a_text_in_gsm_7(world: World) -> None:
    """Look-alikes of GSM-7 take the place of curly quotes and dashes, before segments are counted."""
    curly = "\N{LEFT DOUBLE QUOTATION MARK}" + "x" * 100 + "\N{RIGHT DOUBLE QUOTATION MARK}"
    assert (await world.send(body=curly)).num_segments == 2
    smart = await world.send(body=curly, smart_encoded=True)
    assert (smart.body, smart.num_segments) == ('"' + "x" * 100 + '"', 1)


async def test_a_plain_message_costs_five_statements(world: World) -> None:
    """The hottest path of all: who owns the sender, who opted out, the lane, the row and its job."""
    text = SendMessage(to=PERSON, sender=NUMBER, body="Hello", status_callback="https://app.example/s")

    async def counted(tx: Tx) -> int:
        spy = _Counting(tx)
        await send_message(cast("Tx", spy), text, account=world.account, now=world.now)
        return spy.statements

    assert await world.do(counted) <= 5


class _Counting:
    """A transaction that counts what it is asked."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.statements = 0

    def __getattr__(self, name: str) -> Any:
        self.statements += name != "publish"
        return getattr(self._tx, name)


async def verify(world: World, number: str) -> None:
    row = OutgoingCallerId(
        account_sid=world.account.sid,
        sid=make_sid("PN", world.now),
        phone_number=number,
        friendly_name="",
        date_created=0,
        date_updated=0,
    )
    await world.insert("outgoing_caller_ids", row)
