"""All trunks of this server, changed while it runs, and the ways that a call to the telephone network may go."""

import asyncio
from collections.abc import Callable
from random import Random

import structlog
from msgspec.structs import replace

from hookflash.domain.call_address import is_emergency
from hookflash.domain.phone_numbers import region_of
from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.switch.protocol import AnyEvent

from .attempts import Way
from .config import CallerHeader, GatewayConfig
from .live_trunk import LiveTrunk
from .numbers import caller_headers, dialled, written
from .routing import CallRoute, trunks_for

log = structlog.get_logger()


class NoTrunkError(Exception):
    """No trunk takes the call; the message says why, `status` is the SIP status that says it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


Dialler = Callable[[protocol.Dial], Leg]


class Trunks:
    """Live trunks by name, and the routes to them. `own_host` is the host of our SIP addresses."""

    def __init__(self, *, dial: Dialler, next_number: Callable[[], int], own_host: str, random: Random) -> None:
        self._dial = dial
        self._next_number = next_number
        self._own_host = own_host
        self._random = random
        self._all: dict[str, LiveTrunk] = {}
        self._routes: list[CallRoute] = []

    def apply(self, trunks: list[LiveTrunk], routes: list[CallRoute]) -> None:
        """Make the live trunks those of `trunks`, and use `routes` from now on."""
        before, self._all, self._routes = self._all, {trunk.name: trunk for trunk in trunks}, routes
        for trunk in trunks:
            if trunk.name in before:
                trunk.inherit(before[trunk.name])

    def hear(self, event: AnyEvent) -> None:
        """Take an event of the switch."""
        if not isinstance(event, protocol.TrunkState):
            return
        trunk = self._all.get(event.trunk)
        if trunk is not None and trunk.hear(event):
            what = event.gateway or "registration"
            log.info("trunk is up" if event.up else "trunk is down", trunk=trunk.name, what=what, why=event.reason)

    def get(self, name: str) -> LiveTrunk | None:
        return self._all.get(name)

    def all(self) -> list[LiveTrunk]:
        return [*self._all.values()]

    def routed(self, *, recipient: str, sender: str, account_sid: str) -> list[str]:
        """Names of the trunks that routes lead a call to, `simulated` among them; empty when no route fits."""
        return trunks_for(
            self._routes, recipient=recipient, sender=sender, account_sid=account_sid, random=self._random
        )

    def ways(self, names: list[str], *, recipient: str, sender: str, base: protocol.Dial) -> list[Way]:
        """The ways of a call through the trunks `names`, first choice first; `base` is the command without addresses.

        `recipient` is E.164 or an emergency number, `sender` E.164 or anything else. Raises NoTrunkError when there is
        none.
        """
        ways: list[Way] = []
        obstacle = NoTrunkError(f"The route leads to {', '.join(names)}, and there is no such trunk", 404)
        for trunk in filter(None, map(self._all.get, names)):
            try:
                ways += [self._way(trunk, gateway, recipient, sender, base) for gateway in self._open(trunk, recipient)]
            except NoTrunkError as error:
                obstacle = error
        if not ways:
            raise obstacle
        return ways

    def _open(self, trunk: LiveTrunk, recipient: str) -> list[GatewayConfig]:
        """The gateways of a trunk that take a call to `recipient`. Raises NoTrunkError when there are none."""
        config, name = trunk.config, trunk.name
        if is_emergency(recipient):
            if not config.emergency:
                raise NoTrunkError(f"The trunk {name} is not marked for emergency calls: see `emergency`", 403)
        elif not config.may_dial(country := region_of(recipient)):
            known = f"dials {', '.join(config.countries)} only" if config.countries else "dials nobody yet"
            raise NoTrunkError(f"The trunk {name} {known}: to allow it, add {country} to its `countries`", 403)
        gateways = trunk.gateways(self._random)
        if not gateways:
            reasons = {trunk.state_of(gateway).reason for gateway in config.gateways}
            why = f"All gateways are down: {' '.join(sorted(reasons))}" if reasons else "It has no gateways."
            raise NoTrunkError(f"The trunk {name} cannot take the call. {why}", 503)
        return gateways

    def _way(self, trunk: LiveTrunk, gateway: GatewayConfig, recipient: str, sender: str, base: protocol.Dial) -> Way:
        config = trunk.config
        host, _, options = gateway.uri.removeprefix("sip:").partition(";")
        from_host = config.domain or self._own_host
        shown = written(sender, config) if sender.startswith("+") else "anonymous"
        is_from = config.caller_id is CallerHeader.FROM
        command = replace(
            base,
            uri=f"sip:{dialled(recipient, config)}@{config.domain or host}{options and ';' + options}",
            next_hop=gateway.uri,
            from_uri=f"sip:{shown if is_from else config.username or shown}@{from_host}",
            headers=base.headers | caller_headers(shown, config, from_host),
            username=config.username,
            password=config.password,
            codecs=config.codecs,
            srtp=config.srtp.value,
        )

        def dial(ring_ms: int) -> Leg:
            trunk.leave(asyncio.get_running_loop().time())
            return self._dial(replace(command, leg=self._next_number(), ring_ms=ring_ms))

        def wait() -> float:
            return trunk.wait(asyncio.get_running_loop().time())

        return Way(
            name=f"{gateway.uri} of the trunk {trunk.name}",
            dial=dial,
            wait=wait,
            failover=frozenset(config.failover),
            silence=config.silence_seconds,
        )
