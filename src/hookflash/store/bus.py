"""Wake-ups: who waits for work is told that there may be some. In one process; a cluster brings its own."""

import asyncio
from collections import defaultdict
from typing import Protocol


class Bus(Protocol):
    def publish(self, topic: str) -> None:
        """Wake every waiter of `topic`. Called on the loop, after the commit that made the work."""
        ...

    def subscribe(self, topic: str) -> asyncio.Event:
        """An event that is set at every publication of `topic`; the waiter clears it."""
        ...


class LocalBus:
    """The bus of a single process."""

    def __init__(self) -> None:
        self._events: defaultdict[str, list[asyncio.Event]] = defaultdict(list)

    def publish(self, topic: str) -> None:
        for event in self._events[topic]:
            event.set()

    def subscribe(self, topic: str) -> asyncio.Event:
        event = asyncio.Event()
        self._events[topic].append(event)
        return event
