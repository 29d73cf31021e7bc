"""The `network` and `parts` queues: what the simulated network brings later, and long texts whose parts never came."""

import msgspec

from hookflash.actions.apply_receipt import apply_receipt
from hookflash.actions.deliver_to_handset import NetworkEvent
from hookflash.actions.receive_message import give_up_waiting, receive_message
from hookflash.carriers.carrier import InboundMessage, Receipt
from hookflash.domain.clock import Clock
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Store, Tx

_decode_event = msgspec.json.Decoder(NetworkEvent).decode
_decode_text = msgspec.json.Decoder(InboundMessage).decode


class Network:
    """`begin` functions of workers: what is due is done in the transaction of its lease."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    async def bring(self, tx: Tx, jobs: list[Job]) -> list[Job]:
        """Receipts and texts of handsets arrive."""
        for job in jobs:
            event = _decode_event(job.payload)
            if event.receipt is not None:
                await apply_receipt(tx, event.receipt, now=self._clock.now())
            if event.text is not None:
                await receive_message(tx, event.text, now=self._clock.now())
            await outbox.finish(tx, job)
        return []

    async def give_up(self, tx: Tx, jobs: list[Job]) -> list[Job]:
        """Long texts are received without the parts that never came."""
        for job in jobs:
            await give_up_waiting(tx, _decode_text(job.payload), now=self._clock.now())
            await outbox.finish(tx, job)
        return []


class StoreSink:
    """Where carriers bring what they hear: it is in the store when they get their answer."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def receipt(self, receipt: Receipt) -> None:
        await self._store.write(apply_receipt, receipt, now=self._clock.now())

    async def incoming(self, message: InboundMessage) -> None:
        await self._store.write(receive_message, message, now=self._clock.now())
