"""The carriers of this server: the simulated network and those that rows define, changed while it runs."""

from collections.abc import Callable
from random import Random

import structlog

from .carrier import CarrierRefusedError, MessageCarrier
from .routing import SIMULATED, Route, candidates

log = structlog.get_logger()
CLOSE_GRACE = 5_000  #: ms for a carrier that was changed or removed to hear its last answers


class Fleet:
    """Live carriers by name, and the routes to them.

    `load` reads the rows: a list of (name, fingerprint, maker). A carrier whose fingerprint changed is replaced.
    """

    def __init__(self, *, simulated: MessageCarrier, random: Random) -> None:
        self._simulated = simulated
        self._random = random
        self._carriers: dict[str, MessageCarrier] = {SIMULATED: simulated}
        self._fingerprints: dict[str, str] = {}
        self._routes: list[Route] = []

    @property
    def carriers(self) -> dict[str, MessageCarrier]:
        return dict(self._carriers)

    @property
    def routes(self) -> list[Route]:
        return list(self._routes)

    def candidates(self, *, recipient: str, sender: str, account_sid: str, on_net: bool) -> list[str]:
        """The carriers to try; a number of this platform is reached inside it."""
        if on_net or not self._routes:
            return [SIMULATED]
        return candidates(
            self._routes, recipient=recipient, sender=sender, account_sid=account_sid, random=self._random
        )

    def carries_media(self, recipient: str, sender: str, account_sid: str) -> bool:
        """Whether some carrier takes media to `recipient`, which is no number of this platform."""
        names = self.candidates(recipient=recipient, sender=sender, account_sid=account_sid, on_net=False)
        return any(name in self._carriers and self._carriers[name].carries_media for name in names)

    def get(self, name: str) -> MessageCarrier:
        """The carrier of that name. Raises CarrierRefusedError when a route names one that is not there."""
        if name not in self._carriers:
            raise CarrierRefusedError(f"there is no carrier {name!r}")
        return self._carriers[name]

    async def apply(self, wanted: dict[str, tuple[str, Callable[[], MessageCarrier]]], routes: list[Route]) -> None:
        """Make the live carriers those of `wanted` (name -> fingerprint and maker), and use `routes` from now on."""
        self._routes = routes
        stale = [name for name, print_ in self._fingerprints.items() if wanted.get(name, ("",))[0] != print_]
        for name in stale:
            del self._fingerprints[name]
            await self._carriers.pop(name).close(CLOSE_GRACE)
            log.info("carrier closed", carrier=name)
        for name, (fingerprint, make) in wanted.items():
            if name not in self._carriers:
                carrier = make()
                self._carriers[name] = carrier
                self._fingerprints[name] = fingerprint
                await carrier.start()

    async def start(self) -> None:
        await self._simulated.start()

    async def close(self, grace: int) -> None:
        for carrier in self._carriers.values():
            await carrier.close(grace)
