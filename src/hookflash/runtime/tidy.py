"""Housekeeping: what nobody can ask for any more is forgotten, a little at a time, so that no table grows for ever."""

import asyncio
from typing import NamedTuple

import structlog

from hookflash.domain.clock import DAY, HOUR, Clock
from hookflash.store.store import Store, StoreError, Tx

log = structlog.get_logger()

EVERY = 1 * HOUR
BATCH = 500  #: rows in one transaction: a few ms, so that nobody who writes has to wait
RECEIPTS_KEPT = 3 * DAY  #: receipts of a submit that was never answered; an answer comes within seconds
REPEATS_KEPT = 3 * DAY  #: a carrier that was not answered sends a text again within hours
PARTS_KEPT = 14 * DAY  #: what a carrier called a message; its last receipt comes within days of its validity
HANDSETS_KEPT = 30 * DAY  #: texts as a handset of the simulated network shows them
ALERTS_KEPT = 30 * DAY
LIVE_TEXTS_KEPT = 30 * DAY  #: that a live transcription was there; its text is not kept at all
MESSAGES_KEPT = 7 * DAY  #: JSON to the phone of a call, and who was told of its own; no call is that long
PAYMENTS_KEPT = 30 * DAY  #: that there was one; what it was paid with is not kept at all
RECORDINGS_KEPT = 40 * DAY  #: what is known of a recording after it was deleted


class Rule(NamedTuple):
    """What `query` forgets, `limit` rows at a time, once it is `age` ms old."""

    query: str
    age: int
    shift: int = 0  #: bits by which a stamp of the table is more than ms


def rules(webhook_records: int) -> list[Rule]:
    """Every table that is tidied; `webhook_records` is how long attempts of webhooks are kept, in ms."""
    return [
        Rule("timeline.forget_webhooks", webhook_records, shift=16),
        Rule("timeline.forget_alerts", ALERTS_KEPT),
        Rule("carriers.forget_early_receipts", RECEIPTS_KEPT),
        Rule("carriers.forget_inbound", REPEATS_KEPT),
        Rule("carriers.forget_old_parts", PARTS_KEPT),
        Rule("messages.forget_cookies", 0),
        Rule("recordings.forget_deleted", RECORDINGS_KEPT),
        Rule("transcriptions.forget_stopped", LIVE_TEXTS_KEPT),
        Rule("payments.forget_ended", PAYMENTS_KEPT),
        Rule("user_messages.forget", MESSAGES_KEPT),
        Rule("user_messages.forget_subscriptions", MESSAGES_KEPT),
        Rule("handsets.forget", HANDSETS_KEPT, shift=16),
    ]


class Tidier:
    """Applies the rules at the start, and every hour after that."""

    def __init__(self, *, store: Store, clock: Clock, rules: list[Rule]) -> None:
        self._store = store
        self._clock = clock
        self._rules = rules
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="tidier")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self.tidy()
            except StoreError as error:
                log.error("the store could not be tidied", reason=str(error))
            await self._clock.wait_until(self._clock.now() + EVERY)

    async def tidy(self) -> int:
        """Forget all that is due. Returns how many rows that were."""
        forgotten = 0
        for rule in self._rules:
            before = (self._clock.now() - rule.age) << rule.shift
            count = BATCH
            while count == BATCH:
                count = await self._store.write(_forget, rule.query, before)
                forgotten += count
        return forgotten


async def _forget(tx: Tx, query: str, before: int) -> int:
    return await tx.run(query, before=before, limit=BATCH)
