"""A document was fetched for an incoming message: its replies, its cookies, its alerts and the record of the attempts
are kept, and its row of the outbox ends, in one transaction. So no document is half done, and none is done twice.
"""

from itertools import pairwise

import msgspec

from hookflash.domain.account import Account
from hookflash.domain.clock import SECOND
from hookflash.domain.message import Direction, Message, MessageStatus
from hookflash.errors import ApiError, Code
from hookflash.store import outbox, timeline
from hookflash.store.outbox import Job
from hookflash.store.store import Tx
from hookflash.twiml.messaging import MessagingOutcome, ReplyDraft
from hookflash.webhooks.cookies import LIFETIME, Jar
from hookflash.webhooks.outcome import Attempt, Outcome
from hookflash.webhooks.request import bare_url

from .move_message import move_message
from .queue_for_carrier import SenderRates
from .raise_alert import raise_alert
from .receive_message import IncomingWebhook
from .send_message import REPLIES, SendMessage, send_message

MOST_DOCUMENTS = 50  #: fetched for one incoming message
TOO_MANY_DOCUMENTS = 14106
LOOP_REPLIES = 20  #: replies to one number, each less than LOOP_GAP after the other: two machines are talking
LOOP_GAP = 15 * SECOND
REPLY_LOOP = 14107

#: What a verb is told when the message that it asks for is refused.
_REFUSALS = {
    Code.INVALID_TO: 14101,
    Code.NOT_REACHABLE: 14101,
    Code.OPTED_OUT: Code.OPTED_OUT.number,
    Code.INVALID_FROM: 14102,
    Code.BODY_REQUIRED: 14103,
    Code.BODY_TOO_LONG: 14103,
    Code.INVALID_STATUS_CALLBACK: 14105,
    Code.FROM_NOT_OWNED: 14108,
    Code.TRIAL_UNVERIFIED: 14111,
}


class Failure(msgspec.Struct, frozen=True):
    """Why a document could not be run."""

    code: int
    sentence: str


async def answer_message(
    tx: Tx,
    job: Job,
    message: Message,
    webhook: IncomingWebhook,
    fetched: Outcome,
    result: MessagingOutcome | Failure,
    *,
    now: int,
    rates: SenderRates,
) -> None:
    """Keep what a document came to: `result` is what its verbs did, or why there are none."""
    await record_attempts(tx, message.sid, message.account_sid, fetched.attempts, now=now)
    await _keep_cookies(tx, message, fetched.jar)
    last = fetched.attempts[-1] if fetched.attempts else None
    if isinstance(result, Failure):
        await raise_alert(tx, message, level="error", code=result.code, sentence=result.sentence, now=now, attempt=last)
        await _fall_back(tx, job, webhook, result)
        return
    for warning in result.warnings:
        await raise_alert(
            tx,
            message,
            level="warning",
            code=int(warning.code),
            sentence=f"line {warning.line}, column {warning.column}: {warning.sentence}",
            now=now,
            attempt=last,
        )
    for draft in result.replies:
        await _reply(tx, message, draft, last, now=now, rates=rates)
    if result.redirect is None:
        await outbox.finish(tx, job)
    elif webhook.documents >= MOST_DOCUMENTS:
        sentence = f"A message may have {MOST_DOCUMENTS} documents; this redirect is not followed"
        await raise_alert(
            tx, message, level="warning", code=TOO_MANY_DOCUMENTS, sentence=sentence, now=now, attempt=last
        )
        await outbox.finish(tx, job)
    else:
        following = msgspec.structs.replace(
            webhook,
            url=result.redirect.url,
            method=result.redirect.method,
            documents=webhook.documents + 1,
            error_code=None,
            error_url=None,
        )
        await outbox.renew(tx, job, queue="incoming", due_at=0, payload=following)


async def record_attempts(tx: Tx, subject: str, account_sid: str, attempts: tuple[Attempt, ...], *, now: int) -> None:
    """Keep every attempt of a webhook in the timeline of what it is about."""
    for attempt in attempts:
        await timeline.record(
            tx, subject, "webhook", attempt_sentence(attempt), account_sid=account_sid, now=now, data=attempt
        )


def attempt_sentence(attempt: Attempt) -> str:
    """An attempt in a line for people; the URL is in its data."""
    if attempt.status is None:
        return f"{attempt.method} failed after {attempt.duration} ms: {attempt.error}"
    said = f"{attempt.method} answered {attempt.status} in {attempt.duration} ms"
    return f"{said}: {attempt.error}" if attempt.error else said


async def cookies_of(tx: Tx, message: Message, now: int) -> Jar:
    """The cookies of the conversation that `message` belongs to."""
    kept = await tx.value(
        "messages.cookies",
        account_sid=message.account_sid,
        sender=message.sender,
        recipient=message.recipient,
        now=now,
    )
    return Jar.from_json(kept) if kept else Jar(touched_at=now)


async def _keep_cookies(tx: Tx, message: Message, jar: Jar | None) -> None:
    if jar is None:
        return
    key = {"account_sid": message.account_sid, "sender": message.sender, "recipient": message.recipient}
    if jar.cookies:
        expires_at = jar.touched_at + LIFETIME
        await tx.run("messages.keep_cookies", jar=jar.to_json(), expires_at=expires_at, **key)
    else:
        await tx.run("messages.drop_cookies", **key)


async def _fall_back(tx: Tx, job: Job, webhook: IncomingWebhook, failure: Failure) -> None:
    """At once ask the fallback URL, which is told what went wrong; its own failure ends the matter."""
    if webhook.fallback_url is None or webhook.error_code is not None:
        await outbox.finish(tx, job)
        return
    following = IncomingWebhook(
        url=webhook.fallback_url,
        method=webhook.fallback_method,
        documents=webhook.documents,
        error_code=failure.code,
        error_url=bare_url(webhook.url),
    )
    await outbox.renew(tx, job, queue="incoming", due_at=0, payload=following)


async def _reply(
    tx: Tx, message: Message, draft: ReplyDraft, attempt: Attempt | None, *, now: int, rates: SenderRates
) -> None:
    account = await tx.one(Account, "accounts.by_sid", sid=message.account_sid)
    if account is None:
        return
    wanted = SendMessage(
        to=draft.to,
        sender=draft.from_,
        body=draft.body,
        media_urls=draft.media_urls,
        direction=Direction.OUTBOUND_REPLY,
        in_reply_to=message.sid,
        reply_service_sid=draft.service_sid,
        status_urls=draft.status_urls,
    )
    try:
        reply = await send_message(tx, wanted, account=account, now=now, rules=REPLIES, rates=rates)
    except ApiError as error:
        code = _REFUSALS.get(error.code, error.code.number)
        await raise_alert(tx, message, level="warning", code=code, sentence=error.message, now=now, attempt=attempt)
        return
    if await _is_loop(tx, reply, now):
        await outbox.withdraw(tx, "media" if reply.num_media else "submit", reply.sid)
        sentence = "Two machines seem to be answering each other; replies between these numbers rest for a while"
        await move_message(tx, reply, MessageStatus.FAILED, now=now, sentence=sentence, error_code=REPLY_LOOP)
        await raise_alert(tx, message, level="error", code=REPLY_LOOP, sentence=sentence, now=now)


class _Made(msgspec.Struct):
    at: int


async def _is_loop(tx: Tx, reply: Message, now: int) -> bool:
    made = await tx.all(
        _Made,
        "messages.recent_replies",
        account_sid=reply.account_sid,
        sender=reply.sender,
        recipient=reply.recipient,
        limit=LOOP_REPLIES + 1,
    )
    if len(made) <= LOOP_REPLIES:
        return False
    gaps = [later.at - earlier.at for later, earlier in pairwise(made)]
    return all(gap < LOOP_GAP for gap in gaps)
