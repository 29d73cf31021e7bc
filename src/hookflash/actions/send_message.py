"""A message is asked for: by REST, or by a document that answers another message.

`send_message` checks in the order in which the original refuses (the REST sheet of messages, section 4), then puts the
row and its next step into the store: a fetch of its media, the choice of a sender, or the submit to a carrier.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from hookflash.domain.account import Account, AccountType
from hookflash.domain.clock import DAY, HOUR, MINUTE, SECOND
from hookflash.domain.message import DEFAULT_VALIDITY, Direction, Message, MessageOptions, MessageStatus
from hookflash.domain.numbers import Application
from hookflash.domain.phone_numbers import Address, AddressKind, parse_recipient, parse_sender, region_of
from hookflash.domain.segments import count, smart_encode, utf16_length
from hookflash.domain.service import Service
from hookflash.domain.sids import is_sid, make_sid
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.store import Tx

TRIAL_PREFIX = "Sent from your Twilio trial account - "
MAX_MEDIA = 10
MAX_SCHEDULED = 500_000
SCHEDULE_WINDOW = (15 * MINUTE, 35 * DAY)
NORTH_AMERICA = frozenset({"US", "CA"})
SANDBOX_NUMBER = "+14155992671"


class Rules(NamedTuple):
    """What differs between Messages and the resource of 2010 before it."""

    body_limit: int  #: UTF-16 code units
    body_too_long: Code
    application_wins: bool  #: whether ApplicationSid goes before StatusCallback


MESSAGES = Rules(1600, Code.BODY_TOO_LONG, application_wins=False)
SMS_MESSAGES = Rules(160, Code.LEGACY_BODY_TOO_LONG, application_wins=True)


class SendMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, as it was written."""

    to: str = ""
    sender: str = ""
    service_sid: str = ""
    body: str = ""
    media_urls: tuple[str, ...] = ()
    status_callback: str = ""
    application_sid: str = ""
    validity_period: int | None = None  #: seconds
    provide_feedback: bool = False
    smart_encoded: bool | None = None
    schedule_type: str = ""
    send_at: int | None = None  #: ms since the epoch
    discard_body: bool = False
    direction: Direction = Direction.OUTBOUND_API
    in_reply_to: str | None = None
    reply_service_sid: str | None = None  #: the service a TwiML reply goes out by, whose pool is not asked
    status_urls: tuple[str, ...] = ()  #: of a TwiML reply, already checked


class SenderRates(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a sender may send; None is without limit. What is queued beyond `queue` is refused."""

    long_code: float | None = None  #: messages a second
    toll_free: float | None = None
    short_code: float | None = None
    alphanumeric: float | None = None
    queue: int = 4 * HOUR  #: ms of traffic that may wait


UNLIMITED = SenderRates()


async def send_message(
    tx: Tx,
    request: SendMessage,
    *,
    account: Account,
    now: int,
    rules: Rules = MESSAGES,
    rates: SenderRates = UNLIMITED,
) -> Message:
    """Accept a message, or raise ApiError with the code of the first rule it breaks."""
    _check_presence(request, rules)
    status_callback = await _status_callback(tx, request, account, rules)
    _check_schedule(request, now)
    service = await _service(tx, request, account)
    recipient = _recipient(request)
    sender = _sender(request, recipient)
    if sender is not None:
        await check_sender(tx, account, sender, recipient, service=service, media=bool(request.media_urls))

    body = TRIAL_PREFIX + request.body if account.type is AccountType.TRIAL else request.body
    smart = request.smart_encoded if request.smart_encoded is not None else bool(service and service.smart_encoding)
    if smart:
        body = smart_encode(body)
    deferred = sender is None
    message = Message(
        account_sid=account.sid,
        id=make_sid("", now),
        kind="MM" if request.media_urls else "SM",
        direction=request.direction,
        status=_first_status(request, deferred=deferred),
        sender=sender.text if sender else None,
        recipient=recipient.text,
        body=body,
        num_segments=0 if deferred else segments(body, request.media_urls),
        num_media=len(request.media_urls),
        service_sid=service.sid if service else request.reply_service_sid,
        status_callback=status_callback or (service.status_callback if service else None),
        error_code=None,
        error_message=None,
        price=None,
        price_unit="USD",
        carrier=None,
        api_version="2010-04-01",
        options=_options(request, service, smart=smart),
        date_created=now,
        date_updated=now,
        date_sent=None,
    )
    if request.send_at is not None:
        scheduled = await tx.value("messages.scheduled_count", account_sid=account.sid, now=now)
        if scheduled >= MAX_SCHEDULED:
            raise ApiError(Code.SCHEDULE_LIMIT)
    await tx.insert("messages", message)
    if deferred or request.send_at is not None:
        due = request.send_at if request.send_at is not None else now
        await outbox.add(tx, "accept", message.sid, account_sid=account.sid, due_at=due)
    else:
        await queue_for_carrier(tx, message, now=now, rates=rates)
    return message


async def queue_for_carrier(tx: Tx, message: Message, *, now: int, rates: SenderRates) -> None:
    """Have `message`, whose sender is known, fetched its media and submitted. Raises ApiError (QUEUE_FULL)."""
    due = await _slot(tx, message, now, rates)
    queue = "media" if message.options and message.options.media_urls else "submit"
    await outbox.add(tx, queue, message.sid, account_sid=message.account_sid, due_at=due, lane=message.lane)


def segments(body: str, media_urls: tuple[str, ...]) -> int:
    """How many segments a message counts; one that carries media is one."""
    return 1 if media_urls else count(body)


async def check_sender(
    tx: Tx, account: Account, sender: Address, recipient: Address, *, service: Service | None, media: bool
) -> None:
    """Whether `account` may send from `sender` to `recipient`. Raises ApiError with the code that says why not."""
    if sender.channel != recipient.channel:
        raise ApiError(Code.CHANNEL_MISMATCH)
    if sender.channel:
        raise ApiError(Code.CHANNEL_UNAVAILABLE, sender=sender.text)
    if sender.kind is AddressKind.ALPHANUMERIC:
        mms = False
        if account.type is AccountType.TRIAL:
            raise ApiError(Code.FROM_NOT_OWNED, sender=sender.text)
    else:
        mms = await _owned_mms(tx, account, sender)
    if service is not None and not await tx.value(
        "services.in_pool", account_sid=account.sid, service_sid=service.sid, sender=sender.text
    ):
        raise ApiError(Code.SENDER_NOT_IN_POOL, sender=sender.text)
    if media and not mms and not (service and service.mms_converter):
        raise ApiError(Code.FROM_NOT_MMS, sender=sender.text)
    await check_recipient(tx, account, recipient.text)
    if sender.kind is AddressKind.ALPHANUMERIC and region_of(recipient.text) in NORTH_AMERICA:
        raise ApiError(Code.NOT_REACHABLE, to=recipient.text, sender=sender.text)
    if sender.text == recipient.text:
        raise ApiError(Code.SAME_TO_AND_FROM, to=recipient.text)
    if await is_opted_out(tx, account.sid, sender.text, service, recipient.text):
        raise ApiError(Code.OPTED_OUT)


async def check_recipient(tx: Tx, account: Account, to: str) -> None:
    """Whether `account` may text `to` at all. Raises ApiError (TRIAL_UNVERIFIED, GEO_PERMISSION)."""
    if account.type is AccountType.TRIAL and not await tx.value("numbers.verified", account_sid=account.sid, number=to):
        raise ApiError(Code.TRIAL_UNVERIFIED, to=to)
    allowed = account.settings.sms_countries
    if allowed is not None and region_of(to) not in allowed:
        raise ApiError(Code.GEO_PERMISSION, to=to)


async def is_opted_out(tx: Tx, account_sid: str, sender: str, service: Service | None, recipient: str) -> bool:
    """Whether `recipient` asked for no more texts from `sender`, or from the service it belongs to."""
    block = service.sid if service else sender
    return bool(await tx.value("messages.opted_out", account_sid=account_sid, sender=block, recipient=recipient))


# -- the checks, in order --


def _check_presence(request: SendMessage, rules: Rules) -> None:
    if not request.to:
        raise ApiError(Code.TO_REQUIRED)
    if not request.sender and not request.service_sid:
        raise ApiError(Code.FROM_REQUIRED)
    if not request.body and not request.media_urls:
        raise ApiError(Code.BODY_REQUIRED)
    if len(request.body) * 2 > rules.body_limit and utf16_length(request.body) > rules.body_limit:
        raise ApiError(rules.body_too_long)
    for url in request.media_urls:
        if not is_web_url(url):
            raise ApiError(Code.INVALID_MEDIA_URL, url=url)
    if len(request.media_urls) > MAX_MEDIA:
        raise ApiError(Code.TOO_MANY_MEDIA)


async def _status_callback(tx: Tx, request: SendMessage, account: Account, rules: Rules) -> str | None:
    if request.status_urls:
        return " ".join(request.status_urls)
    own = request.status_callback
    if own and (not is_web_url(own) or "_" in (urlsplit(own).hostname or "")):
        raise ApiError(Code.INVALID_STATUS_CALLBACK, url=own)
    if not request.application_sid:
        return own or None
    application = await tx.one(Application, "numbers.application", account_sid=account.sid, sid=request.application_sid)
    if application is None:
        raise ApiError(Code.INVALID_APPLICATION_SID, sid=request.application_sid)
    theirs = application.message_status_callback or application.sms_status_callback
    return (theirs or own) if rules.application_wins else (own or theirs)


def _check_schedule(request: SendMessage, now: int) -> None:
    if request.validity_period is not None and not 1 <= request.validity_period <= DEFAULT_VALIDITY:
        raise ApiError(Code.INVALID_VALIDITY)
    if not request.schedule_type and request.send_at is None:
        return
    if request.schedule_type != "fixed":
        raise ApiError(Code.INVALID_SCHEDULE_TYPE)
    if request.send_at is None:
        raise ApiError(Code.SCHEDULE_WITHOUT_TIME)
    earliest, latest = SCHEDULE_WINDOW
    if not now + earliest - SECOND <= request.send_at <= now + latest:
        raise ApiError(Code.SCHEDULE_OUTSIDE_WINDOW)
    if not request.service_sid:
        raise ApiError(Code.SCHEDULE_WITHOUT_SERVICE)


async def _service(tx: Tx, request: SendMessage, account: Account) -> Service | None:
    if not request.service_sid:
        return None
    if not is_sid(request.service_sid, "MG"):
        raise ApiError(Code.SERVICE_INVALID, sid=request.service_sid)
    service = await tx.one(Service, "services.by_sid", account_sid=account.sid, sid=request.service_sid)
    if service is None:
        raise ApiError(Code.SERVICE_NOT_FOUND, sid=request.service_sid)
    return service


def _recipient(request: SendMessage) -> Address:
    recipient = parse_recipient(request.to)
    if recipient is None:
        raise ApiError(Code.INVALID_TO, to=request.to)
    return recipient


def _sender(request: SendMessage, recipient: Address) -> Address | None:
    if not request.sender:
        return None
    sender = parse_sender(request.sender)
    if sender is None:
        raise ApiError(Code.INVALID_FROM, sender=request.sender)
    return sender


async def _owned_mms(tx: Tx, account: Account, sender: Address) -> bool:
    capabilities = await tx.value("numbers.owns_sender", account_sid=account.sid, sender=sender.text)
    if capabilities is None and sender.text == SANDBOX_NUMBER:
        return False
    if capabilities is None or '"sms":false' in capabilities:
        raise ApiError(Code.FROM_NOT_OWNED, sender=sender.text)
    return '"mms":true' in capabilities


# -- the row --


def _first_status(request: SendMessage, *, deferred: bool) -> MessageStatus:
    if request.send_at is not None:
        return MessageStatus.SCHEDULED
    return MessageStatus.ACCEPTED if deferred else MessageStatus.QUEUED


def _options(request: SendMessage, service: Service | None, *, smart: bool) -> MessageOptions | None:
    default = service.validity_period if service else DEFAULT_VALIDITY
    options = MessageOptions(
        send_at=request.send_at,
        validity_period=request.validity_period or default,
        provide_feedback=request.provide_feedback,
        smart_encoded=smart,
        media_urls=request.media_urls,
        discard_body=request.discard_body,
        mms_converter=bool(service and service.mms_converter),
        in_reply_to=request.in_reply_to,
    )
    return None if options == _NO_OPTIONS else options


_NO_OPTIONS = MessageOptions()


async def _slot(tx: Tx, message: Message, now: int, rates: SenderRates) -> int:
    """When a message may leave, at the rate of its sender; its segments take that many turns."""
    rate = _rate(message.sender or "", rates)
    if rate is None:
        return now
    key = {"account_sid": message.account_sid, "sender": message.sender}
    due = max(now, await tx.value("messages.next_slot", **key) or 0)
    if due - now > rates.queue:
        raise ApiError(Code.QUEUE_FULL)
    following = due + round(message.num_segments * SECOND / rate)
    await tx.run("messages.set_next_slot", **key, next_slot=following)
    return due


def _rate(sender: str, rates: SenderRates) -> float | None:
    if rates is UNLIMITED:
        return None
    if not sender.startswith("+"):
        return rates.short_code if sender.isdigit() else rates.alphanumeric
    return rates.toll_free if _is_toll_free(sender) else rates.long_code


def _is_toll_free(number: str) -> bool:
    return number[:2] == "+1" and number[2:5] in {"800", "833", "844", "855", "866", "877", "888"}


def is_web_url(url: str) -> bool:
    """Whether `url` is an absolute http or https URL with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
