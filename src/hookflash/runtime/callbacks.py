"""The `callback` queue: status callbacks and debugger events, posted once and recorded."""

import msgspec

from hookflash.actions.answer_message import record_attempts
from hookflash.actions.load_message import load_message
from hookflash.actions.move_message import StatusCallback
from hookflash.actions.raise_alert import raise_alert
from hookflash.api.auth import Authenticator
from hookflash.domain.clock import Clock
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Store, Tx
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.outcome import Outcome
from hookflash.webhooks.request import ANSWER_IGNORED, WebhookRequest

from .keep import keep
from .shares import host_of_url

_decode = msgspec.json.Decoder(StatusCallback).decode
DEBUGGER = "NO"  #: how the SIDs of debugger events begin: their own failure raises no event


class Callbacks:
    """Posts what the moves of messages asked for; `perform` is that of a `Worker`."""

    def __init__(
        self, *, store: Store, webhooks: WebhookClient, auth: Authenticator, clock: Clock, validate_certificates: bool
    ) -> None:
        self._store = store
        self._webhooks = webhooks
        self._auth = auth
        self._clock = clock
        self._validate_certificates = validate_certificates

    async def perform(self, job: Job) -> None:
        callback = _decode(job.payload)
        token = self._auth.test_token if callback.test else self._auth.token
        outcome = await self._webhooks.fetch(
            WebhookRequest(
                url=callback.url,
                params=callback.params,
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


def callback_host(job: Job) -> str:
    """Whom a callback is for."""
    return host_of_url(_decode(job.payload).url)


async def finish_callback(tx: Tx, job: Job, outcome: Outcome, *, now: int) -> None:
    """Record the attempts, and raise an alert when none got through."""
    await record_attempts(tx, job.subject, job.account_sid, outcome.attempts, now=now)
    if outcome.error is not None and not job.subject.startswith(DEBUGGER):
        message = await load_message(tx, job)
        if message is not None:
            await raise_alert(
                tx,
                message,
                level="error",
                code=outcome.error.code.number,
                sentence=outcome.error.sentence,
                now=now,
                attempt=outcome.attempts[-1] if outcome.attempts else None,
            )
    await outbox.finish(tx, job)
