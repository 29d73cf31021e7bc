"""The store and a hand-moved clock, and what workers and carriers do with them, one step at a time."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec

from hookflash.actions.answer_message import Failure, answer_message
from hookflash.actions.apply_receipt import apply_receipt
from hookflash.actions.change_pool import add_number
from hookflash.actions.choose_sender import release_accepted
from hookflash.actions.first_start import new_account, new_number
from hookflash.actions.load_message import load_message
from hookflash.actions.queue_for_carrier import UNLIMITED, SenderRates
from hookflash.actions.receive_message import IncomingWebhook, receive_message
from hookflash.actions.send_message import SendMessage, send_message
from hookflash.actions.status_callback import StatusCallback
from hookflash.actions.submit_message import Submit, begin_submits, finish_submit, postpone_submit, refuse_submit
from hookflash.carriers.carrier import InboundMessage, Receipt, Submitted
from hookflash.domain.alert import Alert
from hookflash.domain.message import Message
from hookflash.domain.numbers import IncomingPhoneNumber
from hookflash.domain.service import Service
from hookflash.domain.sids import make_sid
from hookflash.errors import Code
from hookflash.store import outbox
from hookflash.store.bus import LocalBus
from hookflash.store.outbox import Job
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal
from hookflash.store.vault import Vault
from hookflash.twiml.messaging import MessagingOutcome
from hookflash.webhooks.outcome import Outcome

P = ParamSpec("P")
T = TypeVar("T")

NUMBER = "+14155550100"
PERSON = "+14155551212"
CARRIER = "hand"
START = 1_700_000_000_000
NO_REPLY = MessagingOutcome()
_ALERTS = Table("alerts", Alert)
_MESSAGES = Table("messages", Message, key="id")


class World:
    """One account with one number on an empty store; `now` is moved by hand. `open` it first, `close` it at the end."""

    def __init__(self, *, rates: SenderRates = UNLIMITED) -> None:
        self.now = START
        self.rates = rates
        self.account = new_account(Vault(b"test"), name="test", now=self.now)

    async def open(self) -> "World":
        self.store = SqliteStore(":memory:", LocalBus())
        await self.insert("accounts", self.account)
        await self.number(NUMBER, sms_url="https://app.example/sms")
        return self

    async def close(self) -> None:
        await self.store.close()

    async def do(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.store.write(action, *args, **kwargs)

    async def insert(self, table: str, row: Any) -> None:
        async def put(tx: Tx) -> None:
            await tx.insert(table, row)

        await self.do(put)

    async def set_account(self, **changes: Any) -> None:
        for name, value in changes.items():
            setattr(self.account, name, value)
        table = Table("accounts", type(self.account))
        await self.do(table.update, equal(sid=self.account.sid), changes)

    async def number(self, number: str, **settings: Any) -> IncomingPhoneNumber:
        row = new_number(self.account.sid, number, now=self.now)
        for name, value in settings.items():
            setattr(row, name, value)
        await self.insert("incoming_phone_numbers", row)
        return row

    async def service(self, *numbers: IncomingPhoneNumber, **settings: Any) -> Service:
        service = Service(
            account_sid=self.account.sid,
            sid=make_sid("MG", self.now),
            friendly_name="pool",
            date_created=self.now,
            date_updated=self.now,
            **settings,
        )
        await self.insert("services", service)
        for number in numbers:
            await self.do(add_number, number, service.sid, now=self.now)
        return service

    # -- out --

    async def send(self, **wanted: Any) -> Message:
        wanted = {"to": PERSON, "body": "Hello", **wanted}
        if "service_sid" not in wanted:
            wanted.setdefault("sender", NUMBER)
        return await self.do(send_message, SendMessage(**wanted), account=self.account, now=self.now, rates=self.rates)

    async def lease(self, queue: str) -> list[Job]:
        return await self.do(outbox.claim, queue, now=self.now, limit=100)

    async def release(self) -> None:
        """What was accepted and is due gets its sender."""
        await self.do(release_accepted, await self.lease("accept"), now=self.now, rates=self.rates)

    async def leaving(self) -> list[Submit]:
        """What goes to a carrier now."""
        jobs = await self.lease("submit")
        return await self.do(begin_submits, jobs, now=self.now, link=lambda path: "https://here.example" + path)

    async def taken(self, submit: Submit, *ids: str) -> None:
        answer = Submitted(ids=ids or (submit.message.sid,))
        await self.do(finish_submit, submit, CARRIER, answer, now=self.now)

    async def refused(self, submit: Submit, code: Code = Code.UNKNOWN_ERROR) -> None:
        await self.do(refuse_submit, submit, CARRIER, code.number, code.sentence, now=self.now)

    async def busy(self, submit: Submit, retry_after: int = 1_000) -> None:
        await self.do(postpone_submit, submit, "busy", retry_after=retry_after, now=self.now)

    async def receipt(self, carrier_id: str, status: str, error_code: int | None = None) -> None:
        receipt = Receipt(carrier=CARRIER, carrier_id=carrier_id, status=status, error_code=error_code)
        await self.do(apply_receipt, receipt, now=self.now)

    # -- in --

    async def text(self, body: str = "Hi", **more: Any) -> Message | None:
        text = InboundMessage(**{"carrier": CARRIER, "sender": PERSON, "recipient": NUMBER, "body": body, **more})
        return await self.do(receive_message, text, now=self.now)

    async def asked(self) -> list[tuple[Job, IncomingWebhook]]:
        """The webhooks that are due for incoming messages."""
        jobs = await self.lease("incoming")
        return [(job, msgspec.json.decode(job.payload, type=IncomingWebhook)) for job in jobs]

    async def answer(self, job: Job, webhook: IncomingWebhook, result: MessagingOutcome | Failure = NO_REPLY) -> None:
        message = await self.do(load_message, job)
        assert message is not None
        fetched = Outcome(url=webhook.url)
        await self.do(answer_message, job, message, webhook, fetched, result, now=self.now, rates=self.rates)

    # -- what came of it --

    async def message(self, sid: str) -> Message | None:
        return await self.do(_MESSAGES.fetch, equal(account_sid=self.account.sid, id=sid[2:]))

    async def messages(self) -> list[Message]:
        """All of them, oldest first."""

        async def rows(tx: Tx) -> list[Message]:
            found = await tx.select("SELECT sid FROM (SELECT id AS sid FROM messages ORDER BY id)")
            kept = [await _MESSAGES.fetch(tx, equal(account_sid=self.account.sid, id=sid)) for (sid,) in found]
            return [message for message in kept if message is not None]

        return await self.do(rows)

    async def status(self, sid: str) -> tuple[str, int | None]:
        message = await self.message(sid)
        assert message is not None
        return message.status.value, message.error_code

    async def alerts(self) -> list[int]:
        async def codes(tx: Tx) -> list[int]:
            return [code for (code,) in await tx.select("SELECT error_code FROM alerts ORDER BY sid")]

        return await self.do(codes)

    async def waiting(self, queue: str) -> int:
        """How many rows the queue has, due or not."""
        return int(await self.do(_depth, queue))

    async def told(self) -> list[str]:
        """The statuses that callbacks would tell now, in their order; they are then done with."""
        jobs = await self.lease("callback")
        for job in jobs:
            await self.do(outbox.finish, job)
        return [msgspec.json.decode(job.payload, type=StatusCallback).params["MessageStatus"] for job in jobs]


async def _depth(tx: Tx, queue: str) -> int:
    return int(await tx.value("outbox.depth", queue=queue))
