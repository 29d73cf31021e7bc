"""A text comes in: it becomes a message of the account whose number it reached, and its webhook is queued.

Parts of a long text are kept until all are there; what a carrier brings twice is received once. Words that opt out are
obeyed, and answered, before the application hears of them.
"""

from hashlib import blake2b

import msgspec

from hookflash.carriers.carrier import InboundMessage
from hookflash.domain.account import Account, AccountStatus
from hookflash.domain.clock import DAY, HOUR
from hookflash.domain.message import Direction, Message, MessageOptions, MessageStatus
from hookflash.domain.numbers import Application, IncomingPhoneNumber, Sandbox, ShortCode
from hookflash.domain.opt_out import DEFAULT, LONGEST_WORD, NONE, TOLL_FREE, Keyword, OptOutPolicy, policy_of
from hookflash.domain.segments import count
from hookflash.domain.service import Service
from hookflash.domain.sids import make_sid
from hookflash.store import outbox, timeline
from hookflash.store.outbox import Job
from hookflash.store.store import Tx

from .move_message import move_message
from .queue_for_carrier import UNLIMITED, queue_for_carrier
from .send_message import SANDBOX_NUMBER

PARTS_WAIT = 1 * HOUR  #: for the missing parts of a long text; then it is received without them
REPEATS = 3 * DAY  #: for which a carrier may bring the same text again
_MISSING = "…"


class Answerer(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers texts at a number: where to ask, and where to turn when that fails."""

    url: str | None
    method: str
    fallback_url: str | None
    fallback_method: str
    service_sid: str | None = None


class IncomingWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """What the `incoming` queue holds: a document that is to be fetched and run for an incoming message."""

    url: str
    method: str
    fallback_url: str | None = None
    fallback_method: str = "POST"
    documents: int = 1  #: how many this message has had, this one included
    error_code: int | None = None  #: when this is the fallback: what went wrong before
    error_url: str | None = None


class _Part(msgspec.Struct):
    """A row of `inbound_parts`."""

    carrier: str
    sender: str
    recipient: str
    reference: int
    part: int
    total: int
    body: str
    date_created: int


class _Owner(msgspec.Struct, frozen=True):
    """Whose number was written to, and what is known of it."""

    account_sid: str
    answerer: Answerer
    policy: OptOutPolicy
    number: str  #: what was written to


async def receive_message(tx: Tx, text: InboundMessage, *, now: int) -> Message | None:
    """Receive `text`, or keep it when it is a part of one that is not whole yet.

    Returns the message, or None when there is none (yet): a part, a repeat, or a number that nobody here has.
    """
    if text.dedupe and not await _is_new(tx, text.carrier, text.dedupe, now=now, window=REPEATS):
        return None
    if text.total > 1 and 1 <= text.part <= text.total:
        return await _receive_part(tx, text, now)
    owner = await _owner(tx, text)
    if owner is None:
        return None
    account = await tx.one(Account, "accounts.by_sid", sid=owner.account_sid)
    if account is None or account.status is not AccountStatus.ACTIVE:
        return None
    message = _message(text, owner, now)
    await tx.insert("messages", message)
    await timeline.record(
        tx,
        message.sid,
        "carrier",
        f"{text.carrier} brought it",
        account_sid=message.account_sid,
        now=now,
        data={"detail": text.detail} if text.detail else None,
    )
    await _obey(tx, message, owner, now)
    lane = f"in {message.lane}"
    if text.media_urls:
        await outbox.add(tx, "media", message.sid, account_sid=message.account_sid, due_at=now, lane=lane)
        return message
    await move_message(tx, message, MessageStatus.RECEIVED, now=now, sentence="Received")
    webhook = _webhook(owner.answerer)
    if webhook is not None:
        await outbox.add(
            tx, "incoming", message.sid, account_sid=message.account_sid, due_at=now, lane=lane, payload=webhook
        )
    return message


async def finish_receiving(tx: Tx, job: Job, message: Message, *, now: int) -> None:
    """The media of the message are here (`job` fetched them): have the application asked what to do."""
    await move_message(tx, message, MessageStatus.RECEIVED, now=now, sentence="Received")
    webhook = _webhook(await _answerer_of(tx, message))
    if webhook is None:
        await outbox.finish(tx, job)
    else:
        await outbox.renew(tx, job, queue="incoming", due_at=now, payload=webhook)


def _webhook(answerer: Answerer) -> IncomingWebhook | None:
    if not answerer.url:
        return None
    return IncomingWebhook(
        url=answerer.url,
        method=answerer.method,
        fallback_url=answerer.fallback_url,
        fallback_method=answerer.fallback_method,
    )


async def _answerer_of(tx: Tx, message: Message) -> Answerer:
    """Who answers an incoming message that is already in the store."""
    text = InboundMessage(carrier="", sender=message.sender or "", recipient=message.recipient, body=message.body)
    owner = await _owner(tx, text)
    return owner.answerer if owner else Answerer(url=None, method="POST", fallback_url=None, fallback_method="POST")


async def give_up_waiting(tx: Tx, text: InboundMessage, *, now: int) -> Message | None:
    """The missing parts never came: receive the text without them, with an ellipsis where each belongs."""
    parts = {part.part: part.body for part in await _parts(tx, text)}
    if not parts:
        return None
    body = "".join(parts.get(number, _MISSING) for number in range(1, text.total + 1))
    return await _receive_whole(tx, text, body, now)


async def _receive_part(tx: Tx, text: InboundMessage, now: int) -> Message | None:
    repeat = f"part {text.part}/{text.total} of {_mark(text, text.body)}"
    if not await _is_new(tx, text.carrier, repeat, now=now, window=PARTS_WAIT):
        return None
    key = _part_key(text)
    await tx.run("carriers.add_inbound_part", **key, part=text.part, total=text.total, body=text.body, now=now)
    parts = await _parts(tx, text)
    if len(parts) == text.total:
        await outbox.withdraw(tx, "parts", _mark(text))
        return await _receive_whole(tx, text, "".join(part.body for part in parts), now)
    if len(parts) == 1:
        await outbox.add(tx, "parts", _mark(text), account_sid="", due_at=now + PARTS_WAIT, payload=text)
    return None


async def _receive_whole(tx: Tx, text: InboundMessage, body: str, now: int) -> Message | None:
    await tx.run("carriers.drop_inbound_parts", **_part_key(text))
    whole = msgspec.structs.replace(text, body=body, total=1, part=1, dedupe="")
    return await receive_message(tx, whole, now=now)


async def _parts(tx: Tx, text: InboundMessage) -> list[_Part]:
    return await tx.all(_Part, "carriers.inbound_parts", **_part_key(text))


async def _is_new(tx: Tx, carrier: str, key: str, *, now: int, window: int) -> bool:
    """Whether the carrier has not brought what `key` names for `window` ms; it has now."""
    return bool(await tx.run("carriers.see_inbound", carrier=carrier, dedupe=key, now=now, after=now - window))


def _mark(text: InboundMessage, *more: str) -> str:
    """A name for the long text that a part belongs to, which tells no number."""
    named = "\0".join((text.carrier, text.sender, text.recipient, str(text.reference), *more))
    return blake2b(named.encode(), digest_size=16).hexdigest()


def _part_key(text: InboundMessage) -> dict[str, object]:
    return {
        "carrier": text.carrier,
        "sender": text.sender,
        "recipient": text.recipient,
        "reference": text.reference,
    }


# -- whose number --


async def _owner(tx: Tx, text: InboundMessage) -> _Owner | None:
    if text.recipient == SANDBOX_NUMBER:
        return await _sandbox_owner(tx, text)
    number = await tx.one(IncomingPhoneNumber, "numbers.incoming_by_number", number=text.recipient)
    if number is not None:
        return await _owner_of(tx, number, number.phone_number, policy_of(number.phone_number))
    code = await tx.one(ShortCode, "numbers.short_code", code=text.recipient)
    return await _owner_of(tx, code, code.short_code, NONE) if code is not None else None


async def _owner_of(tx: Tx, owned: IncomingPhoneNumber | ShortCode, sender: str, policy: OptOutPolicy) -> _Owner:
    service = await tx.one(Service, "services.of_sender", account_sid=owned.account_sid, sender=sender)
    own = await _own_answerer(tx, owned)
    if service is None:
        return _Owner(owned.account_sid, own, policy, sender)
    answerer = msgspec.structs.replace(own, service_sid=service.sid)
    if not service.use_inbound_webhook_on_number:
        answerer = Answerer(
            url=service.inbound_request_url,
            method=service.inbound_method or "POST",
            fallback_url=service.fallback_url,
            fallback_method=service.fallback_method or "POST",
            service_sid=service.sid,
        )
    return _Owner(owned.account_sid, answerer, policy if policy is TOLL_FREE else DEFAULT, sender)


async def _own_answerer(tx: Tx, owned: IncomingPhoneNumber | ShortCode) -> Answerer:
    if isinstance(owned, IncomingPhoneNumber) and owned.sms_application_sid:
        theirs = await _application_answerer(tx, owned.account_sid, owned.sms_application_sid)
        if theirs is not None:
            return theirs
    return _answerer(owned)


async def _application_answerer(tx: Tx, account_sid: str, sid: str) -> Answerer | None:
    application = await tx.one(Application, "numbers.application", account_sid=account_sid, sid=sid)
    return _answerer(application) if application else None


def _answerer(source: IncomingPhoneNumber | ShortCode | Application) -> Answerer:
    return Answerer(
        url=source.sms_url,
        method=source.sms_method or "POST",
        fallback_url=source.sms_fallback_url,
        fallback_method=source.sms_fallback_method or "POST",
    )


async def _sandbox_owner(tx: Tx, text: InboundMessage) -> _Owner | None:
    sandbox = await tx.one(Sandbox, "numbers.sandbox_by_pin", pin=text.body.strip()[:8])
    if sandbox is None:
        return None
    answerer = Answerer(
        url=sandbox.sms_url, method=sandbox.sms_method or "POST", fallback_url=None, fallback_method="POST"
    )
    if sandbox.application_sid:
        answerer = await _application_answerer(tx, sandbox.account_sid, sandbox.application_sid) or answerer
    return _Owner(sandbox.account_sid, answerer, NONE, SANDBOX_NUMBER)


# -- the row, and the words that opt out --


def _message(text: InboundMessage, owner: _Owner, now: int) -> Message:
    return Message(
        account_sid=owner.account_sid,
        id=text.sid[2:] or make_sid("", now),
        kind="MM" if text.media_urls else "SM",
        direction=Direction.INBOUND,
        status=MessageStatus.RECEIVING,
        sender=text.sender,
        recipient=text.recipient,
        body=text.body,
        num_segments=1 if text.media_urls else count(text.body),
        num_media=len(text.media_urls),
        service_sid=owner.answerer.service_sid,
        status_callback=None,
        error_code=None,
        error_message=None,
        price=None,
        price_unit="USD",
        carrier=text.carrier,
        api_version="2010-04-01",
        options=MessageOptions(media_urls=text.media_urls) if text.media_urls else None,
        date_created=now,
        date_updated=now,
        date_sent=now,
    )


async def _obey(tx: Tx, message: Message, owner: _Owner, now: int) -> None:
    if len(message.body) > LONGEST_WORD or owner.policy is NONE:
        return
    pair = {"account_sid": message.account_sid, "recipient": message.sender}
    service_sid = message.service_sid or owner.number
    blocked = bool(await tx.value("messages.opted_out", sender=owner.number, service_sid=service_sid, **pair))
    keyword = owner.policy.keyword_of(message.body, blocked=blocked)
    if keyword is None:
        return
    for block in {owner.number, service_sid}:  # a number of a service speaks for all of it
        if keyword is Keyword.STOP:
            await tx.run("messages.opt_out", sender=block, **pair, now=now)
        elif keyword is Keyword.START:
            await tx.run("messages.opt_in", sender=block, **pair)
    await timeline.record(
        tx,
        message.sid,
        "note",
        f"The word means {keyword.value}",
        account_sid=message.account_sid,
        now=now,
    )
    reply = owner.policy.replies.get(keyword)
    if reply:
        await _reply(tx, message, reply, now)


async def _reply(tx: Tx, incoming: Message, body: str, now: int) -> None:
    """The platform's own answer, which an opt-out does not stop."""
    message = Message(
        account_sid=incoming.account_sid,
        id=make_sid("", now),
        kind="SM",
        direction=Direction.OUTBOUND_REPLY,
        status=MessageStatus.QUEUED,
        sender=incoming.recipient,
        recipient=incoming.sender or "",
        body=body,
        num_segments=count(body),
        num_media=0,
        service_sid=incoming.service_sid,
        status_callback=None,
        error_code=None,
        error_message=None,
        price=None,
        price_unit="USD",
        carrier=None,
        api_version="2010-04-01",
        options=None,
        date_created=now,
        date_updated=now,
        date_sent=None,
    )
    await tx.insert("messages", message)
    await queue_for_carrier(tx, message, now=now, rates=UNLIMITED, fetch=False)
