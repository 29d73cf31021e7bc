"""The `incoming` queue: the application is asked what to do about a message, and its document is run."""

import msgspec

from hookflash.actions.answer_message import Failure, answer_message, cookies_of
from hookflash.actions.load_message import load_message
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.actions.receive_message import IncomingWebhook
from hookflash.api.auth import Authenticator
from hookflash.domain.clock import Clock
from hookflash.domain.geography import Home, home_of
from hookflash.domain.media import Media
from hookflash.domain.media_links import MediaLinks
from hookflash.domain.message import Message
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Store, Tx
from hookflash.twiml.channels import MESSAGING
from hookflash.twiml.messaging import Incoming, MessagingOutcome, run_messaging
from hookflash.twiml.parse import parse_answer
from hookflash.twiml.problems import TwimlError
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.outcome import Outcome
from hookflash.webhooks.request import WebhookRequest
from hookflash.webhooks.status import Media as MediaParam
from hookflash.webhooks.status import fallback_params, incoming_message_params

from .keep import keep
from .shares import host_of_url

_decode = msgspec.json.Decoder(IncomingWebhook).decode


class Question(msgspec.Struct, frozen=True):
    """A job with the message that it asks about."""

    job: Job
    message: Message
    media: list[Media]
    jar: Jar


def question_host(question: Question) -> str:
    """Whom a question is for."""
    return host_of_url(_decode(question.job.payload).url)


class IncomingMessages:
    """Fetches documents and keeps what they come to; `begin` and `perform` are those of a `Worker`."""

    def __init__(
        self,
        *,
        store: Store,
        webhooks: WebhookClient,
        auth: Authenticator,
        clock: Clock,
        links: MediaLinks,
        rates: SenderRates,
        validate_certificates: bool,
    ) -> None:
        self._store = store
        self._webhooks = webhooks
        self._auth = auth
        self._clock = clock
        self._links = links
        self._rates = rates
        self._validate_certificates = validate_certificates

    async def begin(self, tx: Tx, jobs: list[Job]) -> list[Question]:
        questions = []
        for job in jobs:
            message = await load_message(tx, job)
            if message is None:
                await outbox.finish(tx, job)
                continue
            media = await tx.all(Media, "media.of_parent", account_sid=job.account_sid, parent_sid=job.subject)
            questions.append(Question(job, message, media, await cookies_of(tx, message, self._clock.now())))
        return questions

    async def perform(self, question: Question) -> None:
        webhook = _decode(question.job.payload)
        outcome = await self._webhooks.fetch(await self._request(question, webhook))
        result = _run(question.message, outcome)
        await keep(
            lambda: self._store.write(
                answer_message,
                question.job,
                question.message,
                webhook,
                outcome,
                result,
                now=self._clock.now(),
                rates=self._rates,
            )
        )

    async def _request(self, question: Question, webhook: IncomingWebhook) -> WebhookRequest:
        job, message = question.job, question.message
        return WebhookRequest(
            url=webhook.url,
            method=webhook.method,
            params=self._params(question, webhook),
            account_sid=message.account_sid,
            auth_token=await self._auth.token(message.account_sid),
            resource_sid=message.sid,
            idempotency_token=f"{message.sid}-{job.id}-{webhook.documents}{'f' if webhook.error_code else ''}",
            kind="fallback" if webhook.error_code else "incoming-message",
            jar=question.jar,
            validate_certificates=self._validate_certificates,
        )

    def _params(self, question: Question, webhook: IncomingWebhook) -> dict[str, str]:
        message, now = question.message, self._clock.now()
        params = incoming_message_params(
            account_sid=message.account_sid,
            message_sid=message.sid,
            sender=message.sender or "",
            recipient=message.recipient,
            body=message.body,
            segments=message.num_segments,
            media=[MediaParam(self._links.link(row.path, now), row.content_type) for row in question.media],
            messaging_service_sid=message.service_sid,
            from_place=_place(home_of(message.sender or "")),
            to_place=_place(home_of(message.recipient)),
        )
        if webhook.error_code is not None:
            params = fallback_params(params, error_code=webhook.error_code, failed_url=webhook.error_url or "")
        return params


def _run(message: Message, outcome: Outcome) -> MessagingOutcome | Failure:
    """What the document of an outcome comes to."""
    if outcome.error is not None:
        return Failure(outcome.error.code.number, outcome.error.sentence)
    try:
        document = parse_answer(outcome.body, outcome.content_type, MESSAGING)
    except TwimlError as error:
        return Failure(int(error.code), f"line {error.line}, column {error.column}: {error.sentence}")
    incoming = Incoming(from_=message.sender or "", to=message.recipient, service_sid=message.service_sid)
    return run_messaging(document, incoming, outcome.url)


def _place(home: Home) -> dict[str, str]:
    return {"City": home.city, "State": home.state, "Zip": home.zip, "Country": home.country}
