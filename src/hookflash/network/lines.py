"""Lines from the platform to itself: both ends are legs of ours, in the world of simulated calls."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from hookflash.network.world import World
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp
from hookflash.switch.switch import Switch
from hookflash.switch.switch_leg import SwitchLeg


class Lines:
    """All of them."""

    def __init__(self, switch: Switch, world: World) -> None:
        self._switch = switch
        self._world = world
        self._awaited: dict[int, asyncio.Future[SwitchLeg]] = {}  # by the number of the end that is called

    def call(
        self, to: str, *, from_: str, ring_ms: int, headers: Mapping[str, str] = MappingProxyType({})
    ) -> SwitchLeg:
        """Call a number or an application of our own, which is invited; returns the caller's leg."""
        return self._link(self._switch.next_number(simulated=True), to, from_, ring_ms, headers)

    async def open(self, to: str, *, from_: str, ring_ms: int) -> tuple[SwitchLeg, SwitchLeg]:
        """A call whose two ends the caller of this holds: the one that calls, and the one that is to answer.

        Raises HungUp when there is no room for it.
        """
        callee = self._switch.next_number(simulated=True)
        future = self._awaited[callee] = asyncio.get_running_loop().create_future()
        try:
            leg = self._link(callee, to, from_, ring_ms, {})
            gone = asyncio.create_task(leg.gone())
            await asyncio.wait({future, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not future.done():
                raise HungUp(gone.result())
            gone.cancel()
            return leg, future.result()
        finally:
            del self._awaited[callee]

    def takes(self, leg: SwitchLeg) -> bool:
        """Whether somebody waits for the invitation of `leg`; if so, it is theirs."""
        future = self._awaited.get(leg.number)
        if future is None or future.done():
            return False
        future.set_result(leg)
        return True

    def _link(self, callee: int, to: str, from_: str, ring_ms: int, headers: Mapping[str, str]) -> SwitchLeg:
        self._world.wake()
        leg = self._switch.next_number(simulated=True)
        return self._switch.link(
            protocol.Link(leg=leg, callee=callee, from_=from_, to=to, ring_ms=ring_ms, headers=dict(headers))
        )
