"""A message is asked for: by REST, or by a document that answers another message.

`send_message` checks in the order in which the original refuses (the REST sheet of messages, section 4), then puts the
row and its next step into the store: a fetch of its media, the choice of a sender, or the submit to a carrier.
"""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from hookflash.domain.account import Account, AccountType
from hookflash.domain.clock import DAY, MINUTE, SECOND
from hookflash.domain.message import DEFAULT_VALIDITY, Direction, Message, MessageOptions, MessageStatus
from hookflash.domain.numbers import Application
from hookflash.domain.phone_numbers import (
    Address,
    AddressKind,
    parse_recipient,
    parse_sender,
    parse_short_code,
    region_of,
)
from hookflash.domain.segments import count, smart_encode, utf16_length
from hookflash.domain.service import Service
from hookflash.domain.sids import is_sid, make_sid
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.store import Tx

from .best_sender import NORTH_AMERICA
from .queue_for_carrier import UNLIMITED, SenderRates, queue_for_carrier

TRIAL_PREFIX = "Sent from your Twilio trial account - "
MAX_MEDIA = 10
MAX_SCHEDULED = 500_000
SCHEDULE_WINDOW = (15 * MINUTE, 35 * DAY)
SANDBOX_NUMBER = "+14155992671"


class Rules(NamedTuple):
    """What differs between Messages and the resource of 2010 before it."""

    body_limit: int  #: UTF-16 code units
    body_too_long: Code
    application_wins: bool  #: whether ApplicationSid goes before StatusCallback
    to_short_codes: bool  #: whether 3 to 8 digits are a recipient


MESSAGES = Rules(1600, Code.BODY_TOO_LONG, application_wins=False, to_short_codes=False)
SMS_MESSAGES = Rules(160, Code.LEGACY_BODY_TOO_LONG, application_wins=True, to_short_codes=True)
REPLIES = Rules(1600, Code.BODY_TOO_LONG, application_wins=False, to_short_codes=True)


class SendMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, as it was written."""

    to: str = ""
    sender: str = ""
    service_sid: str = ""
    body: str = ""
    media_urls: tuple[str, ...] = ()
    content_sid: str = ""
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


def _always(recipient: str, sender: str, account_sid: str) -> bool:
    return True


async def send_message(
    tx: Tx,
    request: SendMessage,
    *,
    account: Account,
    now: int,
    rules: Rules = MESSAGES,
    rates: SenderRates = UNLIMITED,
    carries_media: Callable[[str, str, str], bool] = _always,
) -> Message:
    """Accept a message, or raise ApiError with the code of the first rule it breaks.

    `carries_media` tells whether a carrier takes media to a recipient, from a sender of an account.
    """
    check_presence(request, rules)
    status_callback = await _status_callback(tx, request, account, rules)
    check_schedule(request, now)
    service = await _service(tx, request, account)
    recipient = read_recipient(request, rules)
    sender = read_sender(request)
    if sender is not None:
        await _check_pair(tx, request, account, sender, recipient, service=service, carries_media=carries_media)
    if request.send_at is not None:
        scheduled = await tx.value("messages.scheduled_count", account_sid=account.sid)
        if scheduled >= MAX_SCHEDULED:
            raise ApiError(Code.SCHEDULE_LIMIT)
    message = new_message(
        request, account, sender=sender, recipient=recipient, service=service, status_callback=status_callback, now=now
    )
    if message.status is MessageStatus.QUEUED:
        await queue_for_carrier(tx, message, now=now, rates=rates, fetch=bool(request.media_urls))
    else:
        due = now if request.send_at is None else request.send_at
        await outbox.add(tx, "accept", message.sid, account_sid=account.sid, due_at=due)
    await tx.insert("messages", message)
    return message


def segments(body: str, media_urls: tuple[str, ...]) -> int:
    """How many segments a message counts; one that carries media is one."""
    return 1 if media_urls else count(body)


async def check_recipient(tx: Tx, account: Account, to: str) -> None:
    """Whether `account` may text `to` at all. Raises ApiError (TRIAL_UNVERIFIED, GEO_PERMISSION)."""
    if account.type is AccountType.TRIAL:
        await _check_verified(tx, account, to)
    allowed = account.settings.sms_countries
    if allowed is not None and to.startswith("+") and region_of(to) not in allowed:
        raise ApiError(Code.GEO_PERMISSION, to=to)


async def is_opted_out(tx: Tx, account_sid: str, sender: str, service_sid: str | None, recipient: str) -> bool:
    """Whether `recipient` asked for no more texts from `sender`, or from the service that it sends for."""
    return bool(
        await tx.value(
            "messages.opted_out",
            account_sid=account_sid,
            sender=sender,
            service_sid=service_sid or sender,
            recipient=recipient,
        )
    )


# -- the checks, in order --


def check_presence(request: SendMessage, rules: Rules) -> None:
    """What must be there, and how much may. Raises ApiError."""
    if not request.to:
        raise ApiError(Code.TO_REQUIRED)
    if not request.sender and not request.service_sid:
        raise ApiError(Code.FROM_REQUIRED)
    if not request.body and not request.media_urls and not request.content_sid:
        raise ApiError(Code.BODY_REQUIRED)
    if request.content_sid:
        raise ApiError(Code.INVALID_CONTENT_SID, sid=request.content_sid)
    if len(request.body) * 2 > rules.body_limit and utf16_length(request.body) > rules.body_limit:
        raise ApiError(rules.body_too_long)
    for url in request.media_urls:
        if not is_web_url(url):
            raise ApiError(Code.INVALID_MEDIA_URL, url=url)
    if len(request.media_urls) > MAX_MEDIA:
        raise ApiError(Code.TOO_MANY_MEDIA)
    own = request.status_callback
    if own and (not is_web_url(own) or "_" in (urlsplit(own).hostname or "")):
        raise ApiError(Code.INVALID_STATUS_CALLBACK, url=own)


async def _status_callback(tx: Tx, request: SendMessage, account: Account, rules: Rules) -> str | None:
    if request.status_urls:
        return " ".join(request.status_urls)
    own = request.status_callback
    if not request.application_sid:
        return own or None
    application = await tx.one(Application, "numbers.application", account_sid=account.sid, sid=request.application_sid)
    if application is None:
        raise ApiError(Code.INVALID_APPLICATION_SID, sid=request.application_sid)
    theirs = application.message_status_callback or application.sms_status_callback
    return (theirs or own) if rules.application_wins else (own or theirs)


def check_schedule(request: SendMessage, now: int) -> None:
    """Whether it can be sent when it should be. Raises ApiError."""
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
    if request.reply_service_sid:
        return await tx.one(Service, "services.by_sid", account_sid=account.sid, sid=request.reply_service_sid)
    if not request.service_sid:
        return None
    if not is_sid(request.service_sid, "MG"):
        raise ApiError(Code.SERVICE_INVALID, sid=request.service_sid)
    service = await tx.one(Service, "services.by_sid", account_sid=account.sid, sid=request.service_sid)
    if service is None:
        raise ApiError(Code.SERVICE_NOT_FOUND, sid=request.service_sid)
    return service


def read_recipient(request: SendMessage, rules: Rules) -> Address:
    """The address that `To` names. Raises ApiError (INVALID_TO)."""
    recipient = parse_recipient(request.to) or (parse_short_code(request.to) if rules.to_short_codes else None)
    if recipient is None:
        raise ApiError(Code.INVALID_TO, to=request.to)
    return recipient


def read_sender(request: SendMessage) -> Address | None:
    """The address that `From` names, if it names one. Raises ApiError (INVALID_FROM)."""
    if not request.sender:
        return None
    sender = parse_sender(request.sender)
    if sender is None:
        raise ApiError(Code.INVALID_FROM, sender=request.sender)
    return sender


async def _check_pair(
    tx: Tx,
    request: SendMessage,
    account: Account,
    sender: Address,
    recipient: Address,
    *,
    service: Service | None,
    carries_media: Callable[[str, str, str], bool],
) -> None:
    """Whether `account` may send from `sender` to `recipient`. Raises ApiError with the code that says why not."""
    if sender.channel != recipient.channel:
        raise ApiError(Code.CHANNEL_MISMATCH)
    if sender.channel:
        raise ApiError(Code.CHANNEL_UNAVAILABLE, sender=sender.text)
    sends_media = await _owned(tx, account, sender)
    if request.service_sid and not await tx.value(
        "services.in_pool", account_sid=account.sid, service_sid=request.service_sid, sender=sender.text
    ):
        raise ApiError(Code.SENDER_NOT_IN_POOL, sender=sender.text)
    if request.media_urls and not (service and service.mms_converter):
        if not sends_media:
            raise ApiError(Code.FROM_NOT_MMS, sender=sender.text)
        on_net = await tx.value("numbers.is_ours", number=recipient.text)
        if not on_net and not carries_media(recipient.text, sender.text, account.sid):
            raise ApiError(Code.NOT_REACHABLE, to=recipient.text, sender=sender.text)
    if sender.text != SANDBOX_NUMBER:
        await check_recipient(tx, account, recipient.text)
    elif request.in_reply_to is None:
        await _check_verified(tx, account, recipient.text)
    if not await _reaches(tx, account, sender, recipient):
        raise ApiError(Code.NOT_REACHABLE, to=recipient.text, sender=sender.text)
    if sender.text == recipient.text:
        raise ApiError(Code.SAME_TO_AND_FROM, to=recipient.text)
    if await is_opted_out(tx, account.sid, sender.text, service.sid if service else None, recipient.text):
        raise ApiError(Code.OPTED_OUT)


async def _owned(tx: Tx, account: Account, sender: Address) -> bool:
    """Whether `sender`, which `account` may send from, can send media too. Raises ApiError (FROM_NOT_OWNED)."""
    if sender.kind is AddressKind.ALPHANUMERIC:
        if account.type is AccountType.TRIAL:
            raise ApiError(Code.FROM_NOT_OWNED, sender=sender.text)
        return False
    if sender.text == SANDBOX_NUMBER:
        return False
    capabilities = await tx.value("numbers.owns_sender", account_sid=account.sid, sender=sender.text)
    if capabilities is None or '"sms":false' in capabilities:
        raise ApiError(Code.FROM_NOT_OWNED, sender=sender.text)
    return '"mms":true' in capabilities


async def _check_verified(tx: Tx, account: Account, to: str) -> None:
    if not await tx.value("numbers.verified", account_sid=account.sid, number=to):
        raise ApiError(Code.TRIAL_UNVERIFIED, to=to)


async def _reaches(tx: Tx, account: Account, sender: Address, recipient: Address) -> bool:
    """Names do not reach North America, short codes no other country than theirs."""
    if sender.kind is AddressKind.PHONE or recipient.kind is not AddressKind.PHONE:
        return True
    region = region_of(recipient.text)
    if sender.kind is AddressKind.ALPHANUMERIC:
        return region not in NORTH_AMERICA
    return bool(region == await tx.value("numbers.short_code_country", account_sid=account.sid, code=sender.text))


# -- the row --


def new_message(
    request: SendMessage,
    account: Account,
    *,
    sender: Address | None,
    recipient: Address,
    service: Service | None,
    status_callback: str | None,
    now: int,
) -> Message:
    """The row of a message that passed the checks."""
    body = TRIAL_PREFIX + request.body if account.type is AccountType.TRIAL else request.body
    smart = request.smart_encoded if request.smart_encoded is not None else bool(service and service.smart_encoding)
    if smart:
        body = smart_encode(body)
    status = MessageStatus.QUEUED if sender else MessageStatus.ACCEPTED
    return Message(
        account_sid=account.sid,
        id=make_sid("", now),
        kind="MM" if request.media_urls else "SM",
        direction=request.direction,
        status=status if request.send_at is None else MessageStatus.SCHEDULED,
        sender=sender.text if sender else None,
        recipient=recipient.text,
        body=body,
        num_segments=segments(body, request.media_urls) if sender else 0,
        num_media=len(request.media_urls),
        service_sid=service.sid if service else None,
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


def is_web_url(url: str) -> bool:
    """Whether `url` is an absolute http or https URL with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
