"""Wake-ups: who waits for work is told that there may be some. In one process; a cluster brings its own."""

import asyncio
from typing import Protocol


class Bus(Protocol):
    def publish(self, topic: str) -> None:
        """Wake every waiter of `topic`. Called on the loop, after the commit that made the work."""
        ...

    def subscribe(self, topic: str) -> asyncio.Event:
        """An event that is set at every publication of `topic`; the waiter clears it."""
        ...

    def unsubscribe(self, topic: str, event: asyncio.Event) -> None:
        """Forget an event of `subscribe`."""
        ...


class LocalBus:
    """The bus of a single process."""

    def __init__(self) -> None:
        self._events: dict[str, list[asyncio.Event]] = {}

    def publish(self, topic: str) -> None:
        for event in self._events.get(topic, ()):
            event.set()

    def subscribe(self, topic: str) -> asyncio.Event:
        event = asyncio.Event()
        self._events.setdefault(topic, []).append(event)
        return event

    def unsubscribe(self, topic: str, event: asyncio.Event) -> None:
        self._events[topic].remove(event)
        if not self._events[topic]:
            del self._events[topic]
