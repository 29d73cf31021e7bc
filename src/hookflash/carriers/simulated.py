"""The simulated network as a carrier: every number that no other carrier routes is a handset there."""

from hookflash.actions.deliver_to_handset import deliver_to_handset
from hookflash.domain.clock import Clock
from hookflash.store.store import Store

from .carrier import OutboundMessage, Submitted
from .routing import SIMULATED


class SimulatedCarrier:
    """Delivers into the store; `receipt_delay` is how many ms a handset takes to confirm."""

    name = SIMULATED
    carries_media = True

    def __init__(self, *, store: Store, clock: Clock, receipt_delay: int) -> None:
        self._store = store
        self._clock = clock
        self._receipt_delay = receipt_delay
        self._taken = 0

    async def start(self) -> None:
        """Nothing to connect to."""

    async def submit(self, message: OutboundMessage) -> Submitted:
        self._taken += 1
        return await self._store.write(
            deliver_to_handset, message, now=self._clock.now(), receipt_delay=self._receipt_delay
        )

    def state(self) -> dict[str, object]:
        return {"kind": "simulated", "connected": True, "taken": self._taken}

    async def close(self, grace: int) -> None:
        """Nothing to end: what it promised is in the outbox."""
