"""The `callback` queue: status callbacks and debugger events, posted once and recorded."""

import msgspec

from hookflash.actions.answer_message import record_attempts
from hookflash.actions.load_call import load_call
from hookflash.actions.load_message import load_message
from hookflash.actions.move_conference import load_conference
from hookflash.actions.raise_alert import raise_alert
from hookflash.actions.status_callback import StatusCallback
from hookflash.api.auth import Authenticator
from hookflash.domain.call import Call
from hookflash.domain.clock import Clock
from hookflash.domain.conference import Conference
from hookflash.domain.media_links import MediaLinks
from hookflash.domain.message import Message
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Store, Tx
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.codes import WebhookCode
from hookflash.webhooks.outcome import Outcome
from hookflash.webhooks.request import ANSWER_IGNORED, WebhookRequest
from hookflash.webhooks.voice import LINKS

from .keep import keep
from .shares import host_of_url

_decode = msgspec.json.Decoder(StatusCallback).decode
DEBUGGER = "NO"  #: how the SIDs of debugger events begin: their own failure raises no event


class Callbacks:
    """Sends what the moves of messages, calls and recordings asked for; `perform` is that of a `Worker`."""

    def __init__(
        self,
        *,
        store: Store,
        webhooks: WebhookClient,
        auth: Authenticator,
        clock: Clock,
        links: MediaLinks,
        validate_certificates: bool,
    ) -> None:
        self._store = store
        self._webhooks = webhooks
        self._auth = auth
        self._clock = clock
        self._links = links
        self._validate_certificates = validate_certificates

    async def perform(self, job: Job) -> None:
        callback = _decode(job.payload)
        token = self._auth.test_token if callback.test else self._auth.token
        outcome = await self._webhooks.fetch(
            WebhookRequest(
                url=callback.url,
                method=callback.method,
                params=self._linked(callback.params),
                channel=callback.channel,
                account_sid=job.account_sid,
                auth_token=await token(job.account_sid),
                resource_sid=job.subject,
                idempotency_token=f"{job.subject}-{job.id}",
                kind="status",
                accepts=ANSWER_IGNORED,
                validate_certificates=self._validate_certificates,
            )
        )
        await keep(lambda: self._store.write(finish_callback, job, outcome, now=self._clock.now()))

    def _linked(self, params: dict[str, str]) -> dict[str, str]:
        """`params` with the paths among them made links, which a platform on a network signs."""
        now = self._clock.now()
        links = {name: self._links.link(params[name], now) for name in LINKS & params.keys()}
        return params | links


def callback_host(job: Job) -> str:
    """Whom a callback is for."""
    return host_of_url(_decode(job.payload).url)


async def finish_callback(tx: Tx, job: Job, outcome: Outcome, *, now: int) -> None:
    """Record the attempts, and raise an alert when none got through."""
    await record_attempts(tx, job.subject, job.account_sid, outcome.attempts, now=now)
    if outcome.error is not None and not job.subject.startswith(DEBUGGER):
        about = await _about(tx, job)
        if about is not None:
            await raise_alert(
                tx,
                about,
                level="warning" if isinstance(about, Call) else "error",
                code=_code(about, outcome.error.code).number,
                sentence=outcome.error.sentence,
                now=now,
                attempt=outcome.attempts[-1] if outcome.attempts else None,
            )
    await outbox.finish(tx, job)


def _code(about: Message | Call | Conference, code: WebhookCode) -> WebhookCode:
    """What the debugger calls a callback that did not get through."""
    if isinstance(about, Conference):
        return WebhookCode.CONFERENCE_CALLBACK
    return WebhookCode.CALL_PROGRESS if isinstance(about, Call) else code


async def _about(tx: Tx, job: Job) -> Message | Call | Conference | None:
    """What a callback is about; None when it was deleted meanwhile."""
    if job.subject.startswith("CA"):
        return await load_call(tx, job.account_sid, job.subject)
    if job.subject.startswith("CF"):
        return await load_conference(tx, job.account_sid, job.subject)
    return await load_message(tx, job)
