"""The switch as the rest of the exchange sees it: legs to hold, events that reach them."""

import asyncio
import itertools
from collections.abc import Callable
from typing import TypeVar

import msgspec
import structlog

from hookflash import _switch
from hookflash.switch import protocol
from hookflash.switch.protocol import AnyCommand, AnyEvent, SwitchConfig
from hookflash.switch.switch_leg import SwitchLeg

log = structlog.get_logger()

C = TypeVar("C", bound=AnyCommand)

SIMULATED = 1 << 50  #: the bit that tells the switch that a leg's number is one of a simulated leg

_encode = msgspec.json.Encoder().encode
_decode_events = msgspec.json.Decoder(list[AnyEvent]).decode

Watcher = Callable[[AnyEvent], None]
Invitee = Callable[[SwitchLeg, protocol.Invited], None]


class Switch:
    """The running switch. `invited` is told of each call that comes in; `watch` adds who is told of every event.

    Raises OSError when an address is taken.
    """

    def __init__(self, config: SwitchConfig) -> None:
        self.native = _switch.Switch(_encode(config))
        self.invited: Invitee = _refuse
        self._legs: dict[int, SwitchLeg] = {}
        self._watchers: list[Watcher] = []
        self._numbers = itertools.count(1)
        self._streams = itertools.count(1)

    @property
    def addresses(self) -> dict[str, str]:
        """`host:port` by transport."""
        return self.native.addresses()

    def start(self) -> None:
        """Take events from now on, on the running loop."""
        asyncio.get_running_loop().add_reader(self.native.fileno(), self._take)

    def close(self) -> None:
        """End every leg, tell who waits for them, and stop the threads."""
        asyncio.get_running_loop().remove_reader(self.native.fileno())
        self.native.close()
        self._take()

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every event; it must not wait."""
        self._watchers.append(watcher)

    def tell(self, command: AnyCommand) -> None:
        """Hand a command to the switch."""
        self.native.command(_encode(command))

    def refuse_calls(self) -> None:
        """Answer new calls 503 from now on."""
        self.native.refuse_calls(True)

    def stats(self) -> dict[str, float]:
        """How it fares: counters since the start, and gauges."""
        return self.native.stats()

    def next_number(self, *, simulated: bool = False) -> int:
        """The number of a leg to be."""
        return next(self._numbers) | (SIMULATED if simulated else 0)

    def dial(self, command: protocol.Dial) -> SwitchLeg:
        """Call a SIP address; `command.leg` comes from `next_number`."""
        leg = self._hold(command.leg)
        self.tell(command)
        return leg

    def link(self, command: protocol.Link) -> SwitchLeg:
        """Call between a handset and the platform; whoever is called is reported by `invited`."""
        leg = self._hold(command.leg)
        self.tell(command)
        return leg

    def open(self, *, simulated: bool) -> SwitchLeg:
        """A leg without a far end: it says what it plays and hears what it is joined with, until `hang_up`.

        Let it be `simulated` if those are that it is joined with: a real one keeps time from flying.
        """
        leg = self._hold(self.next_number(simulated=simulated))
        self.tell(protocol.Open(leg=leg.number))
        return leg

    def stream(self) -> "Feed":
        """Audio that can be played while it is made."""
        return Feed(self.native, next(self._streams))

    def take_now(self) -> None:
        """Take what waits without the loop's help: after a step of the simulated legs."""
        self._take()

    @property
    def has_real_legs(self) -> bool:
        """Whether a call over a network is up: then time must not fly."""
        return any(number & SIMULATED == 0 for number in self._legs)

    @property
    def legs(self) -> int:
        """How many there are."""
        return len(self._legs)

    def _hold(self, number: int) -> SwitchLeg:
        leg = self._legs[number] = SwitchLeg(number, self.tell, self.native.take_audio)
        return leg

    def _take(self) -> None:
        for event in _decode_events(self.native.drain()):
            for watcher in self._watchers:
                watcher(event)
            if isinstance(event, protocol.Invited):
                self.invited(self._hold(event.leg), event)
            elif (leg := self._legs.get(event.leg)) is not None:
                leg.receive(event)
                if isinstance(event, protocol.HungUp):
                    del self._legs[event.leg]


class Feed:
    """A stream of audio into the switch."""

    def __init__(self, native: _switch.Switch, number: int) -> None:
        self._native = native
        self.source = protocol.Stream(stream=number)  #: to be played

    def write(self, pcm: bytes) -> None:
        """Append 16-bit mono PCM at 8 kHz."""
        if pcm:
            self._native.feed(self.source.stream, pcm)

    def end(self) -> None:
        """No more comes: who plays it goes on to what is next."""
        self._native.feed(self.source.stream, b"")


def _refuse(leg: SwitchLeg, event: protocol.Invited) -> None:
    log.warning("a call came in before anybody was there to take it", leg=event.leg)
    leg.tell(protocol.Reject(leg=leg.number, status=503))
