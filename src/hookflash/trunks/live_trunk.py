"""One trunk as it is now: which of its gateways live, and when the next call may leave."""

from random import Random

import msgspec

from hookflash.domain.routes import share
from hookflash.switch import protocol

from .config import GatewayConfig, TrunkConfig, sip_address


class State(msgspec.Struct, frozen=True):
    """What is known of a gateway, or of our registration."""

    up: bool | None = None  #: None: not known yet, or nobody asks
    reason: str = ""  #: a sentence
    since: int | None = None  #: ms since the epoch


class LiveTrunk:
    """`config`, and what the switch has told since."""

    def __init__(self, name: str, config: TrunkConfig) -> None:
        self.name = name
        self.config = config
        self.registration = State()
        self._gateways = {gateway.uri: State() for gateway in config.gateways}
        self._next_slot = 0.0

    def hear(self, event: protocol.TrunkState) -> bool:
        """Take what the switch tells; whether it changes anything."""
        before = self._gateways.get(event.gateway) if event.gateway else self.registration
        if before is None:
            return False  # of a gateway that was just taken away
        state = State(event.up, event.reason, event.at)
        if event.gateway:
            self._gateways[event.gateway] = state
        else:
            self.registration = state
        return before.up is not event.up

    def inherit(self, before: "LiveTrunk") -> None:
        """Keep what is known of gateways that stay: the switch tells changes only."""
        self.registration = before.registration if self.config.registrar == before.config.registrar else State()
        self._gateways |= {uri: state for uri, state in before._gateways.items() if uri in self._gateways}
        self._next_slot = before._next_slot

    def gateways(self, random: Random) -> list[GatewayConfig]:
        """Those that live or are not known to be down, in the order in which they are tried."""
        alive = [gateway for gateway in self.config.gateways if self._gateways[gateway.uri].up is not False]
        return sorted(alive, key=lambda gateway: (gateway.priority, -share(gateway.weight, random)))

    def state_of(self, gateway: GatewayConfig) -> State:
        return self._gateways[gateway.uri]

    def wait(self, now: float) -> float:
        """Seconds until its rate lets the next call leave, at the moment `now` (s of any clock that never jumps)."""
        return max(0.0, self._next_slot - now) if self.config.calls_per_second else 0.0

    def leave(self, now: float) -> None:
        """A call leaves."""
        if self.config.calls_per_second:
            self._next_slot = max(now, self._next_slot) + 1 / self.config.calls_per_second

    def as_configured(self) -> protocol.Trunk:
        """What the switch has to know of it."""
        config = self.config
        return protocol.Trunk(
            name=self.name,
            networks=list(config.networks),
            gateways=[protocol.Gateway(address=gateway.uri, health=gateway.health) for gateway in config.gateways],
            register=_registration(config) if config.registrar else None,
            channels=config.channels,
            per_second=config.incoming_per_second,
            srtp=config.srtp.value,
        )

    def states(self) -> dict[str, State]:
        """What is known, by the address of the gateway, and of our `registration`."""
        return self._gateways | ({"registration": self.registration} if self.config.registrar else {})

    def shown(self) -> dict[str, object]:
        """Its state, for people."""
        gateways = [{"address": uri, **msgspec.structs.asdict(state)} for uri, state in self._gateways.items()]
        registration = msgspec.structs.asdict(self.registration) if self.config.registrar else None
        return {"gateways": gateways, "registration": registration}


def _registration(config: TrunkConfig) -> protocol.Registration:
    return protocol.Registration(
        uri=sip_address(config.registrar),
        username=config.username,
        password=config.password,
        expires_s=config.expires,
    )
